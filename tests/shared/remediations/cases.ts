import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { CloudState } from './cloud';
import { ACCOUNT, type Case, REGION } from './scene';

export const GROUP = 'sg-0a1b2c3d4e5f60718';
export const INSTANCE = 'i-0a1b2c3d4e5f60718';
export const VPC = 'vpc-0a1b2c3d';
export const BUCKET = 'orders-archive';
export const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
export const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const FLOW_LOG = 'fl-0a1b2c3d4e5f60718';

/** A rule as DescribeSecurityGroupRules shows it. */
export const rule = (id: string, more: JsonObject): JsonObject => ({
  SecurityGroupRuleId: `sgr-${id}`,
  GroupId: GROUP,
  GroupOwnerId: ACCOUNT,
  IsEgress: false,
  IpProtocol: 'tcp',
  Tags: [],
  ...more,
});

export const group = (GroupName = 'web', Tags: JsonObject[] = []): JsonObject => ({
  GroupId: GROUP,
  GroupName,
  Description: 'Web servers',
  VpcId: VPC,
  Tags,
});

export const groupCase = (rules: JsonObject[], more: Partial<Case> = {}): Case => ({
  name: 'a group',
  finding: { resourceType: 'AWS::EC2::SecurityGroup', resourceId: GROUP },
  cloud: { groups: [group()], rules },
  ...more,
});

const everywhere = { CidrIpv4: '0.0.0.0/0' };
const egress = rule('out', { IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1, ...everywhere });

/** One that has something of everything. */
export const mixedRules = [
  rule('ssh', {
    FromPort: 20,
    ToPort: 25,
    ...everywhere,
    Description: 'From everywhere',
    Tags: [{ Key: 'team', Value: 'web' }],
  }),
  rule('https', { FromPort: 443, ToPort: 443, ...everywhere }),
  rule('office', { FromPort: 22, ToPort: 22, CidrIpv4: '192.0.2.0/24', Description: 'Office' }),
  rule('self', {
    IpProtocol: '-1',
    FromPort: -1,
    ToPort: -1,
    ReferencedGroupInfo: { GroupId: GROUP, UserId: ACCOUNT },
  }),
  rule('list', { FromPort: 22, ToPort: 22, PrefixListId: 'pl-0a1b2c3d' }),
  egress,
];

export const instance = (more: JsonObject = {}): JsonObject => ({
  InstanceId: INSTANCE,
  State: { Code: 16, Name: 'running' },
  VpcId: VPC,
  RootDeviceType: 'ebs',
  Monitoring: { State: 'disabled' },
  MetadataOptions: {
    State: 'applied',
    HttpTokens: 'optional',
    HttpEndpoint: 'enabled',
    HttpPutResponseHopLimit: 2,
  },
  PublicIpAddress: '198.51.100.7',
  NetworkInterfaces: [
    {
      NetworkInterfaceId: 'eni-0a1b2c3d',
      VpcId: VPC,
      Groups: [{ GroupId: GROUP, GroupName: 'web' }],
      Association: { IpOwnerId: 'amazon', PublicIp: '198.51.100.7' },
    },
  ],
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0a1b2c3d', Status: 'attached' } }],
  Tags: [{ Key: 'Name', Value: 'web-1' }],
  ...more,
});

export const instanceCase = (cloud: Partial<CloudState>, more: Partial<Case> = {}): Case => ({
  name: 'an instance',
  finding: { resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE },
  cloud: { instances: [instance()], ...cloud },
  ...more,
});

/** The figure of each of the last days, newest first. */
export const daysOfCalls = (sums: readonly number[]): Record<string, JsonObject[]> => ({
  [INSTANCE]: sums.map((Sum, index) => ({
    Timestamp: new Date(Date.UTC(2026, 10, 28 - index, 12)).toISOString(),
    Sum,
    Unit: 'None',
  })),
});
export const noCalls = daysOfCalls(Array.from({ length: 14 }, () => 0));

export const quarantine: JsonObject = {
  GroupId: 'sg-0c0ffee0000000000',
  GroupName: 'trailseal-quarantine',
  VpcId: VPC,
  Description: 'No rules',
};

export const isolateCase = (cloud: Partial<CloudState> = {}, more: Partial<Case> = {}): Case =>
  instanceCase(
    {
      groups: [quarantine],
      autoScaling: [{ InstanceId: INSTANCE, AutoScalingGroupName: 'web' }],
      ...cloud,
    },
    more,
  );

export const bucketCase = (bucket: JsonObject, more: Partial<Case> = {}): Case => ({
  name: 'a bucket',
  finding: { resourceType: 'AWS::S3::Bucket', resourceId: BUCKET },
  cloud: { buckets: { [BUCKET]: { owner: ACCOUNT, ...bucket } } },
  ...more,
});

export const someBlock: JsonObject = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  },
};

export const somePolicy = JSON.stringify({
  Version: '2012-10-17',
  Id: 'archive',
  Statement: {
    Sid: 'Read',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: ['s3:GetObject'],
    Resource: `arn:aws:s3:::${BUCKET}/*`,
  },
});

