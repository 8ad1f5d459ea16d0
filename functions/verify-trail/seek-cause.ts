import type { ActivityLookup } from '../../shared/aws/activity-lookup';
import type { SoughtItem } from '../../shared/findings/activity-index';
import { linksTo } from '../../shared/findings/observations';
import { globalRegion, idsOf, isGlobal } from '../../shared/proof/activity/resources-named';
import { callsOn } from '../../shared/proof/seal/items-sought';
import type { JobOf } from './jobs';
import type { Needs } from './needs';
import type { Outcome } from './outcome';
import { relinkAll } from './seal-found';
import { LOGS_PER_MESSAGE, logsOf, scanAll } from './search-digests';
import { mayHold, type Waiting, withChange } from './waiting';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A log file may be delivered after the hour of its events. */
const DELIVERED_WITHIN_MS = 2 * HOUR_MS;

/**
 * Looks once for the calls that may have brought an item about and that no event told of: in the log files of at most
 * a day before it, the latest first, and then, as a last resort, in CloudTrail's event history. After that it is said
 * that nobody was found.
 */
export async function seekCause(job: JobOf<'seek'>, needs: Needs): Promise<Outcome> {
  const { account, sk } = job;
  const told = { seek: sk };
  const sought = await needs.index.readSought({ account, sk });
  if (sought === undefined || sought.searchedAt !== undefined) return { ...told, skipped: 'not sought' };
  if (await isExplained(sought, needs)) {
    await needs.index.noLongerSought({ account, sk });
    return { ...told, skipped: 'explained' };
  }
  const window = { from: laterOf(sought.from, minus(sought.to, DAY_MS)), to: sought.to };
  const waiting: Waiting = { witnesses: [], items: [await withChange(sought, needs)] };
  const region = regionOf(sought.item, needs);
  const before = await searchLogs(job, region, window, waiting, needs);
  if (before !== undefined) {
    await needs.jobs.send([{ ...job, before }]);
    return { ...told, goesOn: before };
  }
  const asked = await askHistory(sought, region, window, waiting, needs);
  // Not searched yet: it stays due, and is asked again.
  if (asked === 'throttled') return { ...told, asked };
  await needs.index.searched({ account, sk }, needs.now());
  await relinkAll(sought.item.findings, needs);
  return { ...told, asked };
}

/** Whether every finding about the item knows by now who brought it about, or asks no more. */
async function isExplained({ item }: SoughtItem, { record }: Needs): Promise<boolean> {
  const observation = { observedAt: item.capturedAt, configurationStateId: item.configurationStateId };
  for (const id of item.findings) {
    const stored = await record.table.read(id);
    if (linksTo(stored?.finding.links, observation)?.actor === 'missing') return false;
  }
  return true;
}

const minus = (time: string, by: number): string => new Date(Date.parse(time) - by).toISOString();
const laterOf = (a: string, b: string): string => (Date.parse(a) > Date.parse(b) ? a : b);

/** Where calls on it are recorded: those of global services in one Region of the partition. */
const regionOf = ({ region, resourceType }: SoughtItem['item'], { home }: Needs): string =>
  isGlobal(resourceType) ? globalRegion(home.region) : region;

interface Window {
  readonly from: string;
  readonly to: string;
}

/** @returns the end of the digest before which there is more to search, when one message does not get through */
async function searchLogs(
  { account, before }: JobOf<'seek'>,
  region: string,
  { from, to }: Window,
  waiting: Waiting,
  needs: Needs,
): Promise<string | undefined> {
  const budget = { logs: LOGS_PER_MESSAGE };
  const until = before ?? minus(to, -DELIVERED_WITHIN_MS);
  const found = [];
  for (const { chain } of await needs.chains.chains({ account, region })) {
    const rows = await needs.chains.digests(chain, from, until);
    found.push(...rows.filter(({ provenBy }) => provenBy !== undefined).map((row) => ({ chain, row })));
  }
  found.sort((a, b) => (a.row.end < b.row.end ? 1 : -1));
  let last: string | undefined;
  for (const { chain, row } of found) {
    // Digests of one end belong together: the next message begins before it.
    if (budget.logs <= 0 && row.end !== last && last !== undefined) return minus(last, 1000);
    last = row.end;
    const logs = await logsOf(chain, row, needs);
    if (typeof logs === 'string') continue;
    const likely = logs.filter((log) => mayHold(log, from, to));
    await scanAll(chain, row, likely, budget, waiting, needs);
  }
  return undefined;
}

/** The history of another account can't be seen from here. */
async function askHistory(
  { item }: SoughtItem,
  region: string,
  { from, to }: Window,
  { items }: Waiting,
  { lookup, home, index }: Needs,
): Promise<'found' | 'nothing' | 'throttled' | 'not-asked'> {
  if (item.account !== home.accountId) return 'not-asked';
  const answers: Awaited<ReturnType<ActivityLookup['byResource']>>[] = [];
  for (const id of idsOf(item)) answers.push(await lookup.byResource(region, id, from, to));
  if (answers.some(({ state }) => state === 'throttled')) return 'throttled';
  const Records = answers.flatMap((answer) => (answer.state === 'answered' ? answer.records : []));
  // As if they stood in a log file: the same calls count.
  const calls = callsOn(
    Buffer.from(JSON.stringify({ Records })),
    items.map(({ changed }) => changed),
  );
  for (const { record } of calls) await index.putCall(record);
  return calls.length > 0 ? 'found' : 'nothing';
}
