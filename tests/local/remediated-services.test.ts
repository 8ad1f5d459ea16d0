import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudTrailClient,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { DescribeLaunchTemplateVersionsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { KMSClient, ListResourceTagsCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDocumentCommand, SSMClient, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { OPERATOR_KEY } from '../../local/access';
import type { Template } from '../../local/template';
import { ACCOUNT, REGION, startTestAws, stopAll } from '../support/local-aws';

afterEach(stopAll);

const template: Template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'logs',
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
          },
        ],
      },
    },
    MendFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'mend',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { MODE: 'quick' } },
      },
    },
  },
};

async function started() {
  const seen: unknown[] = [];
  const aws = await startTestAws(template, {
    mend: (event) => {
      seen.push(event);
      if ((event as { fail?: boolean }).fail) throw new TypeError('not today');
      return { mended: 1 };
    },
  });
  const config = {
    endpoint: aws.url,
    region: REGION,
    credentials: { accessKeyId: OPERATOR_KEY, secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return { aws, config, seen };
}

describe('CloudTrail', () => {
  async function trail() {
    const { aws, config } = await started();
    aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs', IsMultiRegionTrail: true });
    return { aws, config, client: new CloudTrailClient(config) };
  }

  test('a trail is stopped and started, and says when', async () => {
    const { aws, client } = await trail();
    await client.send(new StopLoggingCommand({ Name: 'main' }));
    const stoppedAt = new Date(aws.clock.now());
    aws.clock.advance(60_000);
    await expect(client.send(new GetTrailStatusCommand({ Name: 'main' }))).resolves.toMatchObject({
      IsLogging: false,
      StopLoggingTime: stoppedAt,
    });
    await client.send(new StartLoggingCommand({ Name: 'main' }));
    await expect(client.send(new GetTrailStatusCommand({ Name: 'main' }))).resolves.toMatchObject({
      IsLogging: true,
      StartLoggingTime: new Date(aws.clock.now()),
    });
    expect(aws.records.map(({ eventName, requestParameters }) => [eventName, requestParameters])).toEqual([
      ['StopLogging', { name: 'main' }],
      ['StartLogging', { name: 'main' }],
    ]);
  });

  test('what an update does not name stays', async () => {
    const { client } = await trail();
    await client.send(new UpdateTrailCommand({ Name: 'main', EnableLogFileValidation: false }));
    const { Trail } = await client.send(new GetTrailCommand({ Name: 'main' }));
    expect(Trail).toMatchObject({
      LogFileValidationEnabled: false,
      S3BucketName: 'logs',
      IsMultiRegionTrail: true,
    });
  });

  test('a trail is changed at home alone', async () => {
    const { config } = await trail();
    const elsewhere = new CloudTrailClient({ ...config, region: 'us-east-1' });
    const Name = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
    await expect(elsewhere.send(new StopLoggingCommand({ Name }))).rejects.toMatchObject({
      name: 'InvalidHomeRegionException',
    });
  });

  test('tags are listed by ARN', async () => {
    const { aws, client } = await trail();
    aws.cloudtrail.setTags('main', { team: 'security' });
    const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
    await expect(client.send(new ListTagsCommand({ ResourceIdList: [arn] }))).resolves.toMatchObject({
      ResourceTagList: [{ ResourceId: arn, TagsList: [{ Key: 'team', Value: 'security' }] }],
    });
  });
});

test('AWS Config: a recorder is stopped and started', async () => {
  const { aws, config } = await started();
  const client = new ConfigServiceClient(config);
  const names = async () =>
    (await client.send(new DescribeConfigurationRecordersCommand({}))).ConfigurationRecorders?.map(
      ({ name }) => name,
    );
  const recording = async () =>
    (await client.send(new DescribeConfigurationRecorderStatusCommand({}))).ConfigurationRecordersStatus?.map(
      (one) => one.recording,
    );
  expect(await names()).toEqual([]);
  aws.recorders.putRecorder({});
  expect([await names(), await recording()]).toEqual([['default'], [true]]);
  const ConfigurationRecorderName = 'default';
  await client.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName }));
  expect(await recording()).toEqual([false]);
  await client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName }));
  expect(await recording()).toEqual([true]);
  await expect(
    client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'other' })),
  ).rejects.toMatchObject({ name: 'NoSuchConfigurationRecorderException' });
  expect(aws.records.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ['StopConfigurationRecorder', undefined],
    ['StartConfigurationRecorder', undefined],
    ['StartConfigurationRecorder', 'NoSuchConfigurationRecorderException'],
  ]);
});

