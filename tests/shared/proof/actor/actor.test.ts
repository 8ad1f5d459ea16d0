import { parseCloudTrailRecord } from '../../../../shared/contracts/aws/cloudtrail-record';
import { rootSessionOf } from '../../../../shared/contracts/aws/root-session';
import { type Actor, actorOf } from '../../../../shared/proof/actor/actor';
import { fixtureLines } from '../../../support/judge-rule';

interface Row {
  readonly id: string;
  readonly event: Record<string, unknown>;
}

const ACCOUNT = '111122223333';
const record = (userIdentity: unknown, parts: Record<string, unknown> = {}) =>
  parseCloudTrailRecord({
    eventID: 'e-1',
    eventName: 'StopLogging',
    eventSource: 'cloudtrail.amazonaws.com',
    eventTime: '2026-01-31T09:00:00Z',
    awsRegion: 'eu-west-1',
    recipientAccountId: ACCOUNT,
    userIdentity,
    ...parts,
  });
const actor = (userIdentity: unknown, parts: Record<string, unknown> = {}): Actor =>
  actorOf(record(userIdentity, parts));

const user = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  accountId: ACCOUNT,
  userName: 'alice',
};
const session = (role: string, name: string, more: Record<string, unknown> = {}, path = '') => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::${ACCOUNT}:role/${path}${role}`,
      accountId: ACCOUNT,
      userName: role,
    },
    attributes: { mfaAuthenticated: 'false' },
    ...more,
  },
});
const root = {
  type: 'Root',
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAROOT',
};
const SSO = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';

type Expected = { readonly [K in keyof Actor]?: Actor[K] | undefined };

const rows: [string, unknown, Expected][] = [
  [
    'IAM user with a long-term key',
    { ...user, accessKeyId: 'AKIAEXAMPLE' },
    { type: 'iam-user', principal: user.arn, userName: 'alice', mfa: false, accessKeyId: 'AKIAEXAMPLE' },
  ],
  [
    'IAM user without an ARN, as after a failed sign-in',
    { type: 'IAMUser', accountId: ACCOUNT, userName: 'alice' },
    { type: 'iam-user', principal: 'user alice', account: ACCOUNT },
  ],
  [
    'IAM user with MFA',
    { ...user, sessionContext: { attributes: { mfaAuthenticated: 'true' } } },
    { type: 'iam-user', mfa: true },
  ],
  [
    'role with its issuer and session',
    session('deploy', 'ci-4711'),
    {
      type: 'role',
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci-4711`,
      issuer: `arn:aws:iam::${ACCOUNT}:role/deploy`,
      session: 'ci-4711',
      userName: 'deploy',
      mfa: false,
    },
  ],
  [
    'role session that has no ARN',
    { type: 'AssumedRole', principalId: 'AROAEXAMPLE:ci-4711', accountId: ACCOUNT },
    { type: 'role', principal: 'AROAEXAMPLE:ci-4711', session: 'ci-4711' },
  ],
  [
    'role of an instance, which has no second factor',
    session('web', 'i-0123', { ec2RoleDelivery: '2.0' }),
    { type: 'role', session: 'i-0123', mfa: undefined },
  ],
  [
    'service-linked role',
    session('AWSServiceRoleForRDS', 'SLRManagement', {}, 'aws-service-role/rds.amazonaws.com/'),
    { type: 'role', mfa: undefined },
  ],
  [
    'Identity Center by its role',
    session(SSO, 'bob@example.com'),
    {
      type: 'identity-center-user',
      session: 'bob@example.com',
      permissionSet: 'AdministratorAccess',
      mfa: undefined,
    },
  ],
  [
    'Identity Center by itself',
    {
      type: 'IdentityCenterUser',
      accountId: ACCOUNT,
      onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn:x' },
    },
    { type: 'identity-center-user', principal: 'u-1', onBehalfOf: 'u-1', mfa: undefined },
  ],
  [
    'federated user',
    {
      type: 'FederatedUser',
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/carol`,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: 'IAMUser', arn: user.arn, userName: 'alice' } },
    },
    { type: 'federated-user', session: 'carol', issuer: user.arn, userName: 'alice' },
  ],
  [
    'SAML user',
    {
      type: 'SAMLUser',
      principalId: 'x:bob@example.com',
      userName: 'bob@example.com',
      identityProvider: `arn:aws:iam::${ACCOUNT}:saml-provider/okta`,
    },
    {
      type: 'saml-user',
      principal: 'bob@example.com',
      provider: `arn:aws:iam::${ACCOUNT}:saml-provider/okta`,
    },
  ],
  [
    'web identity user',
    {
      type: 'WebIdentityUser',
      principalId: 'accounts.google.com:app:42',
      identityProvider: 'accounts.google.com',
    },
    { type: 'web-identity-user', principal: 'accounts.google.com:app:42', provider: 'accounts.google.com' },
  ],
  [
    'role by web identity',
    session('deploy', 'gh', {
      webIdFederationData: { federatedProvider: 'arn:oidc', attributes: { sub: 'S3CRET' } },
    }),
    { type: 'role', provider: 'arn:oidc', mfa: undefined },
  ],
  [
    'AWS service',
    { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
    { type: 'service', principal: 'ec2.amazonaws.com', invokedBy: 'ec2.amazonaws.com' },
  ],
  [
    'AWS service that comes without a type',
    { accountId: ACCOUNT, invokedBy: 'AWS Internal' },
    { type: 'service', principal: 'AWS Internal' },
  ],
  [
    'service on somebody’s behalf',
    { ...user, invokedBy: 'cloudformation.amazonaws.com' },
    {
      type: 'iam-user',
      principal: user.arn,
      invokedBy: 'cloudformation.amazonaws.com',
      iac: { tool: 'CloudFormation', by: 'invokedBy' },
    },
  ],
  ['root', root, { type: 'root', principal: root.arn, accessKeyId: 'ASIAROOT' }],
  [
    'root without an ARN',
    { type: 'Root', accountId: ACCOUNT },
    { type: 'root', principal: `root of ${ACCOUNT}` },
  ],
  [
    'AssumeRoot by the record’s own word',
    { ...root, sessionContext: { assumedRoot: 'true' } },
    { type: 'assumed-root' },
  ],
  [
    'another account',
    { type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAEXAMPLE' },
    { type: 'account', principal: 'account 444455556666', account: '444455556666', isFromOtherAccount: true },
  ],
  [
    'role of another account',
    { ...session('deploy', 'ci'), accountId: '444455556666' },
    { type: 'role', account: '444455556666', isFromOtherAccount: true },
  ],
  ['an identity that is missing', undefined, { type: 'unknown', principal: 'unknown' }],
  ['an identity of another shape', ['alice'], { type: 'unknown', principal: 'unknown' }],
  ['a type nobody knows', { type: 'constructor', principalId: 'p' }, { type: 'unknown', principal: 'p' }],
];

test.each(rows)('%s', (_name, identity, expected) => {
  const said = actor(identity);
  for (const [key, value] of Object.entries(expected))
    expect([key, said[key as keyof Actor]]).toEqual([key, value]);
});

describe('MFA at sign-in', () => {
  const signIn = (MFAUsed: string, identity: unknown = user) =>
    actor(identity, {
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      additionalEventData: { MFAUsed },
    });

  test.each([
    ['Yes', true],
    ['YES', true],
    ['No', false],
    ['no', false],
  ])('of a user: %s', (used, expected) => {
    expect(signIn(used).mfa).toBe(expected);
  });

  test('No of somebody whom an identity provider let in says nothing', () => {
    expect(signIn('No', session(SSO, 'bob')).mfa).toBeUndefined();
    expect(signIn('Yes', session(SSO, 'bob')).mfa).toBe(true);
  });

  test('elsewhere the word means nothing', () => {
    expect(actor(user, { additionalEventData: { MFAUsed: 'Yes' } }).mfa).toBeUndefined();
  });
});

test.each([
  ['a session of the console', { sessionCredentialFromConsole: 'true' }, true],
  ['a sign-in', { eventType: 'AwsConsoleSignIn' }, true],
  ['an action of the console', { eventType: 'AwsConsoleAction' }, true],
  ['a user agent that claims to be the console', { userAgent: 'console.amazonaws.com' }, false],
  ['a call', {}, false],
])('%s', (_name, parts, expected) => {
  expect(actor(user, parts).console).toBe(expected);
});

describe('infrastructure as code', () => {
  test('a user agent is a hint, and no more', () => {
    const said = actor(user, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0' });
    expect([said.iac, said.iacHint]).toEqual([undefined, 'Terraform']);
  });

  test('a resource is part of a stack by the system tag alone', () => {
    const tagged = (resourceTags: Record<string, string>) => actorOf(record(user), { resourceTags }).iac;
    expect(tagged({ 'aws:cloudformation:stack-id': 'arn:aws:cloudformation:…' })).toEqual({
      tool: 'CloudFormation',
      by: 'system-tag',
    });
    expect(tagged({ 'cloudformation:stack-id': 'x', ManagedBy: 'CloudFormation' })).toBeUndefined();
  });
});

describe('AssumeRoot', () => {
  const started = record(session('security', 'dana'), {
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoot',
    recipientAccountId: '999999999999',
    requestParameters: { targetPrincipal: ACCOUNT },
    responseElements: { credentials: { accessKeyId: 'ASIAROOT', sessionToken: 'S3CRET' } },
  });
  const rootSessions = [rootSessionOf(started)].filter((found) => found !== undefined);

  test('what the session does is told with who asked for it', () => {
    const said = actorOf(record(root), { rootSessions });
    expect(said).toMatchObject({
      type: 'assumed-root',
      assumedBy: expect.stringMatching(/:assumed-role\/.*\/dana$/),
    });
    expect(JSON.stringify(said)).not.toContain('S3CRET');
  });

  test.each([
    ['another key', { ...root, accessKeyId: 'ASIAOTHER' }],
    ['another account', { ...root, accountId: '444455556666' }],
    ['no root', { ...user, accessKeyId: 'ASIAROOT' }],
  ])('%s is none of it', (_name, identity) => {
    expect(actorOf(record(identity), { rootSessions }).assumedBy).toBeUndefined();
  });
});

describe('hostile records', () => {
  test('long texts are cut', () => {
    const said = actor(
      { ...user, userName: 'x'.repeat(100_000) },
      { userAgent: 'y'.repeat(100_000), sourceIPAddress: '1' },
    );
    expect(JSON.stringify(said).length).toBeLessThan(2_000);
    expect(said.userAgent).toMatch(/^y+…$/);
  });

  test('no secret comes in, wherever it stands', () => {
    const S = 'S3CRET';
    const said = actor(
      {
        ...session('deploy', 'ci', {
          webIdFederationData: { federatedProvider: 'idp', attributes: { token: S } },
        }),
        sessionToken: S,
        credentials: { secretAccessKey: S },
      },
      {
        requestParameters: { password: S },
        responseElements: { credentials: { sessionToken: S } },
        additionalEventData: { token: S },
      },
    );
    expect(JSON.stringify(said)).not.toContain(S);
  });

  test('every published record has an actor that says something', () => {
    const rowsOf = (name: string) => fixtureLines<Row>(`${name}.jsonl`);
    const all = [
      ...rowsOf('cloudtrail-attacks/stratus'),
      ...rowsOf('cloudtrail-attacks/invictus'),
      ...rowsOf('cloudtrail-misc/records'),
    ];
    const vague = all
      .filter(({ id }) => id !== 'ctx-cd89b9f5e5e2')
      .map(({ id, event }) => [id, actorOf(parseCloudTrailRecord(event))] as const)
      .filter(
        ([, { type, principal }]) =>
          type === 'unknown' || principal === '' || /undefined|null/.test(principal),
      );
    expect(vague.map(([id]) => id)).toEqual([]);
  });
});
