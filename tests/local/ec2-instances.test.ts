import {
  CreateFlowLogsCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  MonitorInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  UnmonitorInstancesCommand,
} from '@aws-sdk/client-ec2';
import { stopAll, type TestAws } from '../support/local-aws';
import { clients, type Grant, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const VPC = 'vpc-0a1b2c3d4e5f60718';
const SUBNET = 'subnet-0a1b2c3d4e5f60718';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const [WEB, QUARANTINE, ELSEWHERE] = ['sg-0a1b', 'sg-0a2b', 'sg-0a3b'];
const [BOOT, DATA] = ['vol-0a1b', 'vol-0a2b'];

function furnish(aws: TestAws): void {
  for (const [GroupId, GroupName] of [
    [WEB, 'web'],
    [QUARANTINE, 'quarantine'],
  ] as const)
    aws.ec2.putSecurityGroup({ GroupId, GroupName, VpcId: VPC });
  aws.ec2.putSecurityGroup({ GroupId: ELSEWHERE, VpcId: 'vpc-0b' });
  aws.ec2.putVolume({ VolumeId: DATA, Size: 100, Encrypted: true, Tags: [{ Key: 'data', Value: 'yes' }] });
  aws.ec2.putInstance({
    InstanceId: INSTANCE,
    VpcId: VPC,
    SubnetId: SUBNET,
    InstanceType: 'm5.large',
    LaunchTime: new Date('2026-01-02T03:04:05Z'),
    PrivateIpAddress: '10.0.0.10',
    PublicIpAddress: '203.0.113.200',
    SecurityGroups: [{ GroupId: WEB }],
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeId: BOOT } },
      { DeviceName: '/dev/sdb', Ebs: { VolumeId: DATA } },
    ],
    Tags: [{ Key: 'team', Value: 'edge' }],
  });
}

async function started(grants?: Grant[]) {
  const all = await startHoldingAws(grants);
  furnish(all.aws);
  return all;
}

async function instance(ec2: EC2Client, InstanceId = INSTANCE) {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
  return Reservations[0]?.Instances?.[0];
}

const groupsOf = async (ec2: EC2Client) =>
  (await instance(ec2))?.SecurityGroups?.map(({ GroupId }) => GroupId);

test('an instance is shown with its interface, volumes and metadata options', async () => {
  const { ec2 } = await started();
  await expect(instance(ec2)).resolves.toMatchObject({
    InstanceId: INSTANCE,
    InstanceType: 'm5.large',
    State: { Code: 16, Name: 'running' },
    LaunchTime: new Date('2026-01-02T03:04:05Z'),
    MetadataOptions: { State: 'applied', HttpTokens: 'optional', HttpEndpoint: 'enabled' },
    Monitoring: { State: 'disabled' },
    SecurityGroups: [{ GroupId: WEB, GroupName: 'web' }],
    PublicIpAddress: '203.0.113.200',
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeId: BOOT, DeleteOnTermination: true } },
      { DeviceName: '/dev/sdb', Ebs: { VolumeId: DATA, DeleteOnTermination: false } },
    ],
    NetworkInterfaces: [
      { Groups: [{ GroupId: WEB }], PrivateIpAddress: '10.0.0.10', Attachment: { DeviceIndex: 0 } },
    ],
    Tags: [{ Key: 'team', Value: 'edge' }],
  });
});

