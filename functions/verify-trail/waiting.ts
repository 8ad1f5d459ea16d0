import type { DigestLogFile } from '../../shared/contracts/aws/cloudtrail-digest';
import type { SoughtItem } from '../../shared/findings/activity-index';
import { changedItem, itemBefore, keysOf } from '../../shared/findings/links';
import type { Witness } from '../../shared/findings/witnesses';
import type { ChangedItem } from '../../shared/proof/activity/join';
import { isGlobal } from '../../shared/proof/activity/resources-named';
import type { ChainId } from '../../shared/proof/trail/verdict';
import type { Needs } from './needs';

/** What log files of an account and Region are searched for. */
export interface Waiting {
  /** Calls whose records are awaited. */
  readonly witnesses: readonly Witness[];
  /** Configuration items of which nobody knows who brought them about. */
  readonly items: readonly { readonly sought: SoughtItem; readonly changed: ChangedItem }[];
}

export const nobody: Waiting = { witnesses: [], items: [] };

/** Digests state times to the second, and records in some services have fractions: a minute is more than enough. */
const MARGIN_MS = 60_000;

/** Who waits for what these log files may hold, by the times of their events. */
export async function waitingFor(
  chain: ChainId,
  logs: readonly DigestLogFile[],
  needs: Pick<Needs, 'witnesses' | 'index'>,
): Promise<Waiting> {
  const spans = logs.flatMap((log) => spanOf(log) ?? []);
  if (spans.length === 0) return nobody;
  const from = iso(Math.min(...spans.map((span) => span.from)));
  const to = iso(Math.max(...spans.map((span) => span.to)));
  const { account } = chain;
  const [witnesses, sought] = await Promise.all([
    needs.witnesses.unproven(account, from, to),
    needs.index.sought(account, from, to),
  ]);
  const near = sought.filter(({ item }) => isIn(chain, item));
  return { witnesses, items: await Promise.all(near.map((one) => withChange(one, needs))) };
}

/** A sought item with the one before it, by which the calls are known that can have brought it about. */
export async function withChange(sought: SoughtItem, { index }: Pick<Needs, 'index'>) {
  const { account, ...item } = sought.item;
  const previous = await itemBefore(sought.item, keysOf({ accountId: account, ...item }), index);
  return { sought, changed: changedItem(sought.item, previous) };
}

/** Records of global services stand in one Region's log files; which one it is depends on the partition. */
const isIn = ({ region }: ChainId, item: SoughtItem['item']): boolean =>
  item.region === region || isGlobal(item.resourceType);

/** Whether somebody waits for an event of the time that a log file tells of. */
export const isAwaited = ({ witnesses, items }: Waiting, log: DigestLogFile): boolean =>
  witnesses.some(({ eventTime }) => mayHold(log, eventTime, eventTime)) ||
  items.some(({ sought }) => mayHold(log, sought.from, sought.to));

/** Whether a log file may hold an event of a time, by what its digest says; `from` and `to` as ISO 8601. */
export function mayHold(log: DigestLogFile, from: string, to: string): boolean {
  const span = spanOf(log);
  return span !== undefined && Date.parse(from) <= span.to && Date.parse(to) >= span.from;
}

/** The times of its events, in milliseconds since 1970; undefined for a log file without events. */
function spanOf({ oldestEventTime, newestEventTime }: DigestLogFile) {
  if (oldestEventTime === null || newestEventTime === null) return undefined;
  return { from: Date.parse(oldestEventTime) - MARGIN_MS, to: Date.parse(newestEventTime) + MARGIN_MS };
}

const iso = (time: number): string => new Date(time).toISOString();
