import type { DigestRow } from '../../shared/aws/chains-table';
import type { DigestSearch, RecordSearch } from '../../shared/aws/record-searches';
import type { Witness } from '../../shared/findings/witnesses';
import { CONCLUDED_AFTER_MS } from '../../shared/proof/seal/absence';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { conclude } from './conclude';
import type { JobOf } from './jobs';
import { learn, mayStillCome, tell } from './learn';
import { lookAtProven } from './look-at-proven';
import type { Needs } from './needs';
import type { Outcome } from './outcome';
import { type Budget, digestsFor, LOGS_PER_MESSAGE, searchKey, searchLikely } from './search-digests';

const HOUR_MS = 3_600_000;
/** CloudTrail answers again before long. */
const THROTTLED_MS = 600_000;

/**
 * Looks for the record of a call that came too late to be found while its log file was verified, or whose log file came
 * late. A day and some hours after the call it is said what it means that there is none. What is proven already is
 * looked at again while an open finding rests on it.
 */
export async function sealRecord(job: JobOf<'seal'>, needs: Needs): Promise<Outcome> {
  const { account, eventTime, eventID } = job;
  const name = { account, eventTime, eventID };
  const told = { seal: eventID };
  const witness = await needs.witnesses.read(name);
  if (witness === undefined) return { ...told, skipped: 'nobody waits for it' };
  if (witness.proof.state === 'proven') {
    const changed = await lookAtProven(witness, needs);
    await tell(witness, needs);
    return { ...told, proof: 'proven', changed };
  }
  if (!isOpen(witness, needs)) {
    await tell(witness, needs);
    return { ...told, proof: witness.proof.state };
  }
  if (Object.keys(witness.record).length === 0) {
    await learn(name, tooLarge(needs.now()), needs);
    return { ...told, proof: 'missing' };
  }
  const budget = { logs: LOGS_PER_MESSAGE };
  const { search, goesOn } = await searchFor(witness, budget, needs);
  const after = (await needs.witnesses.read(name)) ?? witness;
  if (!isOpen(after, needs)) return { ...told, proof: after.proof.state };
  if (goesOn) {
    await needs.jobs.send([job]);
    return { ...told, goesOn: true };
  }
  const due = Date.parse(eventTime) + CONCLUDED_AFTER_MS;
  if (Date.parse(needs.now()) < due) {
    await needs.witnesses.lookAgain(name, later(needs, Math.min(HOUR_MS, due - Date.parse(needs.now()))));
    return { ...told, proof: 'pending' };
  }
  const concluded = await conclude(witness, search, budget, needs);
  if (concluded === 'goes-on') await needs.jobs.send([job]);
  else if (concluded === 'throttled') await needs.witnesses.lookAgain(name, later(needs, THROTTLED_MS));
  else await learn(name, concluded, needs);
  return { ...told, proof: typeof concluded === 'string' ? concluded : concluded.state };
}

const isOpen = (witness: Witness, { now }: Needs): boolean =>
  witness.proof.state === 'pending' || mayStillCome(witness, now());

const later = ({ now }: Needs, by: number): string => new Date(Date.parse(now()) + by).toISOString();

const tooLarge = (at: string) =>
  ({
    state: 'missing',
    reason: 'no-witness',
    says: 'its record was too large to be kept, so there is nothing to compare log files with',
    at,
  }) as const;

/** Goes through the digests that have come since the last time. */
async function searchFor(
  witness: Witness,
  budget: Budget,
  needs: Needs,
): Promise<{ search: RecordSearch; goesOn: boolean }> {
  const { account, eventTime, record } = witness;
  let search = await needs.searches.read(witness);
  for (const { chain } of await needs.chains.chains({ account, region: String(record['awsRegion']) })) {
    for (const row of await digestsFor(chain, eventTime, needs)) {
      const key = searchKey(chain, row);
      if (row.provenBy === undefined || row.logs === 0) continue;
      if (isSearched(search[key], row, needs.now())) continue;
      if (budget.logs <= 0) return { search, goesOn: true };
      search = await searchOne(witness, { chain, row, key, search }, budget, needs);
    }
  }
  return { search, goesOn: false };
}

interface Searching {
  readonly chain: ChainId;
  readonly row: DigestRow;
  readonly key: string;
  readonly search: RecordSearch;
}

async function searchOne(
  witness: Witness,
  { chain, row, key, search }: Searching,
  budget: Budget,
  needs: Needs,
): Promise<RecordSearch> {
  const found = await searchLikely(chain, row, witness, budget, needs);
  if (found === undefined) return search;
  const next = { ...search, [key]: found };
  await needs.searches.write(witness, next, needs.now());
  return next;
}

const TRIED_AGAIN_MS = 30 * 60_000;

/** What could not be read is tried again, but not by the next message already. */
function isSearched(search: DigestSearch | undefined, { sha256 }: DigestRow, now: string): boolean {
  if (search?.likely === undefined || search.sha256 !== sha256) return false;
  return search.likely.unverifiable === 0 || Date.parse(now) - Date.parse(search.likely.at) < TRIED_AGAIN_MS;
}
