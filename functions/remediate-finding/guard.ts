import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Mode } from '../../shared/contracts/trailseal/compliance-policy';
import type { Refusal } from '../../shared/contracts/trailseal/remediation';
import { actorsOf } from '../../shared/remediations/actors';
import { type Permitted, permitted, refusalsOf } from '../../shared/remediations/guards';
import { canonicalJson } from '../../shared/remediations/plan';
import { inherited, isOver, type Run } from '../../shared/remediations/run';
import type { Errand, Errands } from './errand';
import type { Judged } from './look';

/** What was just read, and what the control says of it. */
export interface Facts {
  readonly errands: Errands & { readonly cap: number };
  readonly captured: Json;
  readonly judged: Judged;
}

const CLOUDFORMATION = /cloudformation/i;

/** The mode that holds: `auto` only where nothing asks for a person. */
export async function howFar(
  { needs, finding, current }: Errand,
  { errands, captured }: Facts,
  mode: Mode | 'unknown',
): Promise<Permitted> {
  if (mode !== 'auto') return permitted({ mode, chain: 'unknown', restoresEvidence: false, autoHolds: true });
  const { remediation, target, occasion, settings } = errands;
  const { autoWhen } = remediation;
  const holds =
    'never' in autoWhen
      ? autoWhen.never.replace(/\.$/, '')
      : autoWhen.holds({ captured, target, occasion, settings });
  const isOurs = current !== undefined && !isOver(current);
  const isAgain = (isOurs ? current : inherited(current, occasion.since)).again === true;
  return permitted({
    mode,
    chain: await needs.evidence.chain(finding),
    restoresEvidence: remediation.restoresEvidence,
    autoHolds: isAgain
      ? 'it was tried already for this exposure, and something has set it back or kept it from holding'
      : holds,
  });
}

/** Every reason against a run, those that no approval helps against first. */
export async function refusalsFor(
  errand: Errand,
  run: Run,
  facts: Facts,
  isApproved: boolean,
): Promise<readonly Refusal[]> {
  const { needs, finding } = errand;
  const { directions, evidence, runs } = needs;
  const { remediation } = facts.errands;
  const now = needs.now();
  const actor = actorsOf(finding).find(({ invokedBy = '', iac = '' }) =>
    CLOUDFORMATION.test(invokedBy + iac),
  );
  const calls = await evidence.makingCalls(finding);
  const requests = calls.flatMap(({ requestID }) => (requestID === undefined ? [] : [requestID]));
  const own = remediation.tags(facts.captured);
  const { control, accountId } = run;
  const counted = await runs.admitted({ control, accountId, at: run.begunAt ?? now });
  const undone = await ownUndo(errand, facts);
  const refusals = refusalsOf({
    policy: directions.policy,
    exemption: directions.exemption(finding, now),
    tags: own === 'not-read' ? await evidence.tags(finding) : own,
    ...(actor === undefined ? {} : { actor }),
    protectedTags: directions.protectedTags,
    made: counted.filter((id) => id !== run.id).length,
    cap: facts.errands.cap,
    calls,
    ourRole: needs.ourRole(accountId),
    ourRequests: await runs.ours(requests),
    judged: facts.judged,
    mode: run.mode as Mode,
    approved: isApproved,
  });
  // That it was we who made the change says less than why.
  return undone ? [undone, ...refusals.filter(({ code }) => code !== undone.code)] : refusals;
}

/** What our undo left was wanted by whoever asked for it, whether or not CloudTrail has told yet that it was us. */
async function ownUndo(
  { needs, current }: Errand,
  { errands, captured }: Facts,
): Promise<Refusal | undefined> {
  const { afterUndo } = current && !isOver(current) ? current : inherited(current, errands.occasion.since);
  if (afterUndo === undefined) return undefined;
  const left = await needs.runs.part({ findingId: errands.occasion.findingId, id: afterUndo }, 'LEFT');
  const meaning = (state: Json) => canonicalJson(errands.remediation.meaning(state));
  if (left === undefined || meaning(left) !== meaning(captured)) return undefined;
  return {
    code: 'own-change',
    says: 'It is as an undo of ours has left it, which somebody asked for.',
    instead: 'Change it by hand if that is no longer wanted.',
  };
}
