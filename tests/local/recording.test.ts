import {
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifySecurityGroupRulesCommand,
  MonitorInstancesCommand,
  RevokeSecurityGroupIngressCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { parseActivityEvent } from '../../shared/contracts/aws/cloudtrail-record';
import { parseConfigChange } from '../../shared/contracts/aws/config-change';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import monitoring from '../../shared/controls/rules/ec2/ec2-detailed-monitoring';
import noWorldAdmin from '../../shared/controls/rules/ec2/sg-no-world-admin-ipv4';
import noPublicDatabase from '../../shared/controls/rules/rds/rds-no-public-access';
import { joinActors } from '../../shared/proof/activity/join';
import { resourcesNamed } from '../../shared/proof/activity/resources-named';
import { said } from '../support/judge-rule';
import { stopAll, type TestAws } from '../support/local-aws';
import { type HeardEvent, type HoldingClients, heard, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const VPC = 'vpc-0a1b2c3d4e5f60718';
const SUBNET = 'subnet-0a1b2c3d4e5f60718';
const GROUP = 'sg-0a1b2c3d4e5f60718';
const SPARE = 'sg-0b1b2c3d4e5f60718';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const KEY = '0a1b2c3d-0000-4000-8000-000000000001';
const open = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

async function started() {
  const all = await startHoldingAws();
  const { aws } = all;
  aws.ec2.putSecurityGroup({ GroupId: GROUP, GroupName: 'bastion', VpcId: VPC, IpPermissions: [open] });
  aws.ec2.putSecurityGroup({ GroupId: SPARE, GroupName: 'spare', VpcId: VPC });
  aws.ec2.putInstance({
    InstanceId: INSTANCE,
    VpcId: VPC,
    SubnetId: SUBNET,
    SecurityGroups: [{ GroupId: GROUP }],
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0a' } }],
  });
  aws.rds.putDBInstance({
    DBInstanceIdentifier: 'orders',
    DbiResourceId: 'db-ORDERS',
    PubliclyAccessible: true,
  });
  aws.kms.putKey({ KeyId: KEY });
  aws.iam.putUser({ UserName: 'deploy', AccessKeys: [{ AccessKeyId: 'AKIAEXAMPLE0000000001' }] });
  return all;
}

const itemsIn = (events: readonly HeardEvent[]) =>
  events
    .filter((event) => event['detail-type'] === 'Config Configuration Item Change')
    .map((event) => {
      const change = parseConfigChange(parseAwsEvent(event));
      if (change.kind !== 'item') throw new Error('an oversized item');
      return { event, ...change };
    });

const recordsIn = (events: readonly HeardEvent[]) =>
  events
    .filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail')
    .map((event) => parseActivityEvent(parseAwsEvent(event)).record);

const firstRule = async (ec2: EC2Client) => {
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GROUP] }] }),
  );
  return SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
};

test('a fix is told by CloudTrail and by AWS Config, is judged compliant, and names who did it', async () => {
  const { aws, ec2 } = await started();
  aws.ec2.announce(GROUP);
  const answer = await ec2.send(
    new RevokeSecurityGroupIngressCommand({
      GroupId: GROUP,
      SecurityGroupRuleIds: [await firstRule(ec2)],
    }),
  );
  const events = await heard(aws);
  const [before, after] = itemsIn(events);
  const [record] = recordsIn(events);
  expect(said(noWorldAdmin, before?.event.detail['configurationItem'])).toMatchObject({
    compliance: 'NON_COMPLIANT',
  });
  expect(said(noWorldAdmin, after?.event.detail['configurationItem'])).toMatchObject({
    compliance: 'COMPLIANT',
  });
  expect(after?.diff).toMatchObject([{ path: 'configuration.IpPermissions.0', changeType: 'DELETE' }]);
  expect(record).toMatchObject({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RevokeSecurityGroupIngress',
    awsRegion: 'eu-central-1',
    requestID: answer.$metadata.requestId,
    readOnly: false,
    requestParameters: { groupId: GROUP },
    userIdentity: {
      type: 'AssumedRole',
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/.+\/remediate$/),
      sessionContext: { sessionIssuer: { arn: expect.stringContaining(':role/') } },
    },
  });
  const link = joinActors({
    item: {
      account: '123456789012',
      region: 'eu-central-1',
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: GROUP,
      capturedAt: after?.item.configurationItemCaptureTime ?? '',
      previousCapturedAt: before?.item.configurationItemCaptureTime ?? '',
      changedPaths: (after?.diff ?? []).map(({ path }) => path),
    },
    events: record ? [record] : [],
  });
  expect(link).toMatchObject({ state: 'named', candidates: [{ eventName: 'RevokeSecurityGroupIngress' }] });
});

