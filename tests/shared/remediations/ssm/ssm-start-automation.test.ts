import remediation from '../../../../shared/remediations/ssm/ssm-start-automation';
import { DOCUMENT, documentCase, INSTANCE } from '../cases';
import { ACCOUNT, type Case, planOf, REGION, said } from '../scene';

const other = DOCUMENT.replace('Mend', 'Other');

const rows: [name: string, one: Case, expected: string[]][] = [
  ['one that may be started', documentCase(), ['Start Mend, version 3']],
  [
    'one that is not listed',
    documentCase({ allowed: [other] }),
    [`cannot: ${DOCUMENT} is not among the documents that may be started.`],
  ],
  [
    'one that does not exist',
    documentCase({ document: other, allowed: [other] }),
    [`cannot: ${other} is no Automation document.`],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('fills in what the finding is about, and passes no role but the one that is set', () => {
  const [call] = planOf(remediation, documentCase()).calls;
  expect(call?.input).toMatchObject({
    DocumentName: 'Mend',
    DocumentVersion: '3',
    Parameters: { InstanceId: [INSTANCE], AutomationAssumeRole: [`arn:aws:iam::${ACCOUNT}:role/automation`] },
  });
  expect(call?.allows).toEqual([
    {
      action: 'ssm:StartAutomationExecution',
      resources: [
        `arn:aws:ssm:${REGION}:${ACCOUNT}:automation-definition/Mend:3`,
        `arn:aws:ssm:${REGION}:${ACCOUNT}:automation-execution/*`,
        DOCUMENT,
      ],
    },
    { action: 'iam:PassRole', resources: [`arn:aws:iam::${ACCOUNT}:role/automation`] },
  ]);
});

test.each([
  { document: 'Mend', allowed: ['Mend'] },
  { document: 'Mend', allowed: [] },
])('takes nothing but ARNs, and at least one: %j', (settings) => {
  expect(remediation.settings.safeParse(settings).success).toBe(false);
});
