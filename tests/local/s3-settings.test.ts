import {
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { accessKeyOf, OPERATOR_KEY } from '../../local/access';
import type { BucketSeed } from '../../local/services/s3/seeds';
import type { Template } from '../../local/template';
import { ACCOUNT, REGION, startTestAws, stopAll } from '../support/local-aws';

afterEach(stopAll);

const Bucket = 'orders-archive';
const ARN = `arn:aws:s3:::${Bucket}`;
const closed = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** A function that may list the bucket, and change who gets into it. */
const template: Template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'reader',
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'read',
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: ARN }] },
          },
        ],
      },
    },
    ReadFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'read', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
  },
};

async function started(seed: Partial<BucketSeed> = {}) {
  const aws = await startTestAws(template);
  aws.s3.putBucket({ Name: Bucket, ...seed });
  const client = (accessKeyId: string) =>
    new S3Client({
      endpoint: aws.url,
      region: REGION,
      credentials: { accessKeyId, secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  return { aws, s3: client(OPERATOR_KEY), reader: client(accessKeyOf('ReadFunction')) };
}

const policyOf = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `${ARN}/*`,
      ...statement,
    },
  });

test.each([
  [
    'public access block',
    new GetPublicAccessBlockCommand({ Bucket }),
    'NoSuchPublicAccessBlockConfiguration',
  ],
  ['policy', new GetBucketPolicyCommand({ Bucket }), 'NoSuchBucketPolicy'],
  ['policy status', new GetBucketPolicyStatusCommand({ Bucket }), 'NoSuchBucketPolicy'],
  ['tags', new GetBucketTaggingCommand({ Bucket }), 'NoSuchTagSet'],
])('a new bucket has no %s', async (_name, command, code) => {
  const { s3 } = await started();
  await expect(s3.send(command as GetBucketPolicyCommand)).rejects.toMatchObject({
    name: code,
    $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(/^[0-9A-F]{16}$/) },
  });
});