test('stopping and starting take their time; a borrowed address is another afterwards', async () => {
  const { aws, ec2 } = await started();
  const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE] }));
  const start = () => ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE] }));
  await expect(stop()).resolves.toMatchObject({
    StoppingInstances: [
      {
        InstanceId: INSTANCE,
        CurrentState: { Code: 64, Name: 'stopping' },
        PreviousState: { Code: 16, Name: 'running' },
      },
    ],
  });
  await expect(start()).rejects.toMatchObject({ name: 'IncorrectInstanceState' });
  await aws.idle();
  const stopped = await instance(ec2);
  expect(stopped).toMatchObject({
    State: { Name: 'stopped' },
    StateTransitionReason: 'User initiated (2026-01-31 10:00:00 GMT)',
  });
  expect(stopped).not.toHaveProperty('PublicIpAddress');
  await expect(stop()).resolves.toMatchObject({
    StoppingInstances: [{ CurrentState: { Name: 'stopped' }, PreviousState: { Name: 'stopped' } }],
  });

  await start();
  await aws.idle();
  const running = await instance(ec2);
  expect(running).toMatchObject({ State: { Name: 'running' }, PublicIpAddress: expect.any(String) });
  expect(running?.PublicIpAddress).not.toBe('203.0.113.200');
});

test.each([
  ['one of two is not there', { InstanceIds: [INSTANCE, 'i-0f'] }, 'InvalidInstanceID.NotFound'],
  ['no id', { InstanceIds: ['web'] }, 'InvalidInstanceID.Malformed'],
  ['protected', { InstanceIds: [INSTANCE, 'i-0b'] }, 'OperationNotPermitted'],
  ['without a root volume', { InstanceIds: ['i-0c'] }, 'UnsupportedOperation'],
  ['terminated', { InstanceIds: [INSTANCE, 'i-0d'] }, 'IncorrectInstanceState'],
])('nothing is stopped: %s', async (_, input, name) => {
  const { aws, ec2 } = await started();
  const place = { VpcId: VPC, SubnetId: SUBNET };
  for (const InstanceId of ['i-0b', 'i-0c', 'i-0d']) {
    aws.ec2.putInstance({
      InstanceId,
      ...place,
      RootDeviceType: InstanceId === 'i-0c' ? 'instance-store' : 'ebs',
      State: { Name: InstanceId === 'i-0d' ? 'terminated' : 'running' },
    });
  }
  const DisableApiStop = { Value: true };
  await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: 'i-0b', DisableApiStop }));
  await expect(ec2.send(new StopInstancesCommand(input))).rejects.toMatchObject({ name });
  await expect(instance(ec2)).resolves.toMatchObject({ State: { Name: 'running' } });
});

test('metadata options are applied after a while, and set back to what they were', async () => {
  const { aws, ec2 } = await started();
  const before = await instance(ec2);
  const modify = (HttpTokens: 'required' | 'optional') =>
    ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: INSTANCE, HttpTokens }));
  await expect(modify('required')).resolves.toMatchObject({
    InstanceMetadataOptions: { State: 'pending', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
  });
  await aws.idle();
  expect((await instance(ec2))?.MetadataOptions).toMatchObject({ State: 'applied', HttpTokens: 'required' });
  await modify('optional');
  await aws.idle();
  await expect(instance(ec2)).resolves.toEqual(before);
});

test('monitoring is turned on and off', async () => {
  const { aws, ec2 } = await started();
  const InstanceIds = [INSTANCE];
  await expect(ec2.send(new MonitorInstancesCommand({ InstanceIds }))).resolves.toMatchObject({
    InstanceMonitorings: [{ InstanceId: INSTANCE, Monitoring: { State: 'pending' } }],
  });
  await aws.idle();
  expect((await instance(ec2))?.Monitoring).toEqual({ State: 'enabled' });
  await expect(ec2.send(new UnmonitorInstancesCommand({ InstanceIds }))).resolves.toMatchObject({
    InstanceMonitorings: [{ Monitoring: { State: 'disabling' } }],
  });
  await aws.idle();
  expect((await instance(ec2))?.Monitoring).toEqual({ State: 'disabled' });
});