test('Auto Scaling: an instance is detached once', async () => {
  const { aws, config } = await started();
  const client = new AutoScalingClient(config);
  aws.autoscaling.putGroup({ AutoScalingGroupName: 'web', InstanceIds: ['i-1', 'i-2'] });
  const detach = () =>
    client.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: 'web',
        InstanceIds: ['i-1'],
        ShouldDecrementDesiredCapacity: false,
      }),
    );
  await detach();
  const { AutoScalingInstances } = await client.send(new DescribeAutoScalingInstancesCommand({}));
  expect(AutoScalingInstances?.map(({ InstanceId }) => InstanceId)).toEqual(['i-2']);
  await expect(detach()).rejects.toMatchObject({ name: 'ValidationError' });
});

describe('Systems Manager', () => {
  const asked = { DocumentName: 'Mend', DocumentVersion: '3', Parameters: { InstanceId: ['i-1'] } };

  test('the same token starts a document once', async () => {
    const { aws, config } = await started();
    const client = new SSMClient(config);
    aws.automations.putDocument({ Name: 'Mend', DocumentVersion: '3' });
    const start = (ClientToken: string) =>
      client.send(new StartAutomationExecutionCommand({ ...asked, ClientToken }));
    const tokens = ['0a1b2c3d-0000-4000-8000-000000000001', '0a1b2c3d-0000-4000-8000-000000000002'] as const;
    const [first, again, other] = [await start(tokens[0]), await start(tokens[0]), await start(tokens[1])];
    expect(again.AutomationExecutionId).toBe(first.AutomationExecutionId);
    expect(aws.automations.started.map(({ id }) => id)).toEqual([
      first.AutomationExecutionId,
      other.AutomationExecutionId,
    ]);
    expect(aws.automations.started[0]).toMatchObject({
      document: 'Mend',
      version: '3',
      parameters: { InstanceId: ['i-1'] },
    });
  });

  test.each([
    ['a document that is not there', new DescribeDocumentCommand({ Name: 'Other' }), 'InvalidDocument'],
    [
      'another version',
      new DescribeDocumentCommand({ Name: 'Run', DocumentVersion: '2' }),
      'InvalidDocumentVersion',
    ],
    [
      'what is no Automation',
      new StartAutomationExecutionCommand({ DocumentName: 'Run' }),
      'AutomationDefinitionNotFoundException',
    ],
  ])('refuses %s', async (_name, command, code) => {
    const { aws, config } = await started();
    aws.automations.putDocument({ Name: 'Run', DocumentType: 'Command' });
    await expect(new SSMClient(config).send(command as DescribeDocumentCommand)).rejects.toMatchObject({
      name: code,
    });
  });
});

