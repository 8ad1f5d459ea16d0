import type { AnnouncedIn, ChainState, DigestRow } from '../../shared/aws/chains-table';
import { logFolder } from '../../shared/contracts/aws/trail-object-key';
import { logFinding } from '../../shared/proof/trail/chain-findings';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import { unreferencedLogs } from '../../shared/proof/trail/unreferenced';
import { type ChainId, type Place, uri } from '../../shared/proof/trail/verdict';
import { ChainContended } from './chain-contended';
import type { Needs } from './needs';
import { noteFindings } from './note-findings';
import { nameOf } from './outcome';
import { DIGESTS_AT_ONCE, readDigest } from './read-digest';

const HOUR_MS = 3_600_000;
/** A day for a backfill, the hour after, and time for the digest of that hour to be there. */
const AFTER_MS = 26 * HOUR_MS;
/** Hours that are compared in one run; each is compared once. */
const HOURS_PER_RUN = 6;
/** Digests that list the log files of an hour, and those that the verdict on it waits for. */
const MARGIN_MS = 2 * HOUR_MS;
/** Hours whose digests stay away for longer are passed over: that they are missing is told already. */
const WAIT_MS = 72 * HOUR_MS;

const iso = (time: number): string => new Date(time).toISOString();

/**
 * Compares the log files that were announced and that are there with those that digests list, hour by hour. All chains
 * of one folder are asked, by the first of them.
 */
export async function compareFiles(chain: ChainId, needs: Needs): Promise<void> {
  const { chains, now } = needs;
  const state = await chains.chain(chain);
  if (state === undefined) return;
  const siblings = (await chains.chains(chain)).filter(({ folder }) => isSameFolder(folder, state.folder));
  const [first] = siblings.map((sibling) => nameOf(sibling.chain)).sort();
  if (first !== nameOf(chain)) return;
  const begin = state.comparedTo ?? (await secondHour(state, needs));
  if (begin === undefined) return;
  const from = Math.floor(Date.parse(begin) / HOUR_MS) * HOUR_MS;
  const last = Math.floor((Date.parse(now()) - AFTER_MS) / HOUR_MS) * HOUR_MS;
  const to = Math.min(from + HOURS_PER_RUN * HOUR_MS, last);
  if (to <= from) return;

  const rows = await Promise.all(
    siblings.map((sibling) => provenRows(sibling.chain, from - MARGIN_MS, Date.parse(now()), needs)),
  );
  const around = rows.map((own) =>
    own.filter((row) => row.backfill || Date.parse(row.end) <= to + MARGIN_MS),
  );
  if (!covers(around[0] ?? [], from, to) && Date.parse(now()) - to < WAIT_MS) return;
  const folder = { ...state.folder, account: chain.account, region: chain.region };
  const findings = unreferencedLogs({
    announced: (
      await chains.announced(folder, iso(from).replace('.000', ''), iso(to).replace('.000', ''))
    ).map((key) => ({ bucket: folder.bucket, key })),
    listed: await logsOf(folder, from, to, needs),
    referenced: await logsListed(siblings, around, needs),
    verified: around.map((own) =>
      own.flatMap(({ start, end, backfill }) => (start && !backfill ? [{ from: start, to: end }] : [])),
    ),
    now: now(),
  }).flatMap((report) => logFinding(report) ?? []);
  await noteFindings(chain, findings, needs);
  const next = { ...state, seq: state.seq + 1, comparedTo: iso(to) };
  if (!(await chains.save(next, state.seq))) throw new ChainContended(chain);
}

/** Of its first hour the digest before is not known, which might list its log files. */
async function secondHour({ chain, since }: ChainState, { chains, now }: Needs): Promise<string | undefined> {
  const [first] = await chains.digests(chain, since, now());
  return first?.end;
}

const isSameFolder = (a: ChainState['folder'], b: ChainState['folder']): boolean =>
  a.bucket === b.bucket && a.prefix === b.prefix && a.organizationId === b.organizationId;

const provenRows = async (chain: ChainId, from: number, to: number, { chains }: Needs) =>
  (await chains.digests(chain, iso(from), iso(to))).filter(({ provenBy }) => provenBy !== undefined);

/** Whether hourly digests are proven for all of the time, and an hour around it. */
function covers(rows: readonly DigestRow[], from: number, to: number): boolean {
  let until = from - HOUR_MS;
  for (const { start, end, backfill } of rows) {
    if (!backfill && start !== undefined && Date.parse(start) <= until)
      until = Math.max(until, Date.parse(end));
  }
  return until >= to + HOUR_MS;
}

async function logsOf(folder: AnnouncedIn, from: number, to: number, { sourceOf }: Needs): Promise<Place[]> {
  const { bucket, account, region } = folder;
  const found: Place[] = [];
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const [day = '', time = ''] = iso(hour).split('T');
    const name = `${account}_CloudTrail_${region}_${day.replaceAll('-', '')}T${time.slice(0, 2)}`;
    const prefix = `${logFolder(folder)}${day.replaceAll('-', '/')}/${name}`;
    for await (const { key } of sourceOf(bucket)?.list(bucket, prefix) ?? []) found.push({ bucket, key });
  }
  return found;
}

/** Reads the digests again: the table keeps their hashes, not what they list. */
async function logsListed(
  siblings: readonly Pick<ChainState, 'chain'>[],
  rows: readonly (readonly DigestRow[])[],
  needs: Needs,
): Promise<Set<string>> {
  const wanted = siblings.flatMap(({ chain }, index) => (rows[index] ?? []).map((row) => ({ chain, row })));
  const lists = await inParallel(wanted, DIGESTS_AT_ONCE, async ({ chain, row }) => {
    const { digest, sha256 } = await readDigest(chain, row.place, needs);
    return sha256 === row.sha256 ? (digest?.logFiles ?? []) : [];
  });
  return new Set(lists.flat().map(({ s3Bucket, s3Object }) => uri({ bucket: s3Bucket, key: s3Object })));
}
