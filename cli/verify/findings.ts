import { parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import { ambiguousTrailNames, type ChainFinding, type Gap } from '../../shared/proof/trail/chain';
import { type ChainCode, statusCodes } from '../../shared/proof/trail/chain-codes';
import { exitCodeOf, hourBefore, logFinding } from '../../shared/proof/trail/chain-findings';
import type { ChainId, KeySource, Status } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import type { LogReport } from '../../shared/proof/trail/verify-log';
import { Worst } from '../evaluate/worst';
import { SEVERITIES } from '../severity';
import { chainName } from './digests';
import { HOUR, type HourState, Hours } from './hours';
import { isoSecond } from './options';
import type { ChainResult, FolderFinding } from './records';
import { Totals } from './totals';

/** More than a person reads; the other formats list all. */
const MOST_ROWS = 200;

export interface ChainStory extends ChainResult {
  readonly hours: Hours;
}

interface Hour {
  readonly digest: string;
  readonly add: (status: LogReport['status']) => void;
}

/** All that was found, as far as a summary tells of it: counts, hours, and the worst of it. */
export class Findings {
  readonly totals = new Totals();
  readonly worst = new Worst<ChainFinding>(MOST_ROWS, worstFirst);
  readonly folders: FolderFinding[] = [];
  /** How many verdicts on digests rest on the keys of a source, and which of its keys. */
  readonly keys = new Map<string, { source: KeySource; digests: number; fingerprints: Set<string> }>();
  /** Regions whose keys could not be had, and why. */
  readonly keysUnread = new Map<string, string>();
  /** Digests that say what they say by their successor alone. */
  provenBySuccessor = 0;
  /** What `aws cloudtrail validate-logs` has no word for, and how often. */
  readonly unseen = new Map<ChainCode, number>();
  readonly codes = new Set<ChainCode>();
  #chains = new Map<string, Story>();
  #hour: Hour | undefined;
  #exit: 0 | 1 = 0;

  get exit(): 0 | 1 {
    return this.#exit;
  }

  get chains(): ChainStory[] {
    return [...this.#chains.values()]
      .map((story) => story.told())
      .sort((a, b) => (chainName(a.chain) < chainName(b.chain) ? -1 : 1));
  }

  addDigest(report: DigestReport): void {
    const { account, region, homeRegion, trail } = report.name;
    const story = this.#story({ account, region, homeRegion, trail });
    this.totals.addDigest(report.status);
    story.addDigest(report);
    this.#note(report.status);
    const { keySource, fingerprint } = report;
    if (report.reason === 'keys-unreachable') this.keysUnread.set(region, report.says ?? '');
    if (report.provenBy === 'successor') this.provenBySuccessor += 1;
    if (keySource === undefined || fingerprint === undefined) return;
    const name = JSON.stringify(keySource);
    const used = this.keys.get(name) ?? { source: keySource, digests: 0, fingerprints: new Set() };
    this.keys.set(name, used);
    used.digests += 1;
    used.fingerprints.add(fingerprint);
  }

  addLog(report: LogReport): void {
    this.totals.addLog(report.status);
    this.#note(report.status);
    if (report.digest !== undefined) this.#hourOf(report.digest)?.(report.status);
    const finding = logFinding(report);
    if (finding === undefined) return;
    this.#add(finding);
    if (report.reason === 'several-members' || report.reason === 'trailing-bytes') this.#unseen(finding.code);
  }

  addGap({ from, to }: Gap, chain: ChainId): void {
    this.#story(chain).hours.add(from, to, 'uncovered');
  }

  addChain(chain: ChainId, findings: readonly ChainFinding[]): void {
    const story = this.#story(chain);
    for (const finding of findings) {
      story.findings.push(finding);
      this.#add(finding);
    }
  }

  addFolder(finding: FolderFinding): void {
    this.folders.push(finding);
    this.#add(finding);
  }

  /** What shows only when all chains are known. */
  end(): void {
    for (const finding of ambiguousTrailNames(this.chains.map(({ chain }) => chain))) this.addFolder(finding);
  }

  /** Where the log files of a digest count; they come one after the other, so that of the last one is at hand. */
  #hourOf(digest: string): Hour['add'] | undefined {
    if (this.#hour?.digest === digest) return this.#hour.add;
    const name = parseTrailKey(keyOf(digest));
    if (name?.kind !== 'digest') return undefined;
    const { account, region, homeRegion, trail, end } = name;
    const story = this.#story({ account, region, homeRegion, trail });
    this.#hour = { digest, add: (status) => story.addLog(status, end) };
    return this.#hour.add;
  }

  #story(chain: ChainId): Story {
    const name = chainName(chain);
    const story = this.#chains.get(name) ?? new Story(chain);
    this.#chains.set(name, story);
    return story;
  }

  #note(status: Status): void {
    if (statusCodes[status].exit === 1) this.#exit = 1;
  }

  #add(finding: ChainFinding): void {
    this.worst.add(finding);
    this.codes.add(finding.code);
    if (exitCodeOf(finding) === 1) this.#exit = 1;
    if (UNSEEN.has(finding.code)) this.#unseen(finding.code);
  }

  #unseen(code: ChainCode): void {
    this.unseen.set(code, (this.unseen.get(code) ?? 0) + 1);
  }
}