describe('the groups of an instance', () => {
  test('are swapped and swapped back on its interface', async () => {
    const { ec2 } = await started();
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'attachment.instance-id', Values: [INSTANCE] }],
      }),
    );
    const NetworkInterfaceId = NetworkInterfaces[0]?.NetworkInterfaceId ?? '';
    expect(NetworkInterfaces).toMatchObject([
      { Groups: [{ GroupId: WEB }], Attachment: { InstanceId: INSTANCE }, Status: 'in-use' },
    ]);
    const swap = (...Groups: string[]) =>
      ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
    await swap(QUARANTINE);
    await expect(groupsOf(ec2)).resolves.toEqual([QUARANTINE]);
    await swap(WEB);
    await expect(groupsOf(ec2)).resolves.toEqual([WEB]);
  });

  test('are swapped on the instance, as long as it has one interface', async () => {
    const { aws, ec2 } = await started();
    const swap = () =>
      ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: INSTANCE, Groups: [QUARANTINE] }));
    await swap();
    await expect(groupsOf(ec2)).resolves.toEqual([QUARANTINE]);
    aws.ec2.putNetworkInterface({
      NetworkInterfaceId: 'eni-0b',
      VpcId: VPC,
      Attachment: { InstanceId: INSTANCE, DeviceIndex: 1 },
    });
    await expect(swap()).rejects.toMatchObject({ name: 'InvalidInstanceID' });
  });

  test.each([
    ['of another VPC', { Groups: [ELSEWHERE] }, 'InvalidParameterValue'],
    ['that is not there', { Groups: ['sg-0f'] }, 'InvalidGroup.NotFound'],
    [
      'and something else at once',
      { Groups: [WEB], Description: { Value: 'x' } },
      'InvalidParameterCombination',
    ],
    ['no attribute at all', {}, 'InvalidParameterCombination'],
  ])('stay: %s', async (_, input, name) => {
    const { ec2 } = await started();
    const NetworkInterfaceId = (await instance(ec2))?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '';
    const modify = new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, ...input });
    await expect(ec2.send(modify)).rejects.toMatchObject({ name });
    await expect(groupsOf(ec2)).resolves.toEqual([WEB]);
  });

  test('stay on an interface that a service manages', async () => {
    const { aws, ec2 } = await started();
    const NetworkInterfaceId = 'eni-0c';
    aws.ec2.putNetworkInterface({ NetworkInterfaceId, VpcId: VPC, RequesterManaged: true });
    const modify = new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [WEB] });
    await expect(ec2.send(modify)).rejects.toMatchObject({ name: 'AuthFailure' });
  });
});