const tag = { Key: 'a', Value: 'b' };
test.each<[string, (clients: HoldingClients) => Promise<unknown>, string, string[]]>([
  [
    'AuthorizeSecurityGroupIngress',
    ({ ec2 }) =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: GROUP,
          IpPermissions: [{ ...open, ToPort: 23 }],
        }),
      ),
    'AWS::EC2::SecurityGroup',
    [GROUP],
  ],
  [
    'ModifySecurityGroupRules',
    async ({ ec2 }) =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId: GROUP,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: await firstRule(ec2),
              SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' },
            },
          ],
        }),
      ),
    'AWS::EC2::SecurityGroup',
    [GROUP],
  ],
  [
    'DeleteSecurityGroup',
    ({ ec2 }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: SPARE })),
    'AWS::EC2::SecurityGroup',
    [SPARE],
  ],
  [
    'StopInstances',
    ({ ec2 }) => ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE] })),
    'AWS::EC2::Instance',
    [INSTANCE],
  ],
  [
    'MonitorInstances',
    ({ ec2 }) => ec2.send(new MonitorInstancesCommand({ InstanceIds: [INSTANCE] })),
    'AWS::EC2::Instance',
    [INSTANCE],
  ],
  [
    'ModifyInstanceMetadataOptions',
    ({ ec2 }) =>
      ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: INSTANCE, HttpTokens: 'required' })),
    'AWS::EC2::Instance',
    [INSTANCE],
  ],
  [
    'ModifyInstanceAttribute',
    ({ ec2 }) => ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: INSTANCE, Groups: [SPARE] })),
    'AWS::EC2::Instance',
    [INSTANCE],
  ],
  [
    'CreateTags',
    ({ ec2 }) => ec2.send(new CreateTagsCommand({ Resources: [INSTANCE, GROUP], Tags: [tag] })),
    'AWS::EC2::Instance',
    [INSTANCE],
  ],
  [
    'ModifyDBInstance',
    ({ rds }) =>
      rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', PubliclyAccessible: false })),
    'AWS::RDS::DBInstance',
    ['orders', 'db-ORDERS'],
  ],
  ['DisableKey', ({ kms }) => kms.send(new DisableKeyCommand({ KeyId: KEY })), 'AWS::KMS::Key', [KEY]],
  [
    'UpdateAccessKey',
    ({ iam }) =>
      iam.send(
        new UpdateAccessKeyCommand({
          UserName: 'deploy',
          AccessKeyId: 'AKIAEXAMPLE0000000001',
          Status: 'Inactive',
        }),
      ),
    'AWS::IAM::User',
    ['deploy'],
  ],
])('the record of %s names what was changed', async (eventName, call, type, ids) => {
  const all = await started();
  await call(all);
  const record = recordsIn(await heard(all.aws)).find((one) => one.eventName === eventName);
  if (!record) throw new Error(`no record of ${eventName}`);
  const named = resourcesNamed(record).filter((one) => one.type === type);
  expect(named.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(record.awsRegion).toBe(eventName === 'UpdateAccessKey' ? 'us-east-1' : 'eu-central-1');
  expect(all.aws.records.map((one) => one['eventID'])).toContain(record.eventID);
});

test.each<[string, (ec2: EC2Client) => Promise<unknown>, object]>([
  [
    'older operations: names as in XML, lists as items',
    (ec2) =>
      ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: 'new',
          Description: 'new',
          VpcId: VPC,
          TagSpecifications: [{ ResourceType: 'security-group', Tags: [tag] }],
        }),
      ),
    {
      requestParameters: {
        groupName: 'new',
        groupDescription: 'new',
        vpcId: VPC,
        tagSpecificationSet: {
          items: [{ resourceType: 'security-group', tags: [{ key: 'a', value: 'b' }] }],
        },
      },
      responseElements: { groupId: expect.stringMatching(/^sg-/), requestId: expect.any(String) },
    },
  ],
  [
    'permissions',
    (ec2) => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, IpPermissions: [open] })),
    {
      requestParameters: {
        groupId: GROUP,
        ipPermissions: {
          items: [
            { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
          ],
        },
      },
      responseElements: { _return: true },
    },
  ],
  [
    'ids of instances',
    (ec2) => ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE], Force: true })),
    {
      requestParameters: { force: true, instancesSet: { items: [{ instanceId: INSTANCE }] } },
      responseElements: {
        instancesSet: { items: [{ instanceId: INSTANCE, currentState: { code: 64, name: 'stopping' } }] },
      },
    },
  ],
  [
    'newer operations: the request by its name',
    (ec2) =>
      ec2.send(
        new CreateFlowLogsCommand({
          ResourceIds: [VPC],
          ResourceType: 'VPC',
          TrafficType: 'REJECT',
          LogDestinationType: 's3',
          LogDestination: 'arn:aws:s3:::flow',
        }),
      ),
    {
      requestParameters: {
        CreateFlowLogsRequest: {
          ResourceId: { tag: 1, content: VPC },
          ResourceType: 'VPC',
          TrafficType: 'REJECT',
          LogDestinationType: 's3',
        },
      },
      responseElements: {
        CreateFlowLogsResponse: {
          xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
          unsuccessful: '',
          flowLogIdSet: { item: expect.stringMatching(/^fl-/) },
        },
      },
    },
  ],
  [
    'snapshots of an instance',
    (ec2) => ec2.send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: INSTANCE } })),
    { requestParameters: { CreateSnapshotsRequest: { InstanceSpecification: { InstanceId: INSTANCE } } } },
  ],
])('EC2 is recorded in its own two ways: %s', async (_, call, expected) => {
  const { aws, ec2 } = await started();
  await call(ec2);
  expect(aws.records).toMatchObject([expected]);
});

