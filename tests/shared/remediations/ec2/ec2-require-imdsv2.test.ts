import remediation from '../../../../shared/remediations/ec2/ec2-require-imdsv2';
import { daysOfCalls, INSTANCE, instance, instanceCase, noCalls } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const options = (HttpTokens?: string) =>
  instanceCase({
    metrics: noCalls,
    instances: [instance({ MetadataOptions: HttpTokens === undefined ? {} : { HttpTokens } })],
  });
const metrics = (sums: readonly number[]) => instanceCase({ metrics: daysOfCalls(sums) });
const zeros = (days: number) => Array.from({ length: days }, () => 0);

const rows: [name: string, one: Case, expected: string[]][] = [
  ['no call in 14 days', metrics(zeros(14)), [`Require IMDSv2 on ${INSTANCE}`]],
  [
    'one call a week ago',
    metrics([...zeros(6), 1, ...zeros(7)]),
    ['cannot: 1 calls of IMDSv1 were made in the last 14 days.'],
  ],
  ['no figures at all', metrics([]), ['cannot: CloudWatch does not know the calls of IMDSv1 for 14 days.']],
  [
    'figures of five days',
    metrics(zeros(5)),
    ['cannot: CloudWatch does not know the calls of IMDSv1 for 14 days.'],
  ],
  [
    'a time that is none',
    instanceCase({ metrics: { [INSTANCE]: [{ Timestamp: 'yesterday', Sum: 0 }] } }),
    ['cannot: CloudWatch does not know the calls of IMDSv1 for 14 days.'],
  ],
  ['required already', options('required'), ['nothing-to-do: IMDSv2 is required already.']],
  ['an answer without options', options(), ['cannot: AWS does not say how the metadata is set.']],
  ['no instance', instanceCase({ instances: [] }), ['nothing-to-do: The instance is gone.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('asks for the figures of the 14 days before, day by day', () => {
  const scene = sceneOf(remediation, metrics(zeros(14)));
  scene.capture();
  expect(scene.calls.capture[1]?.input).toMatchObject({
    StartTime: { $time: '2026-11-15T12:00:00.000Z' },
    EndTime: { $time: '2026-11-29T12:00:00.000Z' },
    Period: 86_400,
    Dimensions: [{ Name: 'InstanceId', Value: INSTANCE }],
  });
});

test('changes the tokens alone, and what CloudWatch counts later does not change the plan', () => {
  const plan = planOf(remediation, metrics(zeros(14)));
  expect(plan.calls.map(({ input }) => input)).toEqual([{ InstanceId: INSTANCE, HttpTokens: 'required' }]);
  expect(plan.hash).toBe(planOf(remediation, metrics(zeros(15))).hash);
});
