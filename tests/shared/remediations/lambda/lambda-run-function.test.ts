import remediation from '../../../../shared/remediations/lambda/lambda-run-function';
import { FUNCTION, functionCase, INSTANCE } from '../cases';
import { ACCOUNT, type Case, FINDING, planOf, REGION, said } from '../scene';

const other = FUNCTION.replace('mend', 'other');

const rows: [name: string, one: Case, expected: string[]][] = [
  ['one that may be run', functionCase(), [`Run ${FUNCTION}`]],
  [
    'one that is not listed',
    functionCase({ allowed: [other] }),
    [`cannot: ${FUNCTION} is not among the functions that may be run.`],
  ],
  [
    'one that does not exist',
    functionCase({ function: other, allowed: [other] }),
    [`cannot: ${other} does not exist.`],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('tells the function what it is about, and may run no other', () => {
  const [call] = planOf(remediation, functionCase()).calls;
  expect(JSON.parse(call?.input['Payload'] as string)).toEqual({
    findingId: FINDING,
    control: 'some-control',
    accountId: ACCOUNT,
    region: REGION,
    resourceType: 'AWS::EC2::Instance',
    resourceId: INSTANCE,
  });
  expect(call?.allows).toEqual([{ action: 'lambda:InvokeFunction', resources: [FUNCTION] }]);
  expect(call?.again).toBe('doubles');
});

test.each([
  { function: 'mend', allowed: ['mend'] },
  { function: 'mend', allowed: [] },
])('takes nothing but ARNs, and at least one: %j', (settings) => {
  expect(remediation.settings.safeParse(settings).success).toBe(false);
});
