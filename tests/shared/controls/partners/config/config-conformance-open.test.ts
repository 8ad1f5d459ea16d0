import partner from '../../../../../shared/controls/partners/config/config-conformance-open';
import { ACCOUNT, complianceChange, findingOf, REGION, reaches, said } from '../events';

const TYPE = 'newEvaluationResult.complianceType';
const service = `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/aws-service-rule/securityhub.amazonaws.com/config-rule-abc`;

test.each([
  ['the first verdict', complianceChange(), 'open'],
  [
    'a verdict after another',
    complianceChange({ oldEvaluationResult: { complianceType: 'COMPLIANT' } }),
    'open',
  ],
  ['compliant', complianceChange({ [TYPE]: 'COMPLIANT' }), 'closed'],
  ['not applicable', complianceChange({ [TYPE]: 'NOT_APPLICABLE' }), 'closed'],
  ['insufficient data', complianceChange({ [TYPE]: 'INSUFFICIENT_DATA' }), 'undetermined'],
  ['our own rule', complianceChange({ configRuleName: 'trailseal-dev-sg' }), 'own-finding'],
  ['a rule of another service', complianceChange({ configRuleARN: service }), 'service-rule'],
  [
    'a rule of Security Hub, by its name',
    complianceChange({ configRuleName: 'securityhub-s3-791289a5' }),
    'service-rule',
  ],
  ['a rule with a name like ours', complianceChange({ configRuleName: 'no-trailseal-dev' }), 'open'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('compliance.yml lets rules of services count, and names our own', () => {
  expect(said(partner, complianceChange({ configRuleARN: service }), { serviceRules: true })).toBe('open');
  expect(said(partner, complianceChange(), { ownRules: ['restricted-'] })).toBe('own-finding');
});

test('it says which rule finds what wrong with which resource', () => {
  expect(
    findingOf(partner, complianceChange({ 'newEvaluationResult.annotation': 'port 22 is open' })),
  ).toEqual({
    state: 'open',
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-0abc',
    },
    severity: 'medium',
    says: 'AWS Config rule restricted-ssh: NON_COMPLIANT, port 22 is open',
    because: [
      {
        says: 'rule restricted-ssh does not hold',
        path: 'detail.newEvaluationResult.complianceType',
        value: 'NON_COMPLIANT',
        expected: 'COMPLIANT',
      },
      {
        says: 'what the rule says',
        path: 'detail.newEvaluationResult.annotation',
        value: 'port 22 is open',
        expected: 'COMPLIANT',
      },
    ],
    observedAt: '2026-01-31T10:00:00.000Z',
    partnerId: `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/config-rule-9rpvxc|AWS::EC2::SecurityGroup|sg-0abc`,
  });
});

test.each([
  ['messageType', { messageType: 'ConfigRulesEvaluationStarted' }],
  [TYPE, { [TYPE]: 'GOOD' }],
  ['newEvaluationResult.resultRecordedTime', { 'newEvaluationResult.resultRecordedTime': '' }],
])('an event with another %s than documented is refused by it', (field, changes) => {
  expect(() => said(partner, complianceChange(changes))).toThrow(
    `Config compliance change: ${field}: expected`,
  );
});

test('its rule takes every verdict', () => {
  expect(reaches(partner, complianceChange({ [TYPE]: 'COMPLIANT' }))).toBe(true);
  expect(reaches(partner, { ...complianceChange(), 'detail-type': 'Config Configuration Item Change' })).toBe(
    false,
  );
});
