import { compileEventPattern } from '../../local/event-pattern';
import { Stack, type Template } from '../../local/template';
import { remediationStack } from '../../resources/remediation';
import type { Mode } from '../../shared/contracts/trailseal/compliance-policy';
import { LONGEST_PATTERN } from '../../shared/controls/detections/patterns';
import { remediations } from '../../shared/remediations';
import { problemsOf } from '../../tools/template-checks';
import { ACCOUNT, REGION } from '../shared/remediations/scene';
import { compiledTemplate } from '../support/compiled-template';
import { templateWithTrail } from '../support/sample-trail';
import { controlSettings, switchedOn } from '../support/switched-on';

const ROLE = 'trailseal-dev-remediation';
const from = (policy: ReturnType<typeof switchedOn>) => remediationStack(policy, remediations, ROLE);

test.each(['off', 'notify'] as const)('where compliance.yml says %s, the stack has nothing of it', (mode) => {
  expect(from(switchedOn(mode))).toEqual({
    findings: {},
    rights: [],
    resources: {},
    outputs: {},
    changes: false,
  });
});

test.each<[Mode, Mode | undefined, changes: boolean]>([
  ['dry-run', undefined, false],
  ['approve', undefined, true],
  ['auto', undefined, true],
  ['notify', 'dry-run', false],
  ['notify', 'approve', true],
  ['off', 'auto', true],
])('%s, in a scope %s: whether something may be changed', (mode, inScope, changes) => {
  const settings = controlSettings(mode, 'ec2-stop-instance');
  const scopes = inScope ? [{ mode: inScope, regions: ['eu-west-1'] }] : [];
  const stack = from({ ...switchedOn('off', []), controls: { 'some-control': { ...settings, scopes } } });
  expect([Object.keys(stack.resources), stack.changes]).toEqual([['RemediationRole'], changes]);
});

describe('the events that remediate-finding gets', () => {
  const controls = {
    'on-control': controlSettings('dry-run', 'ec2-stop-instance'),
    'off-control': controlSettings('notify', 'ec2-stop-instance'),
  };
  const event = (kind: string, control: string, source = 'trailseal') => ({
    version: '0',
    id: '1',
    source,
    'detail-type': `Finding ${kind}`,
    account: ACCOUNT,
    region: REGION,
    time: '2026-11-29T12:00:00Z',
    resources: [],
    detail: { schemaVersion: 1, transition: { kind }, finding: { id: 'F', control } },
  });

  test.each<[name: string, event: object, taken: boolean]>([
    ['a new finding', event('Opened', 'on-control'), true],
    ['one that changed', event('Updated', 'on-control'), true],
    ['one that is back', event('Reopened', 'on-control'), true],
    ['one that is over', event('Resolved', 'on-control'), true],
    ['one that is exempt', event('Exempted', 'on-control'), true],
    ['what has become of a remediation', event('Applied', 'on-control'), false],
    ['what is known of who did it', event('Attributed', 'on-control'), false],
    ['a control that is not switched on', event('Opened', 'off-control'), false],
    ['what somebody else says', event('Opened', 'on-control', 'custom.app'), false],
  ])('%s', (_, given, taken) => {
    const { findings } = from({ ...switchedOn('off', []), controls });
    expect(compileEventPattern(findings)(given)).toBe(taken);
  });

  test('of more controls than a pattern takes, all findings come', () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (__, index) => [
        `a-control-with-a-name-of-its-own-${index}`,
        controlSettings('approve', 'ec2-stop-instance'),
      ]),
    );
    const { findings } = from({ ...switchedOn('off', []), controls: many });
    expect(JSON.stringify(findings).length).toBeLessThanOrEqual(LONGEST_PATTERN);
    expect(compileEventPattern(findings)(event('Opened', 'a-control-with-a-name-of-its-own-99'))).toBe(true);
  });
});

test('the role is assumed in the covered accounts, and in no other', () => {
  const { rights } = from(switchedOn('approve', undefined, { accounts: ['self', '111122223333'] }));
  const stack = new Stack(
    { Resources: {} },
    { accountId: ACCOUNT, region: REGION, stackName: 'trailseal-dev', url: 'http://127.0.0.1:1' },
  );
  expect(stack.resolve(rights)).toEqual([
    {
      Sid: 'AssumeRemediationRoles',
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      Resource: [ACCOUNT, '111122223333'].map((account) => `arn:aws:iam::${account}:role/${ROLE}`),
    },
    expect.objectContaining({ Sid: 'SeeTags', Action: 'config:GetResourceConfigHistory' }),
  ]);
});

