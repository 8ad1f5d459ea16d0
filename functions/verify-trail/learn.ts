import type { EventProof } from '../../shared/contracts/trailseal/finding';
import { relinkFinding } from '../../shared/findings/record';
import type { Witness, WitnessName } from '../../shared/findings/witnesses';
import type { Needs } from './needs';

const DAY_MS = 86_400_000;

type LearnNeeds = Pick<Needs, 'witnesses' | 'record' | 'telemetry' | 'now'>;

/** Brings what was learned of a record to those who wait for it. Done again, it ends the same. */
export async function learn(
  { account, eventTime, eventID }: WitnessName,
  learned: EventProof,
  needs: LearnNeeds,
): Promise<void> {
  const known = await needs.witnesses.learn({ account, eventTime, eventID }, learned);
  if (known === undefined) return;
  needs.telemetry.countBy('ProofsLearned', 'state', known.proof.state);
  await tell(known, needs);
}

/** Lets each finding that rests on a record know what is known of it, and sees to when to look at it again. */
export async function tell(
  { findings, proof, account, eventTime, eventID }: Witness,
  needs: LearnNeeds,
): Promise<void> {
  for (const id of findings) await relinkFinding(id, needs.record);
  if (proof.state === 'pending') return;
  const isResting = proof.state === 'proven' && (await isAnyOpen(findings, needs));
  const wait = isResting ? DAY_MS : mayStillCome({ proof, eventTime }, needs.now()) ? LATE_MS : undefined;
  await needs.witnesses.lookAgain(
    { account, eventTime, eventID },
    wait === undefined ? undefined : new Date(Date.parse(needs.now()) + wait).toISOString(),
  );
}

const LATE_MS = 6 * 3_600_000;
const LATE_AT_MOST_MS = 3 * DAY_MS;

/** What could not be verified in time may be some hours later: then more can be said. */
export const mayStillCome = (
  { proof, eventTime }: Pick<Witness, 'proof' | 'eventTime'>,
  now: string,
): boolean =>
  proof.state === 'missing' &&
  proof.reason === 'late' &&
  Date.parse(now) - Date.parse(eventTime) < LATE_AT_MOST_MS;

async function isAnyOpen(findings: readonly string[], { record }: LearnNeeds): Promise<boolean> {
  for (const id of findings) {
    if ((await record.table.read(id))?.finding.state === 'open') return true;
  }
  return false;
}