describe('snapshots', () => {
  const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags: [{ Key: 'case', Value: 'F-1' }] }];

  test('of one volume are pending, then complete', async () => {
    const { aws, ec2 } = await started();
    const { SnapshotId = '', State } = await ec2.send(
      new CreateSnapshotCommand({ VolumeId: DATA, Description: 'forensic', TagSpecifications }),
    );
    expect(State).toBe('pending');
    await aws.idle();
    const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
    expect(Snapshots).toMatchObject([
      {
        VolumeId: DATA,
        VolumeSize: 100,
        Encrypted: true,
        State: 'completed',
        Progress: '100%',
        StartTime: new Date('2026-01-31T10:00:00Z'),
        Description: 'forensic',
        Tags: [{ Key: 'case', Value: 'F-1' }],
      },
    ]);
  });

  test.each([
    ['all volumes', {}, [BOOT, DATA]],
    ['all but the boot volume', { ExcludeBootVolume: true }, [DATA]],
    ['all but one', { ExcludeDataVolumeIds: [DATA] }, [BOOT]],
  ])('of an instance: %s', async (_, which, volumes) => {
    const { ec2 } = await started();
    const { Snapshots = [] } = await ec2.send(
      new CreateSnapshotsCommand({
        InstanceSpecification: { InstanceId: INSTANCE, ...which },
        CopyTagsFromSource: 'volume',
        TagSpecifications,
      }),
    );
    expect(Snapshots.map(({ VolumeId }) => VolumeId)).toEqual(volumes);
    const data = Snapshots.find(({ VolumeId }) => VolumeId === DATA);
    if (data) expect(data.Tags).toContainEqual({ Key: 'data', Value: 'yes' });
  });

  test.each([
    ['a volume that is not there', { VolumeId: 'vol-0f' }, 'InvalidVolume.NotFound'],
    ['no id of a volume', { VolumeId: 'disk' }, 'InvalidVolumeID.Malformed'],
  ])('of %s are refused', async (_, input, name) => {
    const { ec2 } = await started();
    await expect(ec2.send(new CreateSnapshotCommand(input))).rejects.toMatchObject({ name });
  });

  test('need rights on the volume, on snapshots, and for their tags', async () => {
    const volume = { Action: 'ec2:CreateSnapshot', Resource: 'arn:aws:ec2:*:123456789012:volume/*' };
    const snapshot = { Action: 'ec2:CreateSnapshot', Resource: 'arn:aws:ec2:*::snapshot/*' };
    const tag = {
      Action: 'ec2:CreateTags',
      Resource: 'arn:aws:ec2:*::snapshot/*',
      Condition: { StringEquals: { 'ec2:CreateAction': 'CreateSnapshot', 'aws:RequestTag/case': 'F-1' } },
    };
    const attempt = async (...grants: Grant[]) => {
      const { ec2 } = await started(grants);
      return ec2.send(new CreateSnapshotCommand({ VolumeId: DATA, TagSpecifications }));
    };
    await expect(attempt(volume, tag)).rejects.toThrow(
      'ec2:CreateSnapshot on resource: arn:aws:ec2:eu-central-1::snapshot/*',
    );
    await expect(attempt(snapshot, tag)).rejects.toThrow(`:volume/${DATA}`);
    await expect(attempt(volume, snapshot)).rejects.toThrow('ec2:CreateTags');
    await expect(attempt(volume, snapshot, tag)).resolves.toHaveProperty('SnapshotId');
  });
});

