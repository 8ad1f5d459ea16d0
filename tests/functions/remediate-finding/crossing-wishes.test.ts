import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import startLogging from '../../../shared/remediations/cloudtrail/cloudtrail-start-logging';
import revokeWorldRule from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import rdsPrivate from '../../../shared/remediations/rds/rds-disable-public-access';
import { databaseCase, groupCase, mixedRules, rule, trailCase } from '../../shared/remediations/cases';
import { ACCOUNT, FINDING } from '../../shared/remediations/scene';
import { type Stage, settled, stageOf } from './stage';

const BOB = 'arn:aws:iam::123456789012:user/bob';

async function applied(stage: Stage): Promise<string> {
  await settled(stage);
  await stage.approve();
  await settled(stage);
  expect(stage.last().kind).toBe('Applied');
  return stage.last().run;
}

const asksUndo = (stage: Stage, run: string) =>
  stage.runs.askUndo(
    { findingId: FINDING, id: run },
    { by: BOB, at: new Date(stage.clock.now).toISOString(), forced: false },
  );

/** AWS Config saw something new since. */
function seenAgain(stage: Stage): void {
  const { judgement } = stage.finding();
  if (!judgement) throw new Error('no judgement');
  const observedAt = new Date(stage.clock.now).toISOString();
  stage.circumstances.finding = { judgement: { ...judgement, observedAt } };
}

test('an undo that waits for its approval is told to be over when what there is needs another fix', async () => {
  const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
  const fixed = await applied(stage);
  await asksUndo(stage, fixed);
  await stage.deliver({ undo: fixed });
  const waiting = stage.last();
  expect(waiting).toMatchObject({ kind: 'RemediationProposed', does: 'undo' });
  stage.cloud.rules.push(rule('again', { FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }));
  seenAgain(stage);
  await settled(stage);
  expect(stage.last()).toMatchObject({ kind: 'RemediationProposed', does: 'fix' });
  // Nobody can approve any more what nothing would come of, and who asked is told.
  expect(await stage.run(waiting.run)).toMatchObject({ state: 'refused' });
  expect([...stage.reported.values()]).toContainEqual(
    expect.objectContaining({ kind: 'Refused', does: 'undo', run: waiting.run }),
  );
  // What asked for it may come again, after the other was done: it is used up.
  await applied(stage);
  expect(await stage.deliver({ undo: fixed })).toMatchObject({ ignored: 'not-asked' });
});

test('an undo that waits is not put aside by what was seen late of the time before the fix', async () => {
  const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
  const fixed = await applied(stage);
  await asksUndo(stage, fixed);
  await stage.deliver({ undo: fixed });
  seenAgain(stage);
  await settled(stage);
  await stage.approve();
  await settled(stage);
  expect(stage.outcomes()).toEqual(['RemediationProposed', 'Applied', 'RemediationProposed', 'Undone']);
});

test('an undo that waits is told to be over when what there is can not even be looked at', async () => {
  const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
  const fixed = await applied(stage);
  await asksUndo(stage, fixed);
  await stage.deliver({ undo: fixed });
  const waiting = stage.last();
  seenAgain(stage);
  const needs = {
    ...stage.needs,
    performer: () => ({
      ...stage.needs.performer({ accountId: ACCOUNT, findingId: FINDING, calls: [] }),
      read: async () => ({ unreadable: 'AWS answers AccessDenied.' }),
    }),
  };
  await remediateFinding(needs)({ job: 'remediate', findingId: FINDING });
  expect(stage.last()).toMatchObject({ does: 'fix', refusals: [{ code: 'unreadable' }] });
  expect(await stage.run(waiting.run)).toMatchObject({ state: 'refused' });
});

/** Mended, made public again, and mended again, which AWS takes its time to show. */
async function settling(): Promise<{ readonly stage: Stage; readonly first: string }> {
  const stage = await stageOf(rdsPrivate, databaseCase());
  const first = await applied(stage);
  for (const database of stage.cloud.databases) database['PubliclyAccessible'] = true;
  seenAgain(stage);
  await settled(stage);
  await stage.approve();
  expect(await stage.deliver()).toMatchObject({ state: 'applying' });
  return { stage, first };
}

test('an undo that is asked for while AWS settles another fix stays in the queue until then', async () => {
  const { stage, first } = await settling();
  await asksUndo(stage, first);
  await expect(stage.deliver({ undo: first })).rejects.toThrow(/undo .* has to wait/);
  stage.clock.now += 301_000;
  await stage.deliver({ undo: first });
  expect(stage.outcomes()).toContain('Applied');
  expect(stage.last()).toMatchObject({ does: 'undo', of: first });
});

describe("an operator's test of a resource that is being mended", () => {
  const tested = (stage: Stage) => {
    const { judgement } = stage.finding();
    if (!judgement) throw new Error('no judgement');
    const observedAt = new Date(stage.clock.now).toISOString();
    stage.circumstances.finding = { judgement: { ...judgement, observedAt, origin: 'operator' } };
  };

  test('does not keep what was begun from its end', async () => {
    const { stage } = await settling();
    tested(stage);
    stage.clock.now += 301_000;
    expect(await stage.deliver()).toMatchObject({ state: 'applied', ignored: 'test' });
    expect(await stage.runs.due('9999', 10)).toEqual([]);
  });

  test('does not keep an undo from being made that somebody asked for', async () => {
    const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
    const fixed = await applied(stage);
    tested(stage);
    await asksUndo(stage, fixed);
    await stage.deliver({ undo: fixed });
    expect(stage.last()).toMatchObject({ kind: 'RemediationProposed', does: 'undo' });
    await stage.approve();
    await settled(stage);
    expect(stage.last().kind).toBe('Undone');
  });

  test('ends what had not made any call yet', async () => {
    const stage = await stageOf(startLogging, trailCase({}), { mode: 'auto' });
    const dies = async () => {
      throw new Error('killed');
    };
    const handle = remediateFinding({ ...stage.needs, runs: { ...stage.runs, admit: dies } });
    await expect(handle({ job: 'remediate', findingId: FINDING })).rejects.toThrow(/killed/);
    tested(stage);
    await stage.deliver();
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'no-longer-so' }] });
    expect([stage.sent, await stage.runs.due('9999', 10)]).toEqual([[], []]);
  });
});