export const trailCase = (trail: JsonObject, more: Partial<Case> = {}): Case => ({
  name: 'a trail',
  finding: { resourceType: 'AWS::CloudTrail::Trail', resourceId: 'main', arn: TRAIL },
  cloud: {
    trails: {
      [TRAIL]: {
        trail: { Name: 'main', TrailARN: TRAIL, HomeRegion: REGION, LogFileValidationEnabled: false },
        status: { IsLogging: false },
        tags: [{ Key: 'team', Value: 'security' }],
        ...trail,
      },
    },
  },
  ...more,
});

export const recorderCase = (recorders: JsonObject[], more: Partial<Case> = {}): Case => ({
  name: 'a recorder',
  finding: { resourceType: 'AWS::::Account', resourceId: ACCOUNT },
  cloud: { recorders },
  ...more,
});
export const stoppedRecorder = {
  name: 'default',
  roleARN: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
  recordingGroup: { allSupported: true, includeGlobalResourceTypes: true, resourceTypes: [] },
  recording: false,
};

export const vpcCase = (flowLogs: JsonObject[], more: Partial<Case> = {}): Case => ({
  name: 'a VPC',
  finding: { resourceType: 'AWS::EC2::VPC', resourceId: VPC },
  cloud: { vpcs: [{ VpcId: VPC, Tags: [] }], flowLogs },
  settings: { destination: { type: 's3', bucket: 'arn:aws:s3:::flow-logs/eu' } },
  ...more,
});
export const toLogGroup = {
  destination: { type: 'cloud-watch-logs', logGroup: '/vpc/flow', role: `arn:aws:iam::${ACCOUNT}:role/flow` },
};

export const deletedFlowLog = (configuration: JsonObject): Case => ({
  name: 'a deleted flow log',
  finding: { resourceType: 'AWS::EC2::FlowLog', resourceId: FLOW_LOG },
  cloud: {
    history: {
      [FLOW_LOG]: [
        { configurationItemStatus: 'ResourceDeleted', configuration: '' },
        { configurationItemStatus: 'OK', configuration: JSON.stringify(configuration) },
      ],
    },
  },
});
export const flowLogToGroup: JsonObject = {
  flowLogId: FLOW_LOG,
  resourceId: VPC,
  trafficType: 'REJECT',
  logDestinationType: 'cloud-watch-logs',
  logGroupName: '/vpc/flow',
  deliverLogsPermissionArn: `arn:aws:iam::${ACCOUNT}:role/flow`,
  logFormat: '${version} ${srcaddr}',
  maxAggregationInterval: 60,
  tags: [
    { key: 'Name', value: 'main' },
    { key: 'aws:cloudformation:stack-name', value: 'net' },
  ],
};
export const flowLogToBucket: JsonObject = {
  flowLogId: FLOW_LOG,
  resourceId: 'subnet-0a1b2c3d',
  trafficType: 'ALL',
  logDestinationType: 's3',
  logDestination: 'arn:aws:s3:::flow-logs',
  destinationOptions: { fileFormat: 'parquet', hiveCompatiblePartitions: true },
};

