import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { REGION, startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { s3Client, s3Template } from './s3-template';

afterEach(stopAll);

const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const LIST = allow('s3:ListBucket', 'arn:aws:s3:::logs');
const READ = allow('s3:GetObject', 'arn:aws:s3:::logs/AWSLogs/*');

/** The stack with an object and the role's statements; the client calls as the function. */
async function start(statements: object[]): Promise<{ aws: TestAws; s3: S3Client }> {
  const aws = await startTestAws(s3Template(statements));
  for (const key of ['AWSLogs/a', 'other/a']) aws.s3.deliver({ bucket: 'logs', key, body: Buffer.from('x') });
  return { aws, s3: s3Client(aws, 'Reader') };
}

const get = (Key: string, VersionId?: string) => new GetObjectCommand({ Bucket: 'logs', Key, VersionId });

test('a role reads what it is allowed to, and the refusal says what is missing', async () => {
  const { aws, s3 } = await start([READ]);
  expect((await s3.send(get('AWSLogs/a'))).ContentLength).toBe(1);
  await expect(s3.send(get('other/a'))).rejects.toMatchObject({
    name: 'AccessDenied',
    message:
      'User: arn:aws:sts::123456789012:assumed-role/trailseal-test-ReaderRole/reader is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::logs/other/a because no identity-based policy allows the s3:GetObject action',
    $metadata: { httpStatusCode: 403 },
  });
  expect(aws.deniedCalls()).toMatchObject([{ caller: 'reader', action: 's3:GetObject' }]);
});

test.each([
  ['without the right to list, a key that is not there looks like a refusal', [READ], 'AccessDenied'],
  ['with it, the truth is told', [READ, LIST], 'NoSuchKey'],
  [
    'a right to list below a prefix is not enough: reading names none',
    [READ, { ...LIST, Condition: { StringLike: { 's3:prefix': 'AWSLogs/*' } } }],
    'AccessDenied',
  ],
])('%s', async (_, statements, name) => {
  const { aws, s3 } = await start(statements);
  await expect(s3.send(get('AWSLogs/nothing'))).rejects.toMatchObject({ name });
  // Nothing of this is a call to list.
  expect(aws.calls.map(({ action }) => action)).toEqual(['s3:GetObject']);
});

test('a condition on the prefix holds for what is listed', async () => {
  const { s3 } = await start([{ ...LIST, Condition: { StringLike: { 's3:prefix': ['AWSLogs/*'] } } }]);
  const list = (Prefix?: string) => s3.send(new ListObjectsV2Command({ Bucket: 'logs', Prefix }));
  expect((await list('AWSLogs/')).KeyCount).toBe(1);
  await expect(list('other/')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(list()).rejects.toMatchObject({ name: 'AccessDenied' });
});

test.each([
  ['a version', 's3:GetObjectVersion', get('AWSLogs/a', 'null')],
  ['a put', 's3:PutObject', new PutObjectCommand({ Bucket: 'logs', Key: 'AWSLogs/b', Body: 'x' })],
  ['a delete', 's3:DeleteObject', new DeleteObjectCommand({ Bucket: 'logs', Key: 'AWSLogs/a' })],
  [
    'a delete of a version',
    's3:DeleteObjectVersion',
    new DeleteObjectCommand({ Bucket: 'logs', Key: 'AWSLogs/a', VersionId: 'null' }),
  ],
  ['a new bucket', 's3:CreateBucket', new CreateBucketCommand({ Bucket: 'mine' })],
])('%s needs a right of its own: %s', async (_, action, command) => {
  type Send = (command: unknown) => Promise<unknown>;
  const { s3, aws } = await start([READ, LIST]);
  await expect((s3.send as Send).call(s3, command)).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(aws.deniedCalls()).toMatchObject([{ action }]);
  const allowed = await start([allow(action, '*')]);
  await (allowed.s3.send as Send).call(allowed.s3, command);
  expect(allowed.aws.deniedCalls()).toEqual([]);
});

test('a bucket tells its region even to whom it is refused', async () => {
  const { s3 } = await start([]);
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'logs' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
    $response: { headers: { 'x-amz-bucket-region': REGION } },
  });
});

test('the owner of a bucket is checked, and counts in conditions', async () => {
  const ownOnly = { StringEquals: { 'aws:ResourceAccount': '123456789012' } };
  const { aws, s3 } = await start([allow('s3:GetObject', '*', ownOnly)]);
  aws.s3.createBucket('theirs', { owner: '999999999999' });
  aws.s3.deliver({ bucket: 'theirs', key: 'k', body: Buffer.from('x') });
  const from = (client: S3Client, ExpectedBucketOwner?: string) =>
    client.send(new GetObjectCommand({ Bucket: 'theirs', Key: 'k', ExpectedBucketOwner }));
  await expect(from(s3)).rejects.toMatchObject({ name: 'AccessDenied' });
  const operator = s3Client(aws);
  await expect(from(operator, '123456789012')).rejects.toMatchObject({ name: 'AccessDenied' });
  expect((await from(operator, '999999999999')).ETag).toBeDefined();
});

test('a policy of the bucket denies what the role allows', async () => {
  const template = s3Template([READ]);
  template.Resources['LogsPolicy'] = {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Logs' },
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs/*' },
        ],
      },
    },
  };
  const aws = await startTestAws(template);
  aws.s3.deliver({ bucket: 'logs', key: 'AWSLogs/a', body: Buffer.from('x') });
  await expect(s3Client(aws, 'Reader').send(get('AWSLogs/a'))).rejects.toThrow(
    'with an explicit deny in a resource-based policy',
  );
});

const KEY = 'arn:aws:kms:eu-central-1:999999999999:key/trail';

test.each([
  ['is refused, naming the key', [READ], false],
  [
    'is read with kms:Decrypt through S3',
    [READ, allow('kms:Decrypt', KEY, { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } })],
    true,
  ],
])('an object encrypted with a key of another account %s', async (_, statements, readable) => {
  const { aws, s3 } = await start(statements);
  aws.s3.deliver({ bucket: 'logs', key: 'AWSLogs/sealed', body: Buffer.from('x'), kmsKeyId: KEY });
  const reading = s3.send(get('AWSLogs/sealed'));
  if (readable) {
    expect(await reading).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY });
  } else {
    await expect(reading).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`kms:Decrypt on resource: ${KEY}`),
    });
  }
  const head = s3Client(aws).send(new HeadObjectCommand({ Bucket: 'logs', Key: 'AWSLogs/sealed' }));
  expect((await head).ServerSideEncryption).toBe('aws:kms');
});

test('an access key that nobody has is refused', async () => {
  const { aws } = await start([]);
  const credentials = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };
  const stranger = new S3Client({ endpoint: aws.url, region: REGION, credentials, maxAttempts: 1 });
  await expect(stranger.send(get('AWSLogs/a'))).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
});

test('the bucket that the Serverless Framework deploys through is taken as it declares it', async () => {
  const template = s3Template();
  const arn = (rest: string) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'ServerlessDeploymentBucket' }, rest],
    ],
  });
  template.Resources['ServerlessDeploymentBucket'] = {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    },
  };
  template.Resources['ServerlessDeploymentBucketPolicy'] = {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'ServerlessDeploymentBucket' },
      PolicyDocument: {
        Statement: [
          {
            Action: 's3:*',
            Effect: 'Deny',
            Principal: '*',
            Resource: [arn('/*'), arn('')],
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
        ],
      },
    },
  };
  const s3 = s3Client(await startTestAws(template));
  const Bucket = 'trailseal-test-serverlessdeploymentbucket';
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
});
