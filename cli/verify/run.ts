import type { ChainFinding, Gap, TrailState } from '../../shared/proof/trail/chain';
import type { KeysAnswer } from '../../shared/proof/trail/public-keys';
import type { ObjectSource } from '../../shared/proof/trail/source';
import type { ChainId, Place } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import type { Hashing, LogReport } from '../../shared/proof/trail/verify-log';
import type { Selection, Window } from './options';
import type { FolderFinding } from './records';
import type { Slots } from './slots';

/** What AWS says beside the files. Each answer may be left out: then the files have to speak for themselves. */
export interface Witness {
  trailState(chain: ChainId): Promise<TrailState | undefined>;
  /** Days after which the bucket itself expires what is below the prefix. */
  expiryDays(bucket: string, prefix: string): Promise<number | undefined>;
}

/** Who hears what was found, as it is found. */
export interface Listener {
  /** So many more log files will be told of. */
  expect(logs: number): void;
  digest(report: DigestReport): void;
  /** @param sha256 that a proven digest states */
  log(report: LogReport, sha256?: string): void;
  gap(gap: Gap, chain: ChainId): void;
  /** All digests of a chain were told; its log files follow. */
  chain(chain: ChainId, findings: readonly ChainFinding[]): void;
  /** About a folder in which no chain is known. */
  folder(finding: FolderFinding): void;
}

/** What the verification of one source goes by. */
export interface Run {
  readonly source: ObjectSource;
  /** Requests at once. */
  readonly slots: Slots;
  readonly window: Window;
  readonly selection: Selection;
  /** ISO 8601 */
  readonly now: string;
  /** Files may still come: the window ends now, and the source is the bucket itself. */
  readonly live: boolean;
  /** Where log files are inflated and hashed. */
  readonly hash: Hashing;
  /** The keys of a Region, for digests that end between these times. */
  keys(region: string, from: string, to: string): Promise<KeysAnswer>;
  readonly witness: Witness;
  readonly listener: Listener;
  /** Whether an earlier run has read this log file and found that it has this hash. */
  isProven(log: Place, sha256: string): boolean;
  readonly held: HeldLogs;
  readonly stop: AbortSignal;
}

/** How many entries of digests are kept between the judgement of a chain and the turn of its log files. */
export class HeldLogs {
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  /** Whether so many more may be kept: if not, the digest is read once more when its turn comes. */
  take(count: number): boolean {
    if (count > this.#free) return false;
    this.#free -= count;
    return true;
  }

  give(count: number): void {
    this.#free += count;
  }
}
