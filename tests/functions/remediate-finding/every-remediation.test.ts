import { remediations } from '../../../shared/remediations';
import { cases } from '../../shared/remediations/cases';
import { settled, stageOf } from './stage';

const all = remediations.flatMap((remediation) =>
  (cases[remediation.id] ?? []).map((one) => [remediation.id, one.name, remediation, one] as const),
);

test.each(all)('%s, %s: applied after approval, and put back', async (_id, _name, remediation, one) => {
  const stage = await stageOf(remediation, one);
  const before = stage.meaning();
  await settled(stage);
  expect(stage.outcomes()).toEqual(['RemediationProposed']);
  expect(stage.sent).toEqual([]);
  await stage.approve();
  await settled(stage);
  const isBlind = stage.last().diff.length === 0;
  expect([stage.last().kind, stage.last().says]).toEqual([
    isBlind ? 'Unconfirmed' : 'Applied',
    isBlind ? expect.stringMatching(/can not be read/) : undefined,
  ]);
  const fixed = await stage.run();
  expect(fixed.steps.filter(({ result }) => result === 'done').map(({ requestId }) => requestId)).toEqual(
    stage.sent.map(({ answer }) => (answer.state === 'done' ? answer.requestId : 'refused')),
  );
  await stage.runs.askUndo(fixed, { by: 'arn:aws:iam::123456789012:user/bob', at: 'then', forced: false });
  await settled(stage, { undo: fixed.id });
  if (stage.last().kind === 'RemediationProposed') {
    expect(remediation.exposesAgain).not.toBe(false);
    expect(stage.last().notes[0]).toBe(remediation.exposesAgain);
    await stage.approve();
    await settled(stage, { undo: fixed.id });
  }
  const { kind, refusals } = stage.last();
  if (refusals[0]?.code === 'irreversible') return;
  expect([kind, stage.last().says]).toEqual(['Undone', undefined]);
  if (!['ec2-delete-security-group', 'ec2-isolate-instance'].includes(remediation.id))
    expect(stage.meaning()).toEqual(before);
});