const revoke = (parts: object = {}) =>
  new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, IpPermissions: [open], ...parts });

test.each<[string, (aws: TestAws, ec2: EC2Client) => Promise<unknown>, string]>([
  ['a dry run', (_, ec2) => ec2.send(revoke({ DryRun: true })), 'Client.DryRunOperation'],
  ['what is not there', (_, ec2) => ec2.send(revoke({ GroupId: 'sg-0f' })), 'Client.InvalidGroup.NotFound'],
  [
    'what is refused before it is done',
    (aws, ec2) => {
      aws.fail(() => ({ code: 'RequestLimitExceeded', statusCode: 503 }));
      return ec2.send(revoke());
    },
    'Server.RequestLimitExceeded',
  ],
])('%s is recorded with its error, and changes nothing', async (_, call, errorCode) => {
  const { aws, ec2 } = await started();
  await expect(call(aws, ec2)).rejects.toThrow();
  expect(aws.records).toMatchObject([{ errorCode, responseElements: null }]);
  expect(itemsIn(await heard(aws))).toEqual([]);
});

test('a call without the right is recorded as denied', async () => {
  const { aws, ec2 } = await startHoldingAws([]);
  aws.ec2.putSecurityGroup({ GroupId: GROUP, VpcId: VPC, IpPermissions: [open] });
  await expect(ec2.send(revoke())).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  expect(aws.records).toMatchObject([
    { errorCode: 'Client.UnauthorizedOperation', errorMessage: expect.stringContaining('not authorized') },
  ]);
});

