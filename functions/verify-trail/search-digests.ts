import type { DigestRow } from '../../shared/aws/chains-table';
import type { DigestSearch, SearchedLogs } from '../../shared/aws/record-searches';
import type { DigestLogFile } from '../../shared/contracts/aws/cloudtrail-digest';
import type { Witness } from '../../shared/findings/witnesses';
import { LOOKED_FOR_MS } from '../../shared/proof/seal/absence';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import type { ChainId } from '../../shared/proof/trail/verdict';
import type { Needs } from './needs';
import { nameOf } from './outcome';
import { readDigest } from './read-digest';
import { SCANNED_AT_ONCE, type ScannedLog, scanLog } from './scan-log';
import { sealer } from './seal-found';
import { mayHold, type Waiting, waitingFor } from './waiting';

const HOUR_MS = 3_600_000;
/** The hour of the last digest that still matters. */
const LAST_HOUR_MS = 2 * HOUR_MS;
/** As many log files as one message surely gets through. */
export const LOGS_PER_MESSAGE = 1000;

/** Counts down the log files that a message may still read. */
export interface Budget {
  logs: number;
}

/** Digests that may list the log file of an event: of its hour, or of one in the day after. */
export const digestsFor = (chain: ChainId, eventTime: string, { chains }: Needs): Promise<DigestRow[]> =>
  chains.digests(
    chain,
    new Date(Date.parse(eventTime)).toISOString(),
    new Date(Date.parse(eventTime) + LOOKED_FOR_MS + LAST_HOUR_MS).toISOString(),
  );

/** Names a digest among those that are searched for one record. */
export const searchKey = (chain: ChainId, { end, backfill }: DigestRow): string =>
  `${nameOf(chain)} ${end}${backfill ? ' backfill' : ''}`;

/**
 * Searches those log files of a digest for a record in which it may stand by the times of their events, for all others
 * that are awaited, too. Undefined when the digest could not be read this time.
 */
export async function searchLikely(
  chain: ChainId,
  row: DigestRow,
  witness: Witness,
  budget: Budget,
  needs: Needs,
): Promise<DigestSearch | undefined> {
  const { eventTime } = witness;
  const logs = await logsOf(chain, row, needs);
  if (logs === 'unread') return undefined;
  const sha256 = row.sha256 ?? '';
  const at = needs.now();
  if (logs === 'altered') return { sha256, likely: { ...nothing, invalid: 1, at } };
  const likely = logs.filter((log) => mayHold(log, eventTime, eventTime));
  const found = await scanAll(
    chain,
    row,
    likely,
    budget,
    await withOthers(witness, chain, likely, needs),
    needs,
  );
  return { sha256, likely: { ...found, at } };
}

/** Goes on searching all log files of a digest, whatever their times, from where the last message stopped. */
export async function searchAll(
  chain: ChainId,
  row: DigestRow,
  witness: Witness,
  known: DigestSearch | undefined,
  budget: Budget,
  needs: Needs,
): Promise<DigestSearch | undefined> {
  const sha256 = row.sha256 ?? '';
  const before = known?.sha256 === sha256 ? known.all : undefined;
  const { next, ...counted } = before ?? { next: 0, ...nothing };
  const logs = await logsOf(chain, row, needs);
  if (logs === 'unread') return undefined;
  if (logs === 'altered') return { ...known, sha256, all: { ...counted, invalid: 1, next: row.logs } };
  const some = logs.slice(next, next + Math.max(budget.logs, 0));
  const found = await scanAll(chain, row, some, budget, await withOthers(witness, chain, some, needs), needs);
  return { ...known, sha256, all: { ...sum(counted, found), next: next + some.length } };
}

const nothing: SearchedLogs = { scanned: 0, invalid: 0, missing: 0, unverifiable: 0 };

const sum = (a: SearchedLogs, b: SearchedLogs): SearchedLogs => ({
  scanned: a.scanned + b.scanned,
  invalid: a.invalid + b.invalid,
  missing: a.missing + b.missing,
  unverifiable: a.unverifiable + b.unverifiable,
});

/** What a digest lists, by its bytes as they were proven. */
export async function logsOf(
  chain: ChainId,
  row: DigestRow,
  needs: Needs,
): Promise<readonly DigestLogFile[] | 'unread' | 'altered'> {
  const { status, sha256, digest } = await readDigest(chain, row.place, needs);
  if (status === 'unverifiable' && sha256 === undefined) return 'unread';
  return sha256 === row.sha256 && digest !== undefined ? digest.logFiles : 'altered';
}

/** A call that is looked for in any case, and all others that these log files may hold by their times. */
async function withOthers(
  witness: Witness,
  chain: ChainId,
  logs: readonly DigestLogFile[],
  needs: Needs,
): Promise<Waiting> {
  const { witnesses, items } = await waitingFor(chain, logs, needs);
  return { items, witnesses: [witness, ...witnesses.filter(({ eventID }) => eventID !== witness.eventID)] };
}

/** Verifies log files of a digest, searches them for what is waited for, and seals what is found. */
export async function scanAll(
  chain: ChainId,
  row: DigestRow,
  logs: readonly DigestLogFile[],
  budget: Budget,
  waiting: Waiting,
  needs: Needs,
): Promise<SearchedLogs> {
  const { seal } = sealer(chain, row, waiting, needs);
  budget.logs -= logs.length;
  const counts = await inParallel(logs, SCANNED_AT_ONCE, async (listed) => {
    const scanned = await scanLog(listed, row.place, waiting, needs);
    if (scanned.found) await seal(scanned.found);
    return countOf(scanned);
  });
  return counts.reduce(sum, nothing);
}

function countOf({ report, isScanned }: ScannedLog): SearchedLogs {
  if (isScanned) return { ...nothing, scanned: 1 };
  if (report.status === 'missing') return { ...nothing, missing: 1 };
  return report.status === 'invalid' ? { ...nothing, invalid: 1 } : { ...nothing, unverifiable: 1 };
}