export const keyCase = (KeyState: string, more: JsonObject = {}): Case => ({
  name: `a key that is ${KeyState}`,
  finding: { resourceType: 'AWS::KMS::Key', resourceId: KEY },
  cloud: {
    keys: {
      [KEY]: {
        KeyId: KEY,
        Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY}`,
        KeyState,
        KeyManager: 'CUSTOMER',
        tags: [{ TagKey: 'team', TagValue: 'orders' }],
        ...more,
      },
    },
  },
});

export const databaseCase = (database: JsonObject = {}, more: Partial<Case> = {}): Case => ({
  name: 'a database',
  finding: { resourceType: 'AWS::RDS::DBInstance', resourceId: 'db-ABCDEFGHIJKL', resourceName: 'orders' },
  cloud: {
    databases: [
      {
        DBInstanceIdentifier: 'orders',
        DBInstanceStatus: 'available',
        PubliclyAccessible: true,
        PendingModifiedValues: { DBInstanceClass: 'db.r6g.large', MasterUserPassword: 'hunter2-secret' },
        TagList: [{ Key: 'team', Value: 'orders' }],
        ...database,
      },
    ],
  },
  ...more,
});

export const userCase = (keys: JsonObject[], more: Partial<Case> = {}): Case => ({
  name: 'a user',
  finding: {
    resourceType: 'AWS::IAM::User',
    region: 'global',
    resourceId: 'AIDAEXAMPLE',
    resourceName: 'deploy',
  },
  cloud: {
    users: {
      deploy: {
        user: { UserName: 'deploy', Arn: `arn:aws:iam::${ACCOUNT}:user/ci/deploy`, Tags: [] },
        keys,
      },
    },
  },
  ...more,
});
export const oldKey = { AccessKeyId: 'AKIAOLD', Status: 'Active', CreateDate: '2026-01-01T00:00:00.000Z' };
export const newKey = { AccessKeyId: 'AKIANEW', Status: 'Active', CreateDate: '2026-11-01T00:00:00.000Z' };

export const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:mend`;
export const functionCase = (settings: JsonObject = {}): Case => ({
  name: 'a function',
  finding: { resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE },
  settings: { function: FUNCTION, allowed: [FUNCTION], ...settings },
  cloud: {
    functions: {
      [FUNCTION]: {
        FunctionArn: FUNCTION,
        Version: '$LATEST',
        CodeSha256: 'abc=',
        State: 'Active',
        Environment: { Variables: { TOKEN: 'hunter2-secret' } },
      },
    },
  },
});

export const DOCUMENT = `arn:aws:ssm:${REGION}:${ACCOUNT}:document/Mend`;
export const documentCase = (settings: JsonObject = {}): Case => ({
  name: 'a document',
  finding: { resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE },
  settings: {
    document: DOCUMENT,
    version: '3',
    role: `arn:aws:iam::${ACCOUNT}:role/automation`,
    parameters: { InstanceId: ['{{resourceId}}'] },
    allowed: [DOCUMENT],
    ...settings,
  },
  cloud: {
    documents: { Mend: { Name: 'Mend', DocumentVersion: '3', DocumentType: 'Automation', Hash: 'abc' } },
  },
});

const { role: _role, ...withoutRole } = documentCase().settings ?? {};

/** For each remediation at least one state that it mends; together they need every right that it has. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  'sg-revoke-world-rule': [
    groupCase(mixedRules, { name: 'IPv4', control: 'sg-no-world-admin-ipv4' }),
    groupCase([rule('six', { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' })], {
      name: 'IPv6',
      control: 'sg-no-world-admin-ipv6',
    }),
  ],
  'sg-empty-default': [groupCase(mixedRules, { cloud: { groups: [group('default')], rules: mixedRules } })],
  'ec2-delete-security-group': [
    groupCase(mixedRules.slice(0, 4), {
      name: 'without egress',
      cloud: { groups: [group('web', [{ Key: 'team', Value: 'web' }])], rules: mixedRules.slice(0, 4) },
    }),
    groupCase(
      [
        egress,
        rule('dns', { IsEgress: true, IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv4: '10.0.0.2/32' }),
      ],
      {
        name: 'with egress',
      },
    ),
  ],
  'ec2-stop-instance': [instanceCase({})],
  'ec2-require-imdsv2': [instanceCase({ metrics: noCalls })],
  'ec2-enable-detailed-monitoring': [instanceCase({})],
  'ec2-isolate-instance': [
    isolateCase(),
    isolateCase({ autoScaling: [] }, { name: 'outside of Auto Scaling' }),
  ],
  's3-enable-block-public-access': [
    bucketCase({ block: someBlock }, { name: 'half a block' }),
    bucketCase({}, { name: 'no block', control: 'guardduty-s3-exposure' }),
  ],
  's3-enable-account-block-public-access': [
    {
      name: 'half a block',
      finding: { resourceType: 'AWS::S3::AccountPublicAccessBlock', resourceId: ACCOUNT },
      cloud: { accountBlock: someBlock },
    },
    { name: 'no block', finding: { resourceType: 'AWS::::Account', resourceId: ACCOUNT }, cloud: {} },
  ],
  's3-add-ssl-only-statement': [
    bucketCase({ policy: somePolicy }, { name: 'a policy' }),
    bucketCase({}, { name: 'no policy' }),
  ],
  's3-set-default-encryption': [
    bucketCase({}, { name: 'no encryption' }),
    bucketCase({ encryption: { Rules: [{ BucketKeyEnabled: true }] } }, { name: 'a rule without a default' }),
  ],
  'cloudtrail-start-logging': [trailCase({})],
  'cloudtrail-enable-validation': [trailCase({})],
  'config-start-recorder': [recorderCase([stoppedRecorder])],
  'vpc-create-flow-log': [
    vpcCase([], { name: 'to a bucket' }),
    vpcCase([{ FlowLogId: 'fl-0', FlowLogStatus: 'ACTIVE', ResourceId: VPC, TrafficType: 'ACCEPT' }], {
      name: 'to a log group',
      settings: toLogGroup,
    }),
  ],
  'vpc-recreate-flow-log': [
    { ...deletedFlowLog(flowLogToGroup), name: 'to a log group' },
    { ...deletedFlowLog(flowLogToBucket), name: 'to a bucket' },
  ],
  'kms-cancel-deletion': [
    keyCase('PendingDeletion'),
    { ...keyCase('Disabled'), control: 'activity-cmk-disable-or-delete' },
  ],
  'rds-disable-public-access': [databaseCase()],
  'iam-deactivate-access-key': [
    userCase([oldKey, newKey]),
    userCase([newKey], {
      name: 'a published key',
      control: 'trusted-advisor-exposed-keys',
      finding: { resourceType: 'AWS::IAM::User', resourceId: 'deploy', topic: 'AKIANEW' },
    }),
  ],
  'lambda-run-function': [functionCase()],
  'ssm-start-automation': [
    documentCase(),
    { ...documentCase(), name: 'in its own role', settings: withoutRole },
  ],
};
