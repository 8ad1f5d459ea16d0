import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { runCredentials, sourceIdentity } from '../../../shared/aws/remediation-role';
import { EXTERNAL_ID, type RemediationAws, ROLE, startRemediationAws } from '../../local/remediation-aws';
import { ACCOUNT, REGION, stopAll } from '../../support/local-aws';

afterEach(stopAll);

const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';
const role = { arn: ROLE, externalId: EXTERNAL_ID };
const session = {
  accountId: ACCOUNT,
  findingId: FINDING,
  calls: [{ allows: [{ action: 'kms:EnableKey', resources: ['*'] }] }],
};

const timed = ({ clock, sts }: RemediationAws) => ({ sts: sts(), now: () => clock.now() });

test('gives the keys of a session that is named after the finding, for 15 minutes', async () => {
  const world = await startRemediationAws();
  const keys = await runCredentials(role, session, timed(world))();
  expect(keys).toEqual({
    accessKeyId: expect.stringMatching(/^ASIA/),
    secretAccessKey: expect.any(String),
    sessionToken: expect.any(String),
    expiration: new Date(world.clock.now() + 900_000),
  });
  const sts = new STSClient({ endpoint: world.aws.url, region: REGION, credentials: keys });
  await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/trailseal-test-remediation/trailseal.${FINDING}`,
  });
});

test('asks once, and again shortly before the keys expire', async () => {
  const world = await startRemediationAws();
  const credentials = runCredentials(role, session, timed(world));
  const [first, second] = await Promise.all([credentials(), credentials()]);
  world.clock.advance(830_000);
  const third = await credentials();
  world.clock.advance(11_000);
  const fourth = await credentials();
  expect([first, second, third].map(({ accessKeyId }) => accessKeyId)).toEqual(
    Array(3).fill(first.accessKeyId),
  );
  expect(fourth.accessKeyId).not.toBe(first.accessKeyId);
});

test('a refusal is not kept: the next one who asks may get keys', async () => {
  const world = await startRemediationAws();
  const credentials = runCredentials(role, session, timed(world));
  const stop = world.aws.fail(({ action }) =>
    action === 'AssumeRole' ? { code: 'Throttling', statusCode: 400 } : undefined,
  );
  await expect(credentials()).rejects.toMatchObject({ code: 'Throttling', passing: true });
  stop();
  await expect(credentials()).resolves.toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
});

const wide = Array.from({ length: 60 }, (_, index) => ({
  allows: [
    { action: 'ec2:StopInstances', resources: [`arn:aws:ec2:eu-central-1:${ACCOUNT}:instance/i-${index}`] },
  ],
}));

test.each([
  ['another external id', { ...role, externalId: 'a-guess' }, session, 'AccessDenied'],
  ['a role that is not there', { ...role, arn: `${ROLE}-2` }, session, 'AccessDenied'],
  ['a role of another account', role, { ...session, accountId: '210987654321' }, 'OtherAccount'],
  ['more rights than a session holds', role, { ...session, calls: wide }, 'SessionPolicy'],
])('there are no keys with %s', async (_name, of, asked, code) => {
  const world = await startRemediationAws();
  await expect(runCredentials(of, asked, timed(world))()).rejects.toMatchObject({
    name: 'NoSession',
    code,
    passing: false,
  });
});

test('whom the role does not trust gets no keys, whatever its own role allows', async () => {
  const world = await startRemediationAws();
  const other = { ...timed(world), sts: world.sts('OtherFunction') };
  await expect(runCredentials(role, session, other)()).rejects.toMatchObject({ code: 'AccessDenied' });
});

describe('the source identity', () => {
  test.each([
    ['a finding', { findingId: FINDING }, `trailseal.${FINDING}`],
    [
      'a finding and an approval, without the nonce that approves',
      { findingId: FINDING, approval: 'a-nonce' },
      expect.stringMatching(new RegExp(`^trailseal\\.${FINDING}\\.[A-Z2-7]{26}$`)),
    ],
    ['characters that STS does not take', { findingId: 'a b/c' }, 'trailseal.a-b-c'],
    ['more than STS takes', { findingId: 'x'.repeat(99) }, `trailseal.${'x'.repeat(54)}`],
  ])('names %s', (_name, of, expected) => {
    expect(sourceIdentity(of)).toEqual(expected);
    expect(sourceIdentity(of).length).toBeLessThanOrEqual(64);
  });

  test('tells approvals apart', () => {
    const of = (approval: string) => sourceIdentity({ findingId: FINDING, approval });
    expect(of('one')).not.toBe(of('another'));
  });
});
