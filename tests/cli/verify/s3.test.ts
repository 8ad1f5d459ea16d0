import verify from '../../../cli/commands/verify';
import { OPERATOR_KEY } from '../../../local/access';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../../local/trails/make-trail';
import { deleteFile } from '../../../local/trails/tamper';
import { ACCOUNT, REGION, startTestAws, stopAll, type TestAws } from '../../support/local-aws';
import { run, testShell } from '../test-shell';

const BUCKET = 'example-trail-bucket';
const NOW = new Date('2026-01-30T06:20:00Z');

const trailOf = (options: Partial<TrailOptions> = {}) =>
  makeTrail({
    account: ACCOUNT,
    region: REGION,
    trail: 'main',
    from: '2026-01-30T00:00:00Z',
    hours: 6,
    ...options,
  });

async function awsWith({ objects, publicKeys }: MadeTrail): Promise<TestAws> {
  const aws = await startTestAws({ Resources: {} });
  aws.s3.createBucket(BUCKET);
  for (const { place, body, metadata } of objects.values()) aws.s3.deliver({ ...place, body, metadata });
  aws.cloudtrail.addPublicKeys(REGION, publicKeys);
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: BUCKET, LogFileValidationEnabled: true });
  aws.cloudtrail.setStatus('main', { IsLogging: true });
  return aws;
}

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: OPERATOR_KEY,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: REGION,
  });
});
afterEach(async () => {
  process.env = { ...before };
  await stopAll();
});

async function verified(aws: TestAws, args: readonly string[]) {
  const shell = testShell({ env: { AWS_ENDPOINT_URL: aws.url }, now: () => NOW });
  const { code, out, err } = await run([verify], ['verify', '--format', 'ndjson', ...args], shell);
  const lines =
    out === ''
      ? []
      : out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
  const codes = lines
    .at(-1)
    ?.chains.flatMap((chain: { findings: { code: string }[] }) =>
      chain.findings.map((finding) => finding.code),
    );
  return { code, err, lines, codes };
}

test('a bucket, with the keys that AWS knows', async () => {
  const aws = await awsWith(trailOf());
  const { code, err, lines, codes } = await verified(aws, [`s3://${BUCKET}`]);
  expect({ code, err, codes }).toEqual({ code: 0, err: '', codes: [] });
  const statuses = lines.slice(0, -1).map(({ kind, status }) => `${kind} ${status}`);
  expect(statuses.filter((status) => status === 'digest valid')).toHaveLength(6);
  expect(statuses.filter((status) => status === 'log valid')).toHaveLength(12);
  expect(lines[0].keySource).toEqual({ from: 'ListPublicKeys', where: REGION });
  const actions = new Set(aws.calls.map(({ action }) => action));
  expect([...actions].sort()).toEqual([
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:ListPublicKeys',
    's3:GetLifecycleConfiguration',
    's3:GetObject',
    's3:ListBucket',
  ]);
});

test('a deleted tail shows by what CloudTrail says it has delivered', async () => {
  const trail = trailOf();
  for (const digest of trail.digests.slice(2)) deleteFile(trail.objects, digest);
  for (const log of trail.logs.slice(4)) deleteFile(trail.objects, log);
  const aws = await awsWith(trail);
  aws.cloudtrail.setStatus('main', {
    IsLogging: true,
    LatestDigestDeliveryTime: '2026-01-30T06:02:00Z',
  });
  const { code, codes } = await verified(aws, [`s3://${BUCKET}`]);
  expect({ code, codes }).toEqual({ code: 1, codes: ['tail-missing'] });
});

test('a trail that does not log', async () => {
  const aws = await awsWith(trailOf());
  aws.cloudtrail.setStatus('main', { IsLogging: false });
  expect(await verified(aws, [`s3://${BUCKET}`])).toMatchObject({ code: 1, codes: ['trail-stopped'] });
});

test('what may not be read is unverifiable, and the rest is verified', async () => {
  const trail = trailOf();
  const aws = await awsWith(trail);
  const [log] = trail.logs;
  for (const place of trail.logs.slice(0, 1)) {
    const object = trail.objects.get(`s3://${place.bucket}/${place.key}`);
    if (object) aws.s3.deliver({ ...place, body: object.body, storageClass: 'GLACIER' });
  }
  const { code, lines } = await verified(aws, [`s3://${BUCKET}`]);
  expect(lines.filter(({ kind, status }) => kind === 'log' && status !== 'valid')).toMatchObject([
    { key: `s3://${BUCKET}/${log?.key}`, status: 'unverifiable', reason: 'archived' },
  ]);
  expect(code).toBe(1);
});

test('a prefix that says what is meant', async () => {
  const aws = await awsWith(trailOf());
  const folder = `AWSLogs/${ACCOUNT}/CloudTrail-Digest/${REGION}`;
  for (const [prefix, found] of [
    [folder, 6],
    [`AWSLogs/${ACCOUNT}`, 6],
    ['AWSLogs/999999999999', 0],
  ] as const) {
    const { code, lines } = await verified(aws, [`s3://${BUCKET}/${prefix}/`]);
    expect([prefix, lines.filter(({ kind }) => kind === 'digest').length, code]).toEqual([
      prefix,
      found,
      found === 0 ? 1 : 0,
    ]);
  }
});

test('no such bucket, beside one that there is', async () => {
  const aws = await awsWith(trailOf());
  const { code, err, lines } = await verified(aws, ['s3://no-such-bucket', `s3://${BUCKET}`]);
  expect(code).toBe(2);
  expect(err).toContain("s3://no-such-bucket can't be listed: there is no such bucket");
  expect(lines.filter(({ kind }) => kind === 'digest')).toHaveLength(6);
  expect(lines.at(-1)).toMatchObject({ isComplete: false });
});