describe('the public access block', () => {
  test('is put, with what is left out off, told, and deleted', async () => {
    const { s3 } = await started();
    const some = { BlockPublicAcls: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: some }));
    const told = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(told.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await expect(s3.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchPublicAccessBlockConfiguration',
    });
  });

  test.each([
    ['of the bucket', { PublicAccessBlockConfiguration: closed }, undefined],
    ['of the account', {}, closed],
  ])('%s keeps public policies out', async (_name, seed, ofAccount) => {
    const { aws, s3 } = await started(seed);
    aws.s3.account.block = ofAccount;
    const put = (Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await expect(put(policyOf({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    await put(policyOf({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }));
  });
});

describe('the policy', () => {
  test('is told as it was put, and is gone once it is deleted', async () => {
    const { s3 } = await started();
    const Policy = `  ${policyOf({})}`.trimStart();
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
    });
  });

  test('counts as soon as it is there', async () => {
    const { s3, reader } = await started();
    const list = () => reader.send(new ListObjectsV2Command({ Bucket }));
    await list();
    const Policy = policyOf({ Effect: 'Deny', Action: 's3:ListBucket', Resource: ARN });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await expect(list()).rejects.toMatchObject({ name: 'AccessDenied' });
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await list();
  });

  test.each([
    ['no JSON', '{', 'MalformedPolicy'],
    ['no statement', '{"Version":"2012-10-17"}', 'MalformedPolicy'],
    ['a resource of another bucket', policyOf({ Resource: 'arn:aws:s3:::other/*' }), 'MalformedPolicy'],
    ['a bucket whose name begins like it', policyOf({ Resource: `${ARN}-2/*` }), 'MalformedPolicy'],
    ['nobody it is for', policyOf({ Principal: undefined }), 'MalformedPolicy'],
    ['more than 20 KB', policyOf({ Sid: 'x'.repeat(20_480) }), 'MalformedPolicy'],
    [
      'a condition that is not simulated',
      policyOf({ Condition: { Bool: { 'aws:X': 'true' } } }),
      'NotImplemented',
    ],
  ])('is refused with %s, and the old one stays', async (_name, Policy, code) => {
    const { s3 } = await started({ Policy: policyOf({ Effect: 'Deny' }) });
    await expect(s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))).rejects.toMatchObject({
      name: code,
    });
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(policyOf({ Effect: 'Deny' }));
  });

  test.each([
    ['everybody', policyOf({}), true],
    ['everybody of AWS', policyOf({ Principal: { AWS: '*' } }), true],
    ['one account', policyOf({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }), false],
    ['everybody, to deny', policyOf({ Effect: 'Deny' }), false],
    [
      'everybody of an organization',
      policyOf({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      false,
    ],
    ['everybody with TLS', policyOf({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), true],
  ])('for %s is public: %s', async (_name, Policy, isPublic) => {
    const { s3 } = await started({ Policy });
    const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect(PolicyStatus).toEqual({ IsPublic: isPublic });
  });
});

describe('the default encryption', () => {
  const byS3 = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }];
  const rulesOf = async (s3: S3Client) =>
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;

  test("is S3's own from the beginning, and again once it is deleted", async () => {
    const { s3 } = await started();
    expect(await rulesOf(s3)).toEqual(byS3);
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } };
    const ServerSideEncryptionConfiguration = { Rules: [{ ...rule, BucketKeyEnabled: true }] };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    expect(await rulesOf(s3)).toEqual([{ ...rule, BucketKeyEnabled: true }]);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await rulesOf(s3)).toEqual(byS3);
  });

  test('is none where a bucket is put in so, as before 2023', async () => {
    const { s3 } = await started({ EncryptionRules: null });
    await expect(rulesOf(s3)).rejects.toMatchObject({
      name: 'ServerSideEncryptionConfigurationNotFoundError',
    });
  });

  test('takes no key with an algorithm that has none', async () => {
    const { s3 } = await started();
    const byDefault = { SSEAlgorithm: 'AES256' as const, KMSMasterKeyID: 'k' };
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] };
    await expect(
      s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

test('the ACL shows the owner, and whom else it was put in with', async () => {
  const URI = 'http://acs.amazonaws.com/groups/global/AllUsers';
  const { s3 } = await started({ Grants: [{ Grantee: { URI }, Permission: 'READ' }], Tags: { team: 'a' } });
  const { Owner, Grants } = await s3.send(new GetBucketAclCommand({ Bucket }));
  expect(Grants).toEqual([
    { Grantee: { ID: Owner?.ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
    { Grantee: { URI, Type: 'Group' }, Permission: 'READ' },
  ]);
  const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
  expect(TagSet).toEqual([{ Key: 'team', Value: 'a' }]);
});

test('CloudTrail records what changes a bucket, refused calls too, by the names that it has for them', async () => {
  const { aws, s3, reader } = await started();
  const block = { Bucket, PublicAccessBlockConfiguration: closed };
  const put = await s3.send(new PutPublicAccessBlockCommand(block));
  await reader.send(new PutPublicAccessBlockCommand(block)).catch(() => undefined);
  await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
  const recorded = (more: object) => expect.objectContaining({ eventSource: 's3.amazonaws.com', ...more });
  const requestParameters = {
    publicAccessBlock: '',
    PublicAccessBlockConfiguration: closed,
    bucketName: Bucket,
    Host: `${Bucket}.s3.${REGION}.amazonaws.com`,
  };
  expect(aws.records).toEqual([
    recorded({
      eventName: 'PutBucketPublicAccessBlock',
      requestID: put.$metadata.requestId,
      requestParameters,
    }),
    recorded({ eventName: 'PutBucketPublicAccessBlock', requestParameters, errorCode: 'AccessDenied' }),
    recorded({ eventName: 'DeleteBucketEncryption' }),
  ]);
});
