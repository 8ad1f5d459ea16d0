import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetBucketLocationCommand, GetBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { REGION, stopAll } from '../support/local-aws';
import { EXTERNAL_ID, type RemediationAws, ROLE, startRemediationAws } from './remediation-aws';

afterEach(stopAll);

const KEY = '0a1b2c3d-0000-4000-8000-000000000001';
const asked: AssumeRoleCommandInput = {
  RoleArn: ROLE,
  RoleSessionName: 'somebody',
  ExternalId: EXTERNAL_ID,
  SourceIdentity: 'trailseal.F',
  DurationSeconds: 900,
};

const policyOf = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

async function assumed(world: RemediationAws, more: Partial<AssumeRoleCommandInput> = {}) {
  const { Credentials } = await world.sts().send(new AssumeRoleCommand({ ...asked, ...more }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const config = { endpoint: world.aws.url, region: REGION, credentials, maxAttempts: 1 };
  return { credentials, config, kms: new KMSClient(config) };
}

async function started() {
  const world = await startRemediationAws();
  world.aws.kms.putKey({ KeyId: KEY, KeyState: 'Disabled' });
  return world;
}

describe('a role is assumed', () => {
  test('by whom it trusts: the answer has keys, and says who one is', async () => {
    const world = await started();
    const answer = await world.sts().send(new AssumeRoleCommand({ ...asked, Policy: policyOf() }));
    expect(answer).toMatchObject({
      Credentials: { Expiration: new Date(world.clock.now() + 900_000) },
      AssumedRoleUser: {
        Arn: 'arn:aws:sts::123456789012:assumed-role/trailseal-test-remediation/somebody',
      },
      SourceIdentity: 'trailseal.F',
      PackedPolicySize: expect.any(Number),
    });
  });

  test.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    ['no external id', { ExternalId: undefined }, 'AccessDenied'],
    ['another external id', { ExternalId: 'a-guess' }, 'AccessDenied'],
    ['a source identity that the role does not want', { SourceIdentity: 'somebody' }, 'AccessDenied'],
    ['no source identity', { SourceIdentity: undefined }, 'AccessDenied'],
    ['a role that is not there', { RoleArn: `${ROLE}-2` }, 'AccessDenied'],
    ['a name with a blank', { RoleSessionName: 'some body' }, 'ValidationError'],
    [
      'a source identity that is too long',
      { SourceIdentity: `trailseal.${'x'.repeat(55)}` },
      'ValidationError',
    ],
    ['a time that is too short', { DurationSeconds: 899 }, 'ValidationError'],
    ['a time that a session of a session can not have', { DurationSeconds: 3_601 }, 'ValidationError'],
    ['a policy that is too long', { Policy: policyOf({ Sid: 'x'.repeat(2_048) }) }, 'ValidationError'],
    ['a policy that is none', { Policy: '{' }, 'MalformedPolicyDocument'],
  ])('but not with %s', async (_name, more, code) => {
    const world = await started();
    await expect(assumed(world, more)).rejects.toMatchObject({ name: expect.stringContaining(code) });
  });
});

describe('a session', () => {
  const enabling = { Effect: 'Allow', Action: 'kms:EnableKey', Resource: '*' };

  test.each<[string, Partial<AssumeRoleCommandInput>, boolean]>([
    ['may do what its role may', {}, true],
    ['may do what its policy allows too', { Policy: policyOf(enabling) }, true],
    [
      'may not do what its policy leaves out',
      { Policy: policyOf({ ...enabling, Action: 'kms:DisableKey' }) },
      false,
    ],
    [
      'may not do it to what its policy leaves out',
      { Policy: policyOf({ ...enabling, Resource: 'arn:aws:kms:eu-central-1:123456789012:key/other' }) },
      false,
    ],
    [
      'may not do what its policy denies',
      { Policy: policyOf(enabling, { ...enabling, Effect: 'Deny' }) },
      false,
    ],
  ])('%s', async (_name, more, allowed) => {
    const { kms } = await assumed(await started(), more);
    const outcome = await kms.send(new EnableKeyCommand({ KeyId: KEY })).then(
      () => true,
      (error: Error) => error.name !== 'AccessDeniedException',
    );
    expect(outcome).toBe(allowed);
  });

  test('may not do what its role may not, whatever its policy allows', async () => {
    const world = await started();
    const everything = policyOf({ Effect: 'Allow', Action: '*', Resource: '*' });
    const { config } = await assumed(world, { Policy: everything });
    world.aws.s3.putBucket({ Name: 'orders-archive' });
    // The role has this right, and the bucket has no policy.
    const s3 = new S3Client(config);
    const policy = s3.send(new GetBucketPolicyCommand({ Bucket: 'orders-archive' }));
    await expect(policy).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    const location = s3.send(new GetBucketLocationCommand({ Bucket: 'orders-archive' }));
    await expect(location).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('no identity-based policy allows'),
    });
  });

  test('is what CloudTrail names, with the role that issued it and the source identity', async () => {
    const world = await started();
    const { kms, credentials } = await assumed(world);
    world.clock.advance(60_000);
    await kms.send(new EnableKeyCommand({ KeyId: KEY }));
    expect(world.aws.records.at(-1)?.['userIdentity']).toEqual({
      type: 'AssumedRole',
      principalId: 'AROALOCAL:somebody',
      arn: 'arn:aws:sts::123456789012:assumed-role/trailseal-test-remediation/somebody',
      accountId: '123456789012',
      accessKeyId: credentials.accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROALOCAL',
          arn: ROLE,
          accountId: '123456789012',
          userName: 'trailseal-test-remediation',
        },
        attributes: { creationDate: '2026-11-29T12:00:00Z', mfaAuthenticated: 'false' },
        sourceIdentity: 'trailseal.F',
      },
    });
  });

  test.each([
    [
      'KMS',
      'ExpiredTokenException',
      (config: object) => new KMSClient(config).send(new DisableKeyCommand({ KeyId: KEY })),
    ],
    [
      'EC2',
      'RequestExpired',
      (config: object) => new EC2Client(config).send(new DescribeInstancesCommand({})),
    ],
    [
      'S3',
      'ExpiredToken',
      (config: object) => new S3Client(config).send(new GetBucketPolicyCommand({ Bucket: 'b-1' })),
    ],
  ])('is over after its time, says %s', async (_name, code, send) => {
    const world = await started();
    const { config } = await assumed(world);
    world.clock.advance(900_000);
    await expect(send(config)).rejects.toMatchObject({ name: code });
  });

  test('is nobody’s without its token', async () => {
    const world = await started();
    const { credentials, config } = await assumed(world);
    const { sessionToken: _, ...keys } = credentials;
    for (const wrong of [keys, { ...keys, sessionToken: 'x' }])
      await expect(
        new KMSClient({ ...config, credentials: wrong }).send(new EnableKeyCommand({ KeyId: KEY })),
      ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });
});