/**
 * It goes back from the newest digest that is there, and looks at nothing that none points to; gaps and restarts are
 * no failure to it, and what it may not read ends it.
 */
const UNSEEN: ReadonlySet<ChainCode> = new Set<ChainCode>([
  'chain-hash-mismatch',
  'chain-signature-mismatch',
  'chain-fork',
  'chain-rollback',
  'chain-restart',
  'coverage-gap',
  'tail-missing',
  'tail-overdue',
  'trail-stopped',
  'history-truncated',
  'no-digests',
  'bucket-moved',
  'unreferenced-log',
  'digest-unverifiable',
  'log-unverifiable',
]);

const keyOf = (address: string): string => address.slice(address.indexOf('/', 's3://'.length) + 1);

const worstFirst = (a: ChainFinding, b: ChainFinding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (orderOf(a) < orderOf(b) ? -1 : 1);

const orderOf = ({ code, from, file, digest }: ChainFinding): string =>
  [from ?? '', code, file ?? digest ?? ''].join(' ');

const digestStates: Readonly<Record<DigestReport['status'], HourState | undefined>> = {
  valid: undefined,
  invalid: 'wrong',
  missing: 'wrong',
  unsigned: 'unproven',
  'unknown-key': 'unproven',
  unverifiable: 'unproven',
};

const logStates: Readonly<Record<LogReport['status'], HourState | undefined>> = {
  valid: undefined,
  invalid: 'wrong',
  missing: 'wrong',
  unreferenced: 'wrong',
  unverifiable: 'unproven',
};

class Story {
  readonly hours = new Hours();
  readonly findings: ChainFinding[] = [];
  readonly #totals = new Totals();

  constructor(readonly chain: ChainId) {}

  addDigest(report: DigestReport): void {
    const { status, digest, provenBy, name } = report;
    this.#totals.addDigest(status);
    // A backfill is about hours that have digests of their own.
    if (name.backfill) return;
    const from = provenBy === undefined ? undefined : digest?.digestStartTime;
    const state = provenBy === 'successor' ? 'successor' : digestStates[status];
    this.hours.add(from ?? hourBefore(name.end), name.end, state);
  }

  addLog(status: LogReport['status'], end: string): void {
    this.#totals.addLog(status);
    const state = logStates[status];
    if (state !== undefined) this.hours.add(hourBefore(end), end, state);
  }

  told(): ChainStory {
    const { chain, hours, findings } = this;
    const { range } = hours;
    const time = (hour: number) => isoSecond(new Date(hour * HOUR));
    return {
      chain,
      hours,
      findings,
      totals: this.#totals,
      from: range && time(range.first),
      to: range && time(range.last + 1),
    };
  }
}