test.each([true, false])(
  'a call whose answer is lost has worked, and is recorded once (disconnected: %s)',
  async (disconnect) => {
    const { aws, ec2 } = await started();
    aws.fail(() => ({ code: 'InternalError', after: true, disconnect }));
    await expect(ec2.send(revoke())).rejects.toThrow();
    expect(aws.records).toMatchObject([
      { eventName: 'RevokeSecurityGroupIngress', responseElements: { _return: true } },
    ]);
    expect(aws.records[0]).not.toHaveProperty('errorCode');
  },
);

test('an instance is told of when it has got there, and the rule is content', async () => {
  const { aws, ec2 } = await started();
  await ec2.send(new MonitorInstancesCommand({ InstanceIds: [INSTANCE] }));
  const last = itemsIn(await heard(aws)).at(-1);
  expect(last?.diff).toMatchObject([
    { path: 'configuration.Monitoring.State', before: 'disabled', after: 'enabled' },
  ]);
  expect(said(monitoring, last?.event.detail['configurationItem'])).toMatchObject({
    compliance: 'COMPLIANT',
  });
});

test('a DB instance is told of once the change is made, with what is pending', async () => {
  const { aws, rds } = await started();
  const DBInstanceIdentifier = 'orders';
  await rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier, PubliclyAccessible: false, MultiAZ: true }),
  );
  const [{ item, event, diff } = {}] = itemsIn(await heard(aws));
  expect(said(noPublicDatabase, event?.detail['configurationItem'])).toMatchObject({
    compliance: 'COMPLIANT',
  });
  expect(item).toMatchObject({
    resourceId: 'db-ORDERS',
    resourceName: 'orders',
    configuration: {
      dBInstanceIdentifier: 'orders',
      pendingModifiedValues: { multiAZ: true },
      multiAZ: false,
    },
  });
  expect(diff?.map(({ path }) => path).sort()).toEqual([
    'configuration.PendingModifiedValues.MultiAZ',
    'configuration.PubliclyAccessible',
  ]);
});

test('groups that an instance gains and loses are told of, too', async () => {
  const { aws, ec2 } = await started();
  await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: INSTANCE, Groups: [SPARE] }));
  const told = itemsIn(await heard(aws)).map(({ item }) => [item.resourceId, item.relationships.length]);
  expect(told).toEqual([
    [GROUP, 1],
    [SPARE, 3],
    [INSTANCE, expect.any(Number)],
  ]);
});

test('a group that is made, and one that is deleted', async () => {
  const { aws, ec2 } = await started();
  await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'new', Description: 'new', VpcId: VPC }));
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: SPARE }));
  expect(
    itemsIn(await heard(aws)).map(({ item }) => [item.configurationItemStatus, item.configuration]),
  ).toEqual([
    ['ResourceDiscovered', expect.objectContaining({ groupName: 'new' })],
    ['ResourceDeleted', null],
  ]);
});

test('the door puts in what the scenario needs', async () => {
  const { aws, ec2 } = await startHoldingAws();
  const put = (body: unknown) =>
    fetch(`${aws.url}/_trailseal/resources`, { method: 'PUT', body: JSON.stringify(body) });
  const group = { GroupId: GROUP, VpcId: VPC, IpPermissions: [open] };
  await put([{ type: 'AWS::EC2::SecurityGroup', resource: group }]);
  await expect(firstRule(ec2)).resolves.toMatch(/^sgr-/);
  const wrong = await put({ type: 'AWS::EC2::Toaster', resource: {} });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain('AWS::EC2::SecurityGroup');
});