describe('Lambda', () => {
  const FunctionName = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:mend`;

  test('a function is described, and run', async () => {
    const { config, seen } = await started();
    const client = new LambdaClient(config);
    await expect(client.send(new GetFunctionConfigurationCommand({ FunctionName }))).resolves.toMatchObject({
      FunctionName: 'mend',
      FunctionArn: FunctionName,
      State: 'Active',
      Environment: { Variables: { MODE: 'quick' } },
    });
    const { StatusCode, FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ a: 1 }) }),
    );
    expect([StatusCode, FunctionError, JSON.parse(Payload?.transformToString() ?? '')]).toEqual([
      200,
      undefined,
      { mended: 1 },
    ]);
    expect(seen).toEqual([{ a: 1 }]);
  });

  test('what a function throws is an answer', async () => {
    const { config } = await started();
    const { StatusCode, FunctionError, Payload } = await new LambdaClient(config).send(
      new InvokeCommand({ FunctionName: 'mend', Payload: '{"fail":true}' }),
    );
    expect([StatusCode, FunctionError, JSON.parse(Payload?.transformToString() ?? '')]).toEqual([
      200,
      'Unhandled',
      { errorType: 'TypeError', errorMessage: 'not today' },
    ]);
  });

  test.each([
    ['a function that is not there', { FunctionName: 'other' }, 'ResourceNotFoundException'],
    ['a payload that is no JSON', { FunctionName: 'mend', Payload: '{' }, 'InvalidRequestContentException'],
  ])('refuses %s', async (_name, input, code) => {
    const { config } = await started();
    await expect(new LambdaClient(config).send(new InvokeCommand(input))).rejects.toMatchObject({
      name: code,
    });
  });

  test('an event is taken, and run later', async () => {
    const { aws, config, seen } = await started();
    const { StatusCode } = await new LambdaClient(config).send(
      new InvokeCommand({ FunctionName: 'mend', InvocationType: 'Event', Payload: '{"b":2}' }),
    );
    await aws.idle();
    expect([StatusCode, seen]).toEqual([202, [{ b: 2 }]]);
  });
});

test('CloudWatch: figures by periods that begin at the time that is asked for', async () => {
  const { aws, config } = await started();
  const at = (Timestamp: string, Value: number) => ({ Namespace: 'N', MetricName: 'M', Timestamp, Value });
  aws.cloudwatch.putMetricData([
    at('2026-01-30T11:59:00Z', 1),
    at('2026-01-30T12:01:00Z', 2),
    at('2026-01-31T11:59:00Z', 3),
    at('2026-01-31T12:00:00Z', 4),
  ]);
  const { Datapoints } = await new CloudWatchClient(config).send(
    new GetMetricStatisticsCommand({
      Namespace: 'N',
      MetricName: 'M',
      StartTime: new Date('2026-01-30T12:00:00Z'),
      EndTime: new Date('2026-02-01T12:00:00Z'),
      Period: 86_400,
      Statistics: ['Sum', 'Maximum'],
    }),
  );
  expect(Datapoints).toEqual([
    { Timestamp: new Date('2026-01-30T12:00:00Z'), Sum: 5, Maximum: 3, Unit: 'None' },
    { Timestamp: new Date('2026-01-31T12:00:00Z'), Sum: 4, Maximum: 4, Unit: 'None' },
  ]);
});

test('EC2: VPCs and launch templates are described', async () => {
  const { aws, config } = await started();
  const client = new EC2Client(config);
  aws.ec2.putVpc({ VpcId: 'vpc-0a1b2c3d', Tags: [{ Key: 'team', Value: 'net' }] });
  aws.ec2.putVpc({ VpcId: 'vpc-0b1b2c3d' });
  const { Vpcs } = await client.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: ['vpc-0a1b2c3d'] }] }),
  );
  expect(Vpcs).toMatchObject([{ VpcId: 'vpc-0a1b2c3d', Tags: [{ Key: 'team', Value: 'net' }] }]);
  aws.ec2.putLaunchTemplate({ LaunchTemplateId: 'lt-1', LaunchTemplateData: { SecurityGroupIds: ['sg-1'] } });
  const { LaunchTemplateVersions } = await client.send(
    new DescribeLaunchTemplateVersionsCommand({ Versions: ['$Latest', '$Default'] }),
  );
  expect(LaunchTemplateVersions).toMatchObject([
    { LaunchTemplateId: 'lt-1', VersionNumber: 1, LaunchTemplateData: { SecurityGroupIds: ['sg-1'] } },
  ]);
  await expect(
    client.send(new DescribeLaunchTemplateVersionsCommand({ Versions: ['7'] })),
  ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
});

test('IAM and KMS: a user with its path, and the tags of a key', async () => {
  const { aws, config } = await started();
  aws.iam.putUser({ UserName: 'deploy', Path: '/ci/', Tags: { team: 'web' } });
  await expect(new IAMClient(config).send(new GetUserCommand({ UserName: 'deploy' }))).resolves.toMatchObject(
    {
      User: {
        UserName: 'deploy',
        Path: '/ci/',
        Arn: `arn:aws:iam::${ACCOUNT}:user/ci/deploy`,
        Tags: [{ Key: 'team', Value: 'web' }],
      },
    },
  );
  const KeyId = '0a1b2c3d-0000-4000-8000-000000000001';
  aws.kms.putKey({ KeyId, Tags: { team: 'orders' } });
  await expect(new KMSClient(config).send(new ListResourceTagsCommand({ KeyId }))).resolves.toMatchObject({
    Tags: [{ TagKey: 'team', TagValue: 'orders' }],
    Truncated: false,
  });
});
