import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATOR_KEY } from '../../../local/access';
import type { Fault } from '../../../local/gate';
import { type CallsPerformer, performCalls } from '../../../shared/aws/perform-calls';
import { NoSession } from '../../../shared/aws/remediation-role';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { AwsCall, ReadCall } from '../../../shared/contracts/trailseal/remediation';
import { startRemediationAws } from '../../local/remediation-aws';
import { ACCOUNT, REGION, startTestAws, stopAll, type TestAws } from '../../support/local-aws';

afterEach(stopAll);

const KEY = '0a1b2c3d-0000-4000-8000-000000000001';
const BUCKET = 'orders-archive';

const call = (service: string, action: string, input: JsonObject): AwsCall => ({
  service: service as AwsCall['service'],
  action,
  region: REGION,
  input,
  allows: [],
  says: `Call ${action}`,
  again: 'harmless',
});
const reading = (as: string, of: AwsCall, ...absentOn: string[]): ReadCall => ({ as, call: of, absentOn });
const onBucket = (action: string, more: JsonObject = {}) =>
  call('s3', action, { Bucket: BUCKET, ExpectedBucketOwner: ACCOUNT, ...more });

const operator = async () => ({ accessKeyId: OPERATOR_KEY, secretAccessKey: 'local' });

async function started(): Promise<{ aws: TestAws; performer: CallsPerformer }> {
  const aws = await startTestAws({ Resources: {} });
  aws.kms.putKey({ KeyId: KEY, KeyState: 'Disabled' });
  aws.s3.putBucket({ Name: BUCKET });
  return { aws, performer: performCalls({ endpoint: aws.url, credentials: operator }) };
}

const enable = call('kms', 'EnableKey', { KeyId: KEY });

