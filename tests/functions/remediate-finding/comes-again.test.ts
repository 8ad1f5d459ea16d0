import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import startLogging from '../../../shared/remediations/cloudtrail/cloudtrail-start-logging';
import revokeWorldRule from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import runFunction from '../../../shared/remediations/lambda/lambda-run-function';
import { functionCase, groupCase, mixedRules, rule, trailCase } from '../../shared/remediations/cases';
import { FINDING } from '../../shared/remediations/scene';
import { sabotaged } from './faults';
import { type Stage, settled, stageOf } from './stage';

const BOB = 'arn:aws:iam::123456789012:user/bob';

async function applied(stage: Stage): Promise<Stage> {
  await settled(stage);
  await stage.approve();
  await settled(stage);
  expect(stage.last().kind).toBe('Applied');
  return stage;
}
const closedGroup = async () => applied(await stageOf(revokeWorldRule, groupCase(mixedRules)));

async function asksUndo(stage: Stage): Promise<string> {
  const fixed = await stage.run();
  const at = new Date(stage.clock.now).toISOString();
  await stage.runs.askUndo(fixed, { by: BOB, at, forced: false });
  return fixed.id;
}

/** Somebody made it worse again, and AWS Config saw it. */
function openedAgain(stage: Stage): void {
  stage.cloud.rules.push(rule('again', { FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }));
  const { judgement } = stage.finding();
  if (!judgement) throw new Error('no judgement');
  const observedAt = new Date(stage.clock.now).toISOString();
  stage.circumstances.finding = { judgement: { ...judgement, observedAt } };
}

test('after an undo that was refused, what comes again of the finding or of the undo says nothing new', async () => {
  const stage = await applied(await stageOf(startLogging, trailCase({})));
  const undo = await asksUndo(stage);
  await stage.deliver({ undo });
  const told = ['RemediationProposed', 'Applied', 'Refused'];
  expect(stage.outcomes()).toEqual(told);
  for (const more of [{}, { undo }, {}, { undo }]) await stage.deliver(more);
  expect(stage.outcomes()).toEqual(told);
});

test('an undo that waits for its approval is not put aside by what comes again of the finding', async () => {
  const stage = await closedGroup();
  const undo = await asksUndo(stage);
  await stage.deliver({ undo });
  await stage.deliver();
  await stage.approve();
  await settled(stage);
  expect(stage.outcomes()).toEqual(['RemediationProposed', 'Applied', 'RemediationProposed', 'Undone']);
});

test('what asked for an undo undoes once, and nothing that was done after it', async () => {
  const stage = await closedGroup();
  const undo = await asksUndo(stage);
  await stage.deliver({ undo });
  await stage.approve();
  await settled(stage, { undo });
  expect(stage.last().kind).toBe('Undone');
  openedAgain(stage);
  await applied(stage);
  const told = stage.outcomes();
  expect(await stage.deliver({ undo })).toMatchObject({ ignored: 'not-asked', outcomes: [] });
  expect(stage.outcomes()).toEqual(told);
  // Whoever asks anew is heard.
  await stage.runs.askUndo({ findingId: FINDING, id: undo }, { by: BOB, at: 'later', forced: false });
  await stage.deliver({ undo });
  expect(stage.last()).toMatchObject({ does: 'undo', of: undo });
});

test('what is not confirmed is looked at when it is time, however often it comes before', async () => {
  const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
  await settled(stage);
  await stage.approve();
  const foreign = rule('foreign', { FromPort: 8080, ToPort: 8080, CidrIpv4: '192.0.2.9/32' });
  const wait = async (ms: number) => {
    stage.cloud.rules.push(foreign);
    await stage.needs.wait(ms);
  };
  await remediateFinding({ ...stage.needs, wait })({ job: 'remediate', findingId: FINDING });
  expect(stage.last().kind).toBe('Unconfirmed');
  for (let index = 0; index < 8; index += 1) await stage.deliver();
  const by = (minutes: number) => new Date(stage.clock.now + minutes * 60_000).toISOString();
  expect(await stage.runs.due(by(9), 10)).toEqual([]);
  expect(await stage.runs.due(by(11), 10)).toEqual([FINDING]);
  stage.cloud.rules = stage.cloud.rules.filter((one) => one !== foreign);
  stage.clock.now += 11 * 60_000;
  await stage.deliver();
  expect(stage.last().kind).toBe('Applied');
});

test('what can not be seen is looked at once, and nobody comes back to it', async () => {
  const stage = await stageOf(runFunction, functionCase());
  await settled(stage);
  await stage.approve();
  await settled(stage);
  expect(stage.last().kind).toBe('Unconfirmed');
  expect(await stage.runs.due('9999', 10)).toEqual([]);
});

test('who dies before the first step of a run is written leaves what the run before it said', async () => {
  const stage = await closedGroup();
  openedAgain(stage);
  const rehearsal = sabotaged(await twinOf(), undefined, undefined);
  await remediateFinding(rehearsal.needs)({ job: 'remediate', findingId: FINDING });
  const point = rehearsal.reached.findIndex(({ what }) => what === 'runs.point');
  const saboteur = sabotaged(stage, point, 'killed-after');
  await expect(remediateFinding(saboteur.needs)({ job: 'remediate', findingId: FINDING })).rejects.toThrow(
    'runs.point',
  );
  stage.clock.now += 7 * 60_000;
  await settled(stage);
  // It was tried before, which a worker who knows nothing of the run before would not see.
  expect(await stage.run()).toMatchObject({ state: 'planned', again: true });
  expect(stage.last().kind).toBe('RemediationProposed');
  expect(stage.runs.all()).toHaveLength(2);
});

const twinOf = async () => {
  const twin = await closedGroup();
  openedAgain(twin);
  return twin;
};