test('tags are asked of AWS Config only where code of the team has none to read itself', () => {
  const sids = (ids: string[]) => from(switchedOn('approve', ids)).rights.map(({ Sid }) => Sid);
  expect(sids(['sg-revoke-world-rule', 'rds-disable-public-access'])).toEqual(['AssumeRemediationRoles']);
  expect(sids(['sg-revoke-world-rule', 'lambda-run-function'])).toEqual([
    'AssumeRemediationRoles',
    'SeeTags',
  ]);
  expect(sids(['ssm-start-automation'])).toEqual(['AssumeRemediationRoles', 'SeeTags']);
});

/** A template, as CloudFormation would make it: the deployed one, or that of a laptop, where controls ask for approval. */
function made(template: Template) {
  const options = {
    accountId: ACCOUNT,
    region: REGION,
    stackName: 'trailseal-dev',
    url: 'http://127.0.0.1:1',
  };
  const stack = new Stack(template, options);
  const environment = stack.resolve(
    template.Resources['RemediateDashfindingLambdaFunction']?.Properties?.['Environment'],
  ) as { Variables: Record<string, string> };
  return { stack, variables: environment.Variables };
}

test('the stack as it is holds no right to change anything of a user, and nothing to ask for it', async () => {
  const template = compiledTemplate();
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types.filter((type) => type.startsWith('AWS::ApiGateway'))).toEqual([]);
  expect(template.Resources).not.toHaveProperty('RemediationRole');
  expect(template.Resources).not.toHaveProperty('RemediableFinding');
  expect(template.Resources).not.toHaveProperty('RemediationsFailedAlarm');
  const ownRole = template.Resources['RemediateFindingRole']?.Properties;
  expect(JSON.stringify(ownRole?.['Policies'])).not.toContain('sts:');
  expect(made(template).variables).toMatchObject({ APPROVALS_URL: '' });
  expect(await problemsOf(template)).toEqual([]);
});

describe('a stack in which something may be changed', () => {
  const template = templateWithTrail();
  const { stack, variables } = made(template);
  const all = stack.all();
  const properties = (id: string) => all.find(({ logicalId }) => logicalId === id)?.properties ?? {};

  test('has no problem', async () => {
    expect(await problemsOf(template)).toEqual([]);
  });

  test('has one role that changes things, which remediate-finding assumes with what its environment says', () => {
    expect(properties('RemediationRole')).toMatchObject({
      RoleName: variables['REMEDIATION_ROLE'],
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { AWS: all.find(({ logicalId }) => logicalId === 'RemediateFindingRole')?.arn },
            Condition: { StringEquals: { 'sts:ExternalId': variables['EXTERNAL_ID'] } },
          },
          { Action: 'sts:SetSourceIdentity' },
          { Action: 'sts:TagSession' },
        ],
      },
    });
    expect(variables['EXTERNAL_ID']).toMatch(/^[\w+=,.@:/-]{2,}$/);
    expect(variables['APPROVALS_URL']).toMatch(/^http/);
  });

  test('is asked by routes that callers sign, of its own API alone', () => {
    const routes = all.filter(({ type }) => type === 'AWS::ApiGatewayV2::Route');
    expect(
      routes.map(({ properties: { RouteKey, AuthorizationType } }) => [RouteKey, AuthorizationType]),
    ).toEqual([
      ['POST /findings/{findingId}/runs/{runId}/approval', 'AWS_IAM'],
      ['POST /findings/{findingId}/runs/{runId}/undo', 'AWS_IAM'],
    ]);
    const api = String(stack.resolve({ Ref: 'ApprovalsApi' }));
    expect(properties('ApprovalsPermission')).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: expect.stringContaining('approve-remediation'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api}/*/POST/findings/*`,
    });
    expect(JSON.stringify(properties('ApprovalsStage'))).not.toMatch(/body|nonce/i);
  });

  test('wakes people where a remediation failed, or is not confirmed', () => {
    expect(
      ['RemediationsFailed', 'RemediationsUnconfirmed'].map((name) => properties(`${name}Alarm`)),
    ).toMatchObject(
      ['RemediationsFailed', 'RemediationsUnconfirmed'].map((MetricName) => ({
        MetricName,
        Namespace: 'Trailseal',
        Dimensions: [{ Name: 'service', Value: 'remediate-finding' }],
        AlarmActions: [stack.resolve({ Ref: 'OperationsTopic' })],
      })),
    );
  });

  test('gives a message as many tries as another worker may have its finding for', () => {
    const { RedrivePolicy, VisibilityTimeout } = properties('RemediateFindingQueue') as {
      RedrivePolicy: { maxReceiveCount: number };
      VisibilityTimeout: number;
    };
    // The pauses between tries: 5 s, 10 s, … at most 15 min. A lease is held for six minutes.
    const pauses = Array.from({ length: RedrivePolicy.maxReceiveCount - 1 }, (_, n) =>
      Math.min(5 * 2 ** n, 900),
    );
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(6 * 60);
    expect(VisibilityTimeout).toBe(1800);
  });
});