describe('reading', () => {
  test('answers by their names, with null for what AWS says that there is none', async () => {
    const { performer } = await started();
    const noBlock = 'NoSuchPublicAccessBlockConfiguration';
    await expect(
      performer.read([
        reading('key', call('kms', 'DescribeKey', { KeyId: KEY })),
        reading('block', onBucket('GetPublicAccessBlock'), noBlock),
      ]),
    ).resolves.toEqual({
      answers: {
        key: {
          KeyMetadata: expect.objectContaining({ KeyState: 'Disabled', CreationDate: expect.any(String) }),
        },
        block: null,
      },
    });
  });

  test('times in an input become what the client takes', async () => {
    const { aws, performer } = await started();
    const point = { Namespace: 'N', MetricName: 'M', Timestamp: '2026-01-30T12:00:00.000Z', Value: 3 };
    aws.cloudwatch.putMetricData([point]);
    const input = {
      Namespace: 'N',
      MetricName: 'M',
      StartTime: { $time: '2026-01-30T00:00:00.000Z' },
      EndTime: { $time: '2026-01-31T00:00:00.000Z' },
      Period: 86_400,
      Statistics: ['Sum'],
    };
    await expect(
      performer.read([reading('calls', call('cloudwatch', 'GetMetricStatistics', input))]),
    ).resolves.toEqual({
      answers: {
        calls: { Label: 'M', Datapoints: [{ Timestamp: '2026-01-30T00:00:00.000Z', Sum: 3, Unit: 'None' }] },
      },
    });
  });

  test.each<[string, ReadCall, string]>([
    [
      'a refusal',
      reading('acl', onBucket('GetBucketAcl', { ExpectedBucketOwner: '210987654321' })),
      'AccessDenied',
    ],
    ['what should be there and is not', reading('policy', onBucket('GetBucketPolicy')), 'NoSuchBucketPolicy'],
    ['a call of nobody', reading('x', call('kms', 'Decrypt', {})), 'UnknownCall'],
    ['a service of nobody', reading('x', call('dynamodb', 'Scan', {})), 'UnknownCall'],
  ])('%s can not be read', async (_name, read, code) => {
    const { performer } = await started();
    await expect(performer.read([read])).resolves.toEqual({
      code,
      unreadable: expect.stringContaining(
        `${read.call.service} ${read.call.action} was refused with ${code}`,
      ),
    });
  });

  test('asks again where AWS throttles', async () => {
    const { aws, performer } = await started();
    let times = 0;
    aws.fail(({ action }) => {
      times += action === 'DescribeKey' ? 1 : 0;
      return action === 'DescribeKey' && times < 3
        ? { code: 'ThrottlingException', statusCode: 400 }
        : undefined;
    });
    const read = await performer.read([reading('key', call('kms', 'DescribeKey', { KeyId: KEY }))]);
    expect([times, 'answers' in read]).toEqual([3, true]);
  });

  test('what does not pass by itself is thrown, for another try later', async () => {
    const { aws, performer } = await started();
    aws.fail(({ action }) =>
      action === 'DescribeKey' ? { code: 'ThrottlingException', statusCode: 400 } : undefined,
    );
    await expect(
      performer.read([reading('key', call('kms', 'DescribeKey', { KeyId: KEY }), 'ThrottlingException')]),
    ).resolves.toEqual({ answers: { key: null } });
    await expect(
      performer.read([reading('key', call('kms', 'DescribeKey', { KeyId: KEY }))]),
    ).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});

describe('applying', () => {
  test('done, with the id of the request as CloudTrail has it', async () => {
    const { aws, performer } = await started();
    const made = await performer.apply(enable);
    expect(made).toEqual({ state: 'done', requestId: aws.records[0]?.['requestID'], answer: {} });
  });

  const faults: [string, Fault, object, times: number, worked: boolean][] = [
    [
      'throttled: it may be made again',
      { code: 'ThrottlingException', statusCode: 400 },
      { state: 'refused', code: 'ThrottlingException', retryable: true, requestId: expect.any(String) },
      1,
      false,
    ],
    [
      'refused for good',
      { code: 'KMSInvalidStateException', statusCode: 400 },
      { state: 'refused', code: 'KMSInvalidStateException', requestId: expect.any(String) },
      1,
      false,
    ],
    ['an error of AWS: it may have worked', { code: 'KMSInternalException' }, { state: 'unknown' }, 1, false],
    [
      'an error of AWS behind what worked',
      { code: 'KMSInternalException', after: true },
      { state: 'unknown' },
      1,
      true,
    ],
    ['a connection that broke off', { code: 'x', disconnect: true }, { state: 'unknown' }, 1, false],
    [
      'an answer that got lost',
      { code: 'x', disconnect: true, after: true },
      { state: 'unknown', error: expect.stringMatching(/\S/) },
      1,
      true,
    ],
  ];

  test.each(faults)('%s, and it was sent once', async (_name, fault, outcome, times, worked) => {
    const { aws, performer } = await started();
    let sent = 0;
    aws.fail(({ action }) => {
      if (action !== 'EnableKey') return undefined;
      sent += 1;
      return fault;
    });
    const made = await performer.apply(enable);
    expect(made).toMatchObject(outcome);
    if (!('retryable' in outcome)) expect(made).not.toHaveProperty('retryable');
    expect([sent, aws.records.filter(({ errorCode }) => errorCode === undefined).length > 0]).toEqual([
      times,
      worked,
    ]);
  });

  test.each<[string, AwsCall]>([
    ['an action of nobody', call('kms', 'PutKeyPolicy', { KeyId: KEY })],
    ['a member of every object', call('kms', 'constructor', {})],
    ['a service of nobody', call('dynamodb', 'DeleteTable', {})],
    ["a member of every table's", call('toString', 'DeleteTable', {})],
    ['a bucket of whoever has it now', call('s3', 'DeleteBucketPolicy', { Bucket: BUCKET })],
    ['an answer that is still to come', call('kms', 'EnableKey', { KeyId: { $answer: [0, 'KeyId'] } })],
  ])('%s is refused before anything is sent', async (_name, unsound) => {
    const { aws, performer } = await started();
    await expect(performer.apply(unsound)).resolves.toEqual({
      state: 'refused',
      code: 'UnknownCall',
      says: expect.any(String),
    });
    expect(aws.calls).toEqual([]);
  });

  test('a bucket that has become another account’s is refused by S3', async () => {
    const { aws, performer } = await started();
    aws.s3.createBucket('taken', { owner: '210987654321' });
    const made = await performer.apply(
      call('s3', 'DeleteBucketPolicy', { Bucket: 'taken', ExpectedBucketOwner: ACCOUNT }),
    );
    expect(made).toMatchObject({ state: 'refused', code: 'AccessDenied' });
  });

  test('an input that the client itself does not take never leaves', async () => {
    const { aws, performer } = await started();
    const made = await performer.apply(call('lambda', 'Invoke', {}));
    expect(made).toMatchObject({ state: 'refused', says: expect.any(String) });
    expect(made).not.toHaveProperty('retryable');
    expect(aws.calls).toEqual([]);
  });

  test.each([
    ['for good', false, {}],
    ['for now', true, { retryable: true }],
  ])('without a session nothing is sent, %s', async (_name, passing, more) => {
    const { aws } = await started();
    const performer = performCalls({
      endpoint: aws.url,
      credentials: () => Promise.reject(new NoSession('SessionPolicy', 'It does not fit.', passing)),
    });
    await expect(performer.apply(enable)).resolves.toEqual({
      state: 'refused',
      code: 'SessionPolicy',
      says: 'It does not fit.',
      ...more,
    });
    expect(aws.calls).toEqual([]);
  });

  test('where nobody listens nothing has arrived, and it may be made again', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const performer = performCalls({ endpoint: `http://127.0.0.1:${port}`, credentials: operator });
    await expect(performer.apply(enable)).resolves.toMatchObject({
      state: 'refused',
      code: 'NotConnected',
      retryable: true,
    });
  });

  test('what EC2 did not do is refused, though its answer is one of success', async () => {
    const { performer } = await started();
    const input = {
      ResourceIds: ['vpc-0a1b2c3d'],
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::flow-logs',
    };
    await expect(performer.apply(call('ec2', 'CreateFlowLogs', input))).resolves.toEqual({
      state: 'refused',
      code: 'InvalidVpcId.NotFound',
      says: "The VPC ID 'vpc-0a1b2c3d' does not exist",
      requestId: expect.any(String),
    });
  });

  test('a function that throws may have done a part of its work', async () => {
    const { aws } = await startRemediationAws();
    const performer = performCalls({ endpoint: aws.url, credentials: operator });
    const run = (FunctionName: string) =>
      performer.apply(call('lambda', 'Invoke', { FunctionName, Payload: '{}' }));
    await expect(run('mend')).resolves.toMatchObject({ state: 'done' });
    // The test has no handler for this one.
    await expect(run('other')).resolves.toEqual({
      state: 'unknown',
      error: 'The function failed: Unhandled',
    });
  });

  test('an answer of success that can not be read is no refusal', async () => {
    const server = createServer((_, response) => response.writeHead(200).end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const performer = performCalls({ endpoint: `http://127.0.0.1:${port}`, credentials: operator });
    const made = await performer.apply(call('kms', 'CancelKeyDeletion', { KeyId: KEY }));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(made).toMatchObject({ state: 'unknown' });
  });
});
