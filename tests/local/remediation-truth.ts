import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { AwsCall, Plan } from '../../shared/contracts/trailseal/remediation';
import { rules } from '../../shared/controls';
import type { Run } from '../../shared/remediations/run';
import { asItem } from '../shared/remediations/item';
import { said } from '../support/judge-rule';
import type { Request } from './mishaps';
import type { Remedy } from './remediation-runs';

interface Kept {
  readonly plan: Plan;
  readonly comesBackAs?: readonly [number, string];
}
const keptOf = async (remedy: Remedy, run: Run) => (await remedy.runs.part(run, 'PLAN')) as never as Kept;

/** Whatever went wrong, this holds of what was asked of AWS for a run, and of what its record says of it. */
export async function theRecordIsTrue(remedy: Remedy, run: Run, requests: readonly Request[]): Promise<void> {
  if (run.planHash === undefined) {
    expect(requests).toEqual([]);
    return;
  }
  const { calls } = (await keptOf(remedy, run)).plan;
  const shown = requests.map((request) => calls.findIndex((call) => isThat(call, request)));
  // No call that the plan did not show.
  expect(shown.map((index, at) => [index >= 0, requests[at]])).toEqual(requests.map((one) => [true, one]));

  const noted: string[] = [];
  for (const [index, call] of calls.entries()) {
    const worked = requests.filter((one, at) => shown[at] === index && one.worked);
    const steps = run.steps.filter((step) => step.call === index);
    const isDone = steps.some(({ result }) => result === 'done');
    const lost = steps.filter(({ result }) => result === undefined || result === 'unknown').length;
    if (call.again !== 'harmless') expect(worked.length).toBeLessThanOrEqual(1);
    // Made again only where no answer was recorded, and what worked is said to have worked, or not to be known.
    expect(worked.length).toBeLessThanOrEqual(lost + (isDone ? 1 : 0));
    if (isDone) expect(worked.length).toBeGreaterThan(0);
    if (['applied', 'undone'].includes(run.state)) expect(isDone).toBe(true);
    // The ids that it names are those of what worked, and all of them but for those whose answers got lost.
    const named = steps.flatMap(({ result, error, requestId }) =>
      result === 'done' && error === undefined && requestId !== undefined ? [requestId] : [],
    );
    noted.push(...named);
    if (call.service === 'lambda') continue;
    const ids = worked.map(({ requestId }) => requestId);
    for (const id of named) expect(ids).toContain(id);
    expect(ids.length - named.length).toBeLessThanOrEqual(lost);
  }
  expect(await remedy.runs.ours(noted)).toEqual(new Set(noted));
}

/** What is there now is what the record says, and the control says so too. */
export async function theLiveStateIsAsItSays(remedy: Remedy, run: Run): Promise<void> {
  const { remediation, one } = remedy;
  if (run.planHash === undefined) return;
  const { plan, comesBackAs } = await keptOf(remedy, run);
  const newId = comesBackAs && run.answers[String(comesBackAs[0])]?.[comesBackAs[1]];
  const { captured, target } = await remedy.live(typeof newId === 'string' ? newId : undefined);
  const meaning = remediation.meaning(captured);
  const byItsOldId =
    typeof newId === 'string'
      ? (JSON.parse(JSON.stringify(meaning).replaceAll(newId, plan.target.id)) as Json)
      : meaning;
  if (run.state === 'applied' || run.state === 'undone') expect(byItsOldId).toEqual(plan.after);
  else expect(run.steps.at(-1)?.says).toEqual(expect.stringMatching(/\w+ .*\./));
  const left = await remedy.runs.part(run, 'LEFT');
  expect(left === undefined ? undefined : remediation.meaning(left)).toEqual(meaning);

  const rule = rules.find(({ id }) => id === remedy.control);
  const observed = remediation.observed(captured, target);
  if (run.state === 'applied' && rule && observed)
    expect(said(rule, asItem(target, observed), one.parameters as JsonObject).compliance).toBe('COMPLIANT');
  // What was captured is there again, but for what the plan of the undo says to be different.
  const before = run.of === undefined ? undefined : await remedy.runs.part({ ...run, id: run.of }, 'CAPTURE');
  if (run.state === 'undone' && before !== undefined && !foreseesAnother.includes(remediation.id))
    expect(byItsOldId).toEqual(remediation.meaning(before));
}

/** The instance is no longer a part of its Auto Scaling group, and its snapshots stay. */
const foreseesAnother = ['ec2-isolate-instance'];

const signedAs: Readonly<Record<string, string>> = { cloudwatch: 'monitoring' };

/** Whether a request is that of a call in a plan. */
const isThat = ({ service, action, input }: AwsCall, request: Request): boolean =>
  (signedAs[service] ?? service) === request.service &&
  action === request.action &&
  // Of S3 what its server has read of the address: the rest is in what is there afterwards.
  (service === 's3'
    ? input['Bucket'] === (request.input as JsonObject)['Bucket']
    : isSame(input, JSON.parse(JSON.stringify(request.input)) as Json));

/** A call as data, and as it came. */
function isSame(planned: Json, came: Json): boolean {
  if (Array.isArray(planned))
    return (
      Array.isArray(came) &&
      planned.length === came.length &&
      planned.every((one: Json, index) => isSame(one, came[index]))
    );
  if (typeof planned !== 'object' || planned === null)
    return planned === came || (typeof planned === 'string' && btoa(planned) === came);
  const { $answer: answer, $time: time } = planned as JsonObject;
  if (answer !== undefined) return typeof came === 'string';
  if (time !== undefined) return time === came;
  if (typeof came !== 'object' || came === null) return false;
  const names = new Set([...Object.keys(planned), ...Object.keys(came)]);
  return [...names].every((name) =>
    isSame((planned as JsonObject)[name] ?? null, (came as JsonObject)[name] ?? null),
  );
}
