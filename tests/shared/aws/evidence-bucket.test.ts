import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import verify from '../../../cli/commands/verify';
import { accessKeyOf } from '../../../local/access';
import { makeTrail } from '../../../local/trails/make-trail';
import { objectAt } from '../../../local/trails/objects';
import { CopyContended, evidenceBucket } from '../../../shared/aws/evidence-bucket';
import { emptyFolder, run, testShell } from '../../cli/test-shell';
import { s3Client, s3Template } from '../../local/s3-template';
import { ACCOUNT, REGION, startTestAws, stopAll, type TestAws } from '../../support/local-aws';

afterEach(stopAll);

const KEPT = 'kept';
const rights = [
  { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: `arn:aws:s3:::${KEPT}/*` },
];

async function start(statements: object[] = rights) {
  const template = s3Template(statements);
  const aws = await startTestAws({
    Resources: {
      ...template.Resources,
      Kept: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: KEPT,
          ObjectLockEnabled: true,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
          },
          VersioningConfiguration: { Status: 'Enabled' },
        },
      },
    },
  });
  return { aws, evidence: bucketOf(aws) };
}

const bucketOf = (aws: TestAws, owner = ACCOUNT) =>
  evidenceBucket(KEPT, owner, { endpoint: aws.url, region: REGION, accessKeyId: accessKeyOf('Reader') });

const stored = async (aws: TestAws) => {
  const { Versions = [] } = await s3Client(aws).send(new ListObjectVersionsCommand({ Bucket: KEPT }));
  return Versions.map(({ Key = '' }) => Key).sort();
};
const bytesAt = async (aws: TestAws, Key: string) => {
  const { Body, Metadata } = await s3Client(aws).send(new GetObjectCommand({ Bucket: KEPT, Key }));
  return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata };
};

const log = { bucket: 'logs', key: 'AWSLogs/1/a.json.gz', body: Buffer.from('bytes'), metadata: {} };
const signed = { 'signature-algorithm': 'SHA256withRSA', signature: 'abcd' };
const digest = { bucket: 'logs', key: 'AWSLogs/1/d.json.gz', body: Buffer.from('digest'), metadata: signed };

test('a file is kept under its own name, its metadata with it and beside it', async () => {
  const { aws, evidence } = await start();
  expect(await evidence.keep(log)).toBe('logs/AWSLogs/1/a.json.gz');
  expect(await evidence.keep(digest)).toBe('logs/AWSLogs/1/d.json.gz');
  expect(await stored(aws)).toEqual([
    'logs/AWSLogs/1/a.json.gz',
    'logs/AWSLogs/1/d.json.gz',
    'logs/AWSLogs/1/d.json.gz.metadata.json',
  ]);
  expect(await bytesAt(aws, 'logs/AWSLogs/1/d.json.gz')).toEqual({ body: digest.body, metadata: signed });
  const beside = await bytesAt(aws, 'logs/AWSLogs/1/d.json.gz.metadata.json');
  expect(JSON.parse(beside.body.toString())).toEqual(signed);
});

test('keeping it again writes nothing', async () => {
  const { aws, evidence } = await start();
  await Promise.all([evidence.keep(digest), bucketOf(aws).keep(digest), evidence.keep(digest)]);
  await evidence.keep({ ...digest, metadata: { signature: 'abcd', 'signature-algorithm': 'SHA256withRSA' } });
  expect(await stored(aws)).toHaveLength(2);
});

test.each([
  ['other bytes', { ...digest, body: Buffer.from('altered') }],
  ['another signature', { ...digest, metadata: { ...signed, signature: 'ffff' } }],
])('%s of the same name lie beside the first copy, and never replace it', async (_, other) => {
  const { aws, evidence } = await start();
  await evidence.keep(digest);
  const copy = await evidence.keep(other);
  expect(copy).toMatch(/^\.differing\/[0-9a-f]{16}\/logs\/AWSLogs\/1\/d\.json\.gz$/);
  expect(await evidence.keep(other)).toBe(copy);
  expect((await bytesAt(aws, 'logs/AWSLogs/1/d.json.gz')).body).toEqual(digest.body);
  expect((await bytesAt(aws, copy)).body).toEqual(other.body);
  expect(await stored(aws)).toHaveLength(4);
});

test('metadata that CloudTrail does not write stay behind: a header could not carry all that there may be', async () => {
  const { aws, evidence } = await start();
  const metadata = { ...signed, 'backfill-generation-timestamp': 'two\nlines', note: 'é\u202e' };
  await evidence.keep({ ...digest, metadata });
  expect((await bytesAt(aws, 'logs/AWSLogs/1/d.json.gz')).metadata).toEqual(signed);
});

test('a crash between the two writes is made good', async () => {
  const { aws, evidence } = await start();
  const undo = aws.fail(({ action, input }) =>
    action === 'PutObject' && JSON.stringify(input).includes('.metadata.json')
      ? { code: 'InternalError', statusCode: 500 }
      : undefined,
  );
  await expect(evidence.keep(digest)).rejects.toThrow();
  undo();
  await evidence.keep(digest);
  expect(await stored(aws)).toHaveLength(2);
});

test('a copy that somebody hid behind a delete marker is written again; the first stays locked', async () => {
  const { aws, evidence } = await start();
  await evidence.keep(log);
  await s3Client(aws).send(new DeleteObjectCommand({ Bucket: KEPT, Key: `logs/${log.key}` }));
  await evidence.keep(log);
  expect((await bytesAt(aws, `logs/${log.key}`)).body).toEqual(log.body);
  expect(await stored(aws)).toHaveLength(2);
});

test('who loses every race says so', async () => {
  const { aws, evidence } = await start();
  aws.fail(({ action }) =>
    action === 'PutObject' ? { code: 'ConditionalRequestConflict', statusCode: 409 } : undefined,
  );
  await expect(evidence.keep(log)).rejects.toThrow(CopyContended);
});

test('a bucket of another account gets nothing', async () => {
  const { aws } = await start();
  await expect(bucketOf(aws, '999999999999').keep(log)).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a name that no longer fits with its suffix is kept by its hash', async () => {
  const { evidence } = await start();
  const key = 'k'.repeat(1018);
  expect(await evidence.keep({ ...log, key })).toMatch(/^\.differing\/[0-9a-f]{64}$/);
});

test('a download of it is a folder that trailseal verify finds whole', async () => {
  const { aws, evidence } = await start();
  const made = makeTrail({ from: '2026-01-31T05:00:00Z', hours: 1, bucket: 'example-trail-bucket' });
  for (const place of [...made.logs, ...made.digests]) {
    const { body, metadata } = objectAt(made.objects, place);
    await evidence.keep({ ...place, body, metadata });
  }
  const folder = emptyFolder();
  for (const key of await stored(aws)) {
    const file = path.join(folder, 'copy', key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, (await bytesAt(aws, key)).body);
  }
  writeFileSync(path.join(folder, 'keys.json'), JSON.stringify({ PublicKeyList: made.publicKeys }));
  const args = ['verify', 'copy', '--public-keys', 'keys.json', '--format', 'ndjson'];
  const { out } = await run([verify], args, testShell({ folder }));
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; status?: string });
  expect(lines.filter(({ status }) => status === 'valid').map(({ kind }) => kind)).toEqual([
    'digest',
    'log',
    'log',
  ]);
});
