import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Template } from '../../local/template';
import { REGION, startTestAws, stopAll } from '../support/local-aws';
import { s3Client, s3Template } from './s3-template';

afterEach(stopAll);

const DAY_MS = 86_400_000;
const lock = (Mode = 'GOVERNANCE', Days: unknown = 30) => ({
  ObjectLockEnabled: true,
  ObjectLockConfiguration: {
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode, Days } },
  },
  VersioningConfiguration: { Status: 'Enabled' },
});

function templateWith(properties: object, statements: object[] = []): Template {
  const template = s3Template(statements);
  return {
    Resources: {
      ...template.Resources,
      Kept: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'kept', ...properties } },
    },
  };
}

const Bucket = 'kept';
const put = () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' });

async function start(mode?: string, statements?: object[]) {
  const aws = await startTestAws(templateWith(lock(mode), statements));
  const s3 = s3Client(aws);
  const { VersionId } = await s3.send(put());
  return { aws, s3, VersionId };
}

test('a locked version outlives whoever deletes it, until its time is over', async () => {
  const { aws, s3, VersionId } = await start();
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Access Denied because object protected by object lock.',
  });
  expect((await s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId }))).ContentLength).toBe(1);
  aws.clock.advance(30 * DAY_MS + 1);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId }))).rejects.toMatchObject({
    name: 'NoSuchVersion',
  });
});

test('governance can be broken with a right of its own, compliance by nobody', async () => {
  const right = (Action: string) => ({ Effect: 'Allow', Action, Resource: 'arn:aws:s3:::kept/*' });
  const broken = async (mode: string, statements: object[]) => {
    const { aws, VersionId } = await start(mode, statements);
    const reader = s3Client(aws, 'Reader');
    const command = new DeleteObjectCommand({
      Bucket,
      Key: 'a',
      VersionId,
      BypassGovernanceRetention: true,
    });
    return await reader.send(command).then(
      () => 'deleted',
      ({ name }: Error) => name,
    );
  };
  const rights = [right('s3:DeleteObjectVersion'), right('s3:BypassGovernanceRetention')];
  expect(await broken('GOVERNANCE', rights)).toBe('deleted');
  expect(await broken('GOVERNANCE', rights.slice(0, 1))).toBe('AccessDenied');
  expect(await broken('COMPLIANCE', rights)).toBe('AccessDenied');
});

test('versioning can not be suspended, and a put without a checksum is refused', async () => {
  const { aws, s3 } = await start();
  const suspended = new PutBucketVersioningCommand({
    Bucket,
    VersioningConfiguration: { Status: 'Suspended' },
  });
  await expect(s3.send(suspended)).rejects.toMatchObject({ name: 'InvalidBucketState' });
  const plain = new S3Client({
    endpoint: aws.url,
    region: REGION,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
  await expect(plain.send(put())).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test.each([
  ['Object Lock that is not enabled', { ...lock(), ObjectLockEnabled: false }, 'needs ObjectLockEnabled'],
  ['no versioning', { ...lock(), VersioningConfiguration: undefined }, 'Object Lock needs versioning'],
  ['another mode', lock('FOREVER'), 'DefaultRetention needs Mode'],
  ['no days', lock('GOVERNANCE', 0), 'DefaultRetention needs Mode'],
])('a template with %s is refused', async (_, properties, message) => {
  await expect(startTestAws(templateWith(JSON.parse(JSON.stringify(properties))))).rejects.toThrow(message);
});

test('what is put without a key is encrypted with that of the bucket, and takes its rights', async () => {
  const key = 'arn:aws:kms:eu-central-1:999999999999:key/theirs';
  const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key };
  const encrypted = {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: byDefault }] },
  };
  const rights = [
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: 'arn:aws:s3:::kept/*' },
    { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: key },
  ];
  const reader = s3Client(await startTestAws(templateWith(encrypted, rights)), 'Reader');
  await reader.send(put());
  await expect(reader.send(new GetObjectCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({
    message: expect.stringContaining('kms:Decrypt'),
  });
});