test('tags are added and replaced', async () => {
  const { ec2 } = await started();
  const tag = (...Tags: { Key: string; Value: string }[]) =>
    ec2.send(new CreateTagsCommand({ Resources: [INSTANCE, WEB], Tags }));
  await tag({ Key: 'team', Value: 'core' }, { Key: 'state', Value: 'isolated' });
  expect((await instance(ec2))?.Tags).toEqual([
    { Key: 'team', Value: 'core' },
    { Key: 'state', Value: 'isolated' },
  ]);
  await expect(tag({ Key: 'aws:x', Value: '' })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  const gone = new CreateTagsCommand({ Resources: ['i-0f'], Tags: [{ Key: 'a', Value: 'b' }] });
  await expect(ec2.send(gone)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
});

describe('flow logs', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/flow-logs';
  const toLogs = {
    ResourceIds: [VPC],
    ResourceType: 'VPC' as const,
    TrafficType: 'ALL' as const,
    LogGroupName: '/vpc/flow',
    DeliverLogsPermissionArn: ROLE,
    MaxAggregationInterval: 60,
  };
  const toBucket = {
    ResourceIds: [SUBNET],
    ResourceType: 'Subnet' as const,
    TrafficType: 'REJECT' as const,
    LogDestinationType: 's3' as const,
    LogDestination: 'arn:aws:s3:::flow',
  };
  const list = async (ec2: EC2Client, id: string) =>
    (await ec2.send(new DescribeFlowLogsCommand({ Filter: [{ Name: 'resource-id', Values: [id] }] })))
      .FlowLogs;

  const grants = [
    { Action: 'ec2:*', Resource: '*' },
    { Action: 'logs:*', Resource: '*' },
    {
      Action: 'iam:PassRole',
      Resource: ROLE,
      Condition: { StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' } },
    },
  ];

  test('are made, deleted, and made again with the same meaning', async () => {
    const { ec2 } = await started(grants);
    await ec2.send(new CreateFlowLogsCommand(toLogs));
    const before = await list(ec2, VPC);
    expect(before).toMatchObject([
      {
        ResourceId: VPC,
        TrafficType: 'ALL',
        LogGroupName: '/vpc/flow',
        LogDestinationType: 'cloud-watch-logs',
        MaxAggregationInterval: 60,
        FlowLogStatus: 'ACTIVE',
        CreationTime: new Date('2026-01-31T10:00:00Z'),
      },
    ]);
    const FlowLogIds = [before?.[0]?.FlowLogId ?? ''];
    await expect(ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }))).resolves.toMatchObject({
      Unsuccessful: [],
    });
    await expect(list(ec2, VPC)).resolves.toEqual([]);
    await ec2.send(new CreateFlowLogsCommand(toLogs));
    const [{ FlowLogId: _, ...after } = {}] = (await list(ec2, VPC)) ?? [];
    const [{ FlowLogId: __, ...same } = {}] = before ?? [];
    expect(after).toEqual(same);
    await expect(ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }))).rejects.toMatchObject({
      name: 'InvalidFlowLogId.NotFound',
    });
  });

  test('one token makes one flow log', async () => {
    const { ec2 } = await started(grants);
    const create = () => ec2.send(new CreateFlowLogsCommand({ ...toBucket, ClientToken: 'run-1' }));
    const [first, second] = [await create(), await create()];
    expect(second.FlowLogIds).toEqual(first.FlowLogIds);
    await expect(list(ec2, SUBNET)).resolves.toHaveLength(1);
  });

  test('what has none of the resources is told, not refused', async () => {
    const { ec2 } = await started(grants);
    const both = { ...toLogs, ResourceIds: [VPC, 'vpc-0f'] };
    await expect(ec2.send(new CreateFlowLogsCommand(both))).resolves.toMatchObject({
      FlowLogIds: [expect.stringMatching(/^fl-[0-9a-f]{17}$/)],
      Unsuccessful: [{ ResourceId: 'vpc-0f', Error: { Code: 'InvalidVpcId.NotFound' } }],
    });
  });

  test.each([
    ['twice the same', toLogs, 'FlowLogAlreadyExists'],
    ['no traffic type', { ...toBucket, TrafficType: undefined }, 'MissingParameter'],
    ['no role for a log group', { ...toLogs, DeliverLogsPermissionArn: undefined }, 'InvalidParameter'],
    ['a role for a bucket', { ...toBucket, DeliverLogsPermissionArn: ROLE }, 'InvalidParameter'],
    ['an interval of its own', { ...toBucket, MaxAggregationInterval: 30 }, 'InvalidParameter'],
  ])('are refused: %s', async (_, input, name) => {
    const { ec2 } = await started(grants);
    await ec2.send(new CreateFlowLogsCommand(toLogs));
    await expect(ec2.send(new CreateFlowLogsCommand(input))).rejects.toMatchObject({ name });
  });

  test.each([
    ['to pass the role', toLogs, 'iam:PassRole'],
    ['to deliver to a bucket', toBucket, 'logs:CreateLogDelivery'],
  ])('need the right %s', async (_, input, action) => {
    const { ec2 } = await started([{ Action: 'ec2:*', Resource: '*' }]);
    const create = ec2.send(new CreateFlowLogsCommand(input));
    await expect(create).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(create).rejects.toThrow(action);
  });
});

test('a role may be let near some instances only', async () => {
  const { aws, ec2 } = await started([
    {
      Action: 'ec2:StopInstances',
      Resource: 'arn:aws:ec2:*:*:instance/*',
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'edge' } },
    },
  ]);
  aws.ec2.putInstance({ InstanceId: 'i-0b', VpcId: VPC, SubnetId: SUBNET });
  const stop = (...InstanceIds: string[]) => ec2.send(new StopInstancesCommand({ InstanceIds }));
  await expect(stop(INSTANCE, 'i-0b')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  const { ec2: operator } = clients(aws.url, 'operator');
  await expect(instance(operator)).resolves.toMatchObject({ State: { Name: 'running' } });
  await expect(stop(INSTANCE)).resolves.toHaveProperty('StoppingInstances');
});
