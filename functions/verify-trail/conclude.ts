import type { DigestRow } from '../../shared/aws/chains-table';
import type { DigestSearch, RecordSearch } from '../../shared/aws/record-searches';
import type { EventProof } from '../../shared/contracts/trailseal/finding';
import { keysOf } from '../../shared/findings/links';
import type { Witness } from '../../shared/findings/witnesses';
import { type AbsenceFacts, judgeAbsence, LOOKED_FOR_MS } from '../../shared/proof/seal/absence';
import type { WatchedChain, WatchedDigest } from '../../shared/proof/seal/chain-outlook';
import type { ChainId } from '../../shared/proof/trail/verdict';
import type { Needs } from './needs';
import { type Budget, digestsFor, searchAll, searchKey } from './search-digests';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * What it means that no log file holds a record, a day and some hours after the call. As long as only the log files in
 * which it may stand were searched, it is never contradicted: before that, every one of them is.
 *
 * @returns `goes-on`: there are more log files than one message gets through
 */
export async function conclude(
  witness: Witness,
  search: RecordSearch,
  budget: Budget,
  needs: Needs,
): Promise<EventProof | 'goes-on' | 'throttled'> {
  const now = needs.now();
  const facts = await factsOf(witness, search, likelyLogs, needs);
  const supposed = judgeAbsence({ ...facts, lookup: 'returned' }, now);
  // CloudTrail is asked only where its answer decides.
  if (supposed.state !== 'contradicted') return supposed;
  const lookup = await lookUp(witness, needs);
  if (lookup === 'throttled') return lookup;
  if (lookup !== 'returned') return judgeAbsence({ ...facts, lookup }, now);

  const all = await searchEverything(witness, search, budget, needs);
  if (all === 'goes-on') return all;
  const found = await needs.witnesses.read(witness);
  if (found?.proof.state === 'proven' || found?.proof.reason === 'other-content') return found.proof;
  return judgeAbsence({ ...(await factsOf(witness, all, allLogs, needs)), lookup }, now);
}

async function lookUp(
  { account, eventTime, eventID, record }: Witness,
  { lookup, home }: Needs,
): Promise<AbsenceFacts['lookup'] | 'throttled'> {
  // The event history of another account can't be seen from here.
  if (account !== home.accountId) return 'not-asked';
  const around = [-MINUTE_MS, MINUTE_MS].map((by) => new Date(Date.parse(eventTime) + by).toISOString());
  const [from = '', to = ''] = around;
  const answer = await lookup.byEventId(String(record['awsRegion']), eventID, from, to);
  if (answer.state === 'throttled') return 'throttled';
  if (answer.state === 'unread') return 'not-asked';
  return answer.records.some((found) => found['eventID'] === eventID) ? 'returned' : 'not-returned';
}

/** All log files of the digests from the call to a day after it. */
async function searchEverything(
  witness: Witness,
  known: RecordSearch,
  budget: Budget,
  needs: Needs,
): Promise<RecordSearch | 'goes-on'> {
  let search = known;
  for (const chain of await chainsOf(witness, needs)) {
    for (const row of await digestsFor(chain, witness.eventTime, needs)) {
      const key = searchKey(chain, row);
      if (row.provenBy === undefined || isWhole(search[key], row)) continue;
      if (budget.logs <= 0) return 'goes-on';
      const found = await searchAll(chain, row, witness, search[key], budget, needs);
      if (found === undefined) continue;
      search = { ...search, [key]: found };
      await needs.searches.write(witness, search, needs.now());
      if (!isWhole(found, row)) return 'goes-on';
    }
  }
  return search;
}

const isWhole = (search: DigestSearch | undefined, { sha256, logs }: DigestRow): boolean =>
  search !== undefined && search.sha256 === sha256 && (search.all?.next ?? -1) >= logs;

const chainsOf = async ({ account, record }: Witness, { chains }: Needs): Promise<ChainId[]> =>
  (await chains.chains({ account, region: String(record['awsRegion']) })).map(({ chain }) => chain);

type CountLogs = (row: DigestRow, search: DigestSearch | undefined) => WatchedDigest['logs'];

async function factsOf(
  witness: Witness,
  search: RecordSearch,
  count: CountLogs,
  needs: Needs,
): Promise<Omit<AbsenceFacts, 'lookup'>> {
  const { account, eventTime, record } = witness;
  const chains: WatchedChain[] = [];
  for (const chain of await chainsOf(witness, needs)) {
    const rows = await digestsFor(chain, eventTime, needs);
    chains.push({
      ...(await trailOf(chain, eventTime, needs)),
      digests: rows.map((row) => ({
        start: row.start ?? row.end,
        end: row.end,
        backfill: row.backfill,
        status: row.status,
        logs: count(row, search[searchKey(chain, row)]),
      })),
    });
  }
  // Of what an operator sends as a test nobody awaits the record.
  return { record, account, eventTime, origin: 'aws', chains };
}

async function trailOf(
  chain: ChainId,
  eventTime: string,
  { settings: history, index }: Needs,
): Promise<Omit<WatchedChain, 'digests'>> {
  const from = new Date(Date.parse(eventTime) - HOUR_MS).toISOString();
  const to = new Date(Date.parse(eventTime) + LOOKED_FOR_MS + HOUR_MS).toISOString();
  const settings = await history.settings(chain, from, to);
  const changes = await index.calls(keysOf(asResource(chain)), from, to);
  // Errors of delivery stand in the history of its settings.
  return { chain, settings, changed: changes.length > 0 || settings.some(isForeign), deliveryErrors: [] };
}

/** Who changes the trail of an organization does so in an account whose calls may not be heard of here. */
const isForeign = ({ isOrganization }: { readonly isOrganization: boolean }): boolean => isOrganization;

const asResource = ({ account, homeRegion, trail }: ChainId) => ({
  accountId: account,
  region: homeRegion,
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: trail,
  resourceName: trail,
  arn: `arn:aws:cloudtrail:${homeRegion}:${account}:trail/${trail}`,
});

/** The log files whose time does not fit need not be searched: their digest is signed, and says so. */
function likelyLogs(
  { logs: listed, done }: DigestRow,
  search: DigestSearch | undefined,
): WatchedDigest['logs'] {
  const parts = Object.values(done);
  const valid = parts.reduce((count, part) => count + part.valid, 0);
  const otherwise = parts.reduce((count, part) => count + part.otherwise, 0);
  const found = search?.likely;
  const unread = listed - valid - otherwise;
  if (found === undefined)
    return { listed, scanned: 0, invalid: otherwise, missing: 0, unverifiable: unread };
  const unsearched = found.invalid + found.missing + found.unverifiable;
  return {
    listed,
    scanned: Math.max(valid - unsearched, 0),
    invalid: Math.max(otherwise, found.invalid),
    missing: found.missing,
    unverifiable: unread + found.unverifiable,
  };
}

const allLogs: CountLogs = ({ logs: listed, sha256 }, search) => {
  const found = search?.sha256 === sha256 ? search?.all : undefined;
  return {
    listed,
    scanned: found?.scanned ?? 0,
    invalid: found?.invalid ?? 0,
    missing: found?.missing ?? 0,
    unverifiable: found?.unverifiable ?? 0,
  };
};
