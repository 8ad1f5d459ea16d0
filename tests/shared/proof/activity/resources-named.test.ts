import { parseCloudTrailRecord } from '../../../../shared/contracts/aws/cloudtrail-record';
import { effectOn, idsOf, resourcesNamed } from '../../../../shared/proof/activity/resources-named';

const record = (eventSource: string, eventName: string, requestParameters: unknown, parts = {}) =>
  parseCloudTrailRecord({
    eventID: 'e-1',
    eventName,
    eventSource: `${eventSource}.amazonaws.com`,
    eventTime: '2026-01-31T09:00:00Z',
    awsRegion: 'eu-west-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', accountId: '111122223333' },
    requestParameters,
    ...parts,
  });
const named = (...args: Parameters<typeof record>) =>
  resourcesNamed(record(...args)).map(({ type, id }) => `${type.slice('AWS::'.length)} ${id}`);

type Row = [name: string, source: string, api: string, request: unknown, parts: object, expected: string[]];
const rows: Row[] = [
  [
    'a group by its id',
    'ec2',
    'RevokeSecurityGroupIngress',
    { groupId: 'sg-1' },
    {},
    ['EC2::SecurityGroup sg-1'],
  ],
  [
    'a group by its name has its id in the answer',
    'ec2',
    'AuthorizeSecurityGroupIngress',
    { groupName: 'default' },
    {
      responseElements: {
        securityGroupRuleSet: { items: [{ groupId: 'sg-1', securityGroupRuleId: 'sgr-1' }] },
      },
    },
    ['EC2::SecurityGroup sg-1'],
  ],
  [
    'rules of a group by their ids',
    'ec2',
    'RevokeSecurityGroupIngress',
    { securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
    { responseElements: { revokedSecurityGroupRuleSet: { items: [{ groupId: 'sg-1' }] } } },
    ['EC2::SecurityGroup sg-1'],
  ],
  [
    'a request in its own envelope',
    'ec2',
    'ModifySecurityGroupRules',
    {
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-1',
        SecurityGroupRule: { SecurityGroupRuleId: 'sgr-1' },
      },
    },
    {},
    ['EC2::SecurityGroup sg-1'],
  ],
  [
    'a list of instances',
    'ec2',
    'StopInstances',
    { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
    {},
    ['EC2::Instance i-1', 'EC2::Instance i-2'],
  ],
  ['an empty list', 'ec2', 'StopInstances', { instancesSet: {} }, {}, []],
  [
    'instances that did not exist before, and not the group that they refer to',
    'ec2',
    'RunInstances',
    { instancesSet: { items: [{ imageId: 'ami-1' }] }, groupSet: { items: [{ groupId: 'sg-1' }] } },
    { responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }] } } },
    ['EC2::Instance i-1'],
  ],
  [
    'flow logs',
    'ec2',
    'DeleteFlowLogs',
    { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-1', tag: 1 } } },
    {},
    ['EC2::FlowLog fl-1'],
  ],
  [
    'several flow logs',
    'ec2',
    'DeleteFlowLogs',
    {
      DeleteFlowLogsRequest: {
        FlowLogId: [
          { content: 'fl-1', tag: 1 },
          { content: 'fl-2', tag: 2 },
        ],
      },
    },
    {},
    ['EC2::FlowLog fl-1', 'EC2::FlowLog fl-2'],
  ],
  [
    'new flow logs, and not what they watch',
    'ec2',
    'CreateFlowLogs',
    { CreateFlowLogsRequest: { ResourceId: { content: 'vpc-1' }, ResourceType: 'VPC' } },
    { responseElements: { CreateFlowLogsResponse: { flowLogIdSet: { item: 'fl-1' } } } },
    ['EC2::FlowLog fl-1'],
  ],
  [
    'tags on resources of several types',
    'ec2',
    'CreateTags',
    { resourcesSet: { items: [{ resourceId: 'i-1' }, { resourceId: 'sg-1' }, { resourceId: 'xyz-1' }] } },
    {},
    ['EC2::SecurityGroup sg-1', 'EC2::Instance i-1'],
  ],
  [
    'a gateway and its VPC',
    'ec2',
    'AttachInternetGateway',
    { internetGatewayId: 'igw-1', vpcId: 'vpc-1' },
    {},
    ['EC2::VPC vpc-1', 'EC2::InternetGateway igw-1'],
  ],
  [
    'an entry of a network ACL',
    'ec2',
    'CreateNetworkAclEntry',
    { networkAclId: 'acl-1' },
    {},
    ['EC2::NetworkAcl acl-1'],
  ],
  ['EBS encryption of a Region', 'ec2', 'DisableEbsEncryptionByDefault', {}, {}, ['::Account 111122223333']],
  [
    'a bucket',
    's3',
    'DeleteBucketPublicAccessBlock',
    { bucketName: 'my-bucket', publicAccessBlock: '' },
    {},
    ['S3::Bucket my-bucket'],
  ],
  [
    'a bucket by its ARN',
    's3',
    'PutBucketPolicy',
    null,
    { resources: [{ ARN: 'arn:aws:s3:::my-bucket', type: 'AWS::S3::Bucket' }] },
    ['S3::Bucket my-bucket'],
  ],
  [
    'an object is no bucket',
    's3',
    'PutBucketAcl',
    null,
    { resources: [{ ARN: 'arn:aws:s3:::my-bucket/key' }] },
    [],
  ],
  ['an object in a bucket', 's3', 'PutObject', { bucketName: 'my-bucket', key: 'k' }, {}, []],
  [
    'the account’s own block',
    's3',
    'PutAccountPublicAccessBlock',
    { host: ['111122223333.s3-control.eu-west-1.amazonaws.com'] },
    {},
    ['S3::AccountPublicAccessBlock 111122223333'],
  ],
  [
    'a database by both its names',
    'rds',
    'ModifyDBInstance',
    { dBInstanceIdentifier: 'orders' },
    { responseElements: { dBInstanceIdentifier: 'orders', dbiResourceId: 'db-ABC' } },
    ['RDS::DBInstance orders', 'RDS::DBInstance db-ABC'],
  ],
  [
    'tags on a snapshot',
    'rds',
    'AddTagsToResource',
    { resourceName: 'arn:aws:rds:eu-west-1:111122223333:snapshot:rds:nightly' },
    {},
    ['RDS::DBSnapshot rds:nightly'],
  ],
  [
    'tags on a cluster',
    'rds',
    'AddTagsToResource',
    { resourceName: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders' },
    {},
    ['RDS::DBCluster orders'],
  ],
  [
    'a copy, and not its source',
    'rds',
    'CopyDBSnapshot',
    { sourceDBSnapshotIdentifier: 'a', targetDBSnapshotIdentifier: 'b' },
    {},
    ['RDS::DBSnapshot b'],
  ],
  [
    'a role and a policy',
    'iam',
    'AttachRolePolicy',
    { roleName: 'web', policyArn: 'arn:aws:iam::111122223333:policy/team/read' },
    {},
    ['IAM::Role web', 'IAM::Policy read'],
  ],
  [
    'an inline policy is none of its own',
    'iam',
    'PutUserPolicy',
    { userName: 'alice', policyName: 'all' },
    {},
    ['IAM::User alice'],
  ],
  [
    'an access key and whose it is',
    'iam',
    'CreateAccessKey',
    null,
    { responseElements: { accessKey: { accessKeyId: 'AKIAEXAMPLE', userName: 'alice' } } },
    ['IAM::User alice', 'IAM::AccessKey AKIAEXAMPLE'],
  ],
  ['the password policy', 'iam', 'DeleteAccountPasswordPolicy', null, {}, ['::Account 111122223333']],
  [
    'a key by its ARN',
    'kms',
    'DisableKey',
    { keyId: 'arn:aws:kms:eu-west-1:111122223333:key/k-1' },
    {},
    ['KMS::Key k-1'],
  ],
  [
    'a key by an alias is in the resources',
    'kms',
    'PutKeyPolicy',
    { keyId: 'alias/orders' },
    { resources: [{ ARN: 'arn:aws:kms:eu-west-1:111122223333:key/k-1' }] },
    ['KMS::Key k-1'],
  ],
  [
    'a trail by its ARN',
    'cloudtrail',
    'StopLogging',
    { name: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main' },
    {},
    ['CloudTrail::Trail main'],
  ],
  [
    'a trail by its name',
    'cloudtrail',
    'PutEventSelectors',
    { trailName: 'main' },
    {},
    ['CloudTrail::Trail main'],
  ],
  ['a channel is no trail', 'cloudtrail', 'CreateServiceLinkedChannel', { name: 'main' }, {}, []],
  [
    'the recorder',
    'config',
    'StopConfigurationRecorder',
    { configurationRecorderName: 'default' },
    {},
    ['Config::ConfigurationRecorder default'],
  ],
  [
    'a function, its API’s version aside',
    'lambda',
    'UpdateFunctionCode20150331v2',
    { functionName: 'orders' },
    {},
    ['Lambda::Function orders'],
  ],
  [
    'a function by part of its ARN',
    'lambda',
    'AddPermission20150331v2',
    { functionName: '111122223333:function:orders:live' },
    {},
    ['Lambda::Function orders'],
  ],
  [
    'a function by its ARN',
    'lambda',
    'DeleteFunction20150331',
    { functionName: 'arn:aws:lambda:eu-west-1:111122223333:function:orders:7' },
    {},
    ['Lambda::Function orders'],
  ],
  [
    'a topic',
    'sns',
    'SetTopicAttributes',
    { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' },
    {},
    ['SNS::Topic alerts'],
  ],
  [
    'a new topic',
    'sns',
    'CreateTopic',
    { name: 'alerts' },
    { responseElements: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' } },
    ['SNS::Topic alerts'],
  ],
  [
    'a queue by its address',
    'sqs',
    'SetQueueAttributes',
    { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs.fifo' },
    {},
    ['SQS::Queue jobs.fifo'],
  ],
  ['a table', 'dynamodb', 'UpdateTable', { tableName: 'orders' }, {}, ['DynamoDB::Table orders']],
  [
    'a table by its ARN',
    'dynamodb',
    'TagResource',
    { resourceArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders' },
    {},
    ['DynamoDB::Table orders'],
  ],
  ['a detector', 'guardduty', 'UpdateDetector', { detectorId: 'd1' }, {}, ['GuardDuty::Detector d1']],
  ['what a detector has is none', 'guardduty', 'CreateThreatIntelSet', { detectorId: 'd1' }, {}, []],
  [
    'a log group',
    'logs',
    'PutRetentionPolicy',
    { logGroupName: '/aws/lambda/orders' },
    {},
    ['Logs::LogGroup /aws/lambda/orders'],
  ],
  [
    'a secret by its ARN',
    'secretsmanager',
    'RotateSecret',
    { secretId: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/orders-AbCdEf' },
    {},
    ['SecretsManager::Secret db/orders'],
  ],
  [
    'a call that failed names resources, too',
    'ec2',
    'DeleteVpc',
    { vpcId: 'vpc-1' },
    { errorCode: 'Client.DependencyViolation' },
    ['EC2::VPC vpc-1'],
  ],
  ['a service that is not known', 'toString', 'StopInstances', { instanceId: 'i-1' }, {}, []],
  ['parameters that were left out', 'ec2', 'StopInstances', null, {}, []],
  [
    'parameters of another shape',
    'ec2',
    'StopInstances',
    { instanceId: { deep: [7, null, true] }, instancesSet: [[[]]] },
    {},
    [],
  ],
  [
    'an ARN of another service',
    'dynamodb',
    'TagResource',
    { resourceArn: 'arn:aws:dax:eu-west-1:111122223333:table/orders' },
    {},
    [],
  ],
];

test.each(rows)('%s', (_name, source, api, request, parts, expected) => {
  expect(named(source, api, request, parts)).toEqual(expected);
});

test('an ARN takes the place of the bare name beside it', () => {
  const arn = 'arn:aws:s3:::my-bucket';
  expect(
    resourcesNamed(record('s3', 'PutBucketAcl', { bucketName: 'my-bucket' }, { resources: [{ ARN: arn }] })),
  ).toEqual([{ type: 'AWS::S3::Bucket', id: 'my-bucket', arn }]);
});

test('no more than some of a very long list', () => {
  const items = Array.from({ length: 5000 }, (_, index) => ({ instanceId: `i-${index}` }));
  expect(named('ec2', 'StopInstances', { instancesSet: { items } })).toHaveLength(200);
});

test.each([
  ['an instance', { resourceType: 'AWS::EC2::Instance', resourceId: 'i-1' }, ['i-1']],
  [
    'a database, which AWS Config knows by another id',
    {
      resourceType: 'AWS::RDS::DBInstance',
      resourceId: 'db-ABC',
      resourceName: 'orders',
      arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    },
    ['db-ABC', 'orders'],
  ],
  [
    'a role in a path',
    {
      resourceType: 'AWS::IAM::Role',
      resourceId: 'AROAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:role/team/web',
    },
    ['AROAEXAMPLE', 'web'],
  ],
  [
    'a queue',
    {
      resourceType: 'AWS::SQS::Queue',
      resourceId: 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs',
    },
    ['https://sqs.eu-west-1.amazonaws.com/111122223333/jobs', 'jobs'],
  ],
  [
    'a topic, whose id is its ARN',
    { resourceType: 'AWS::SNS::Topic', resourceId: 'arn:aws:sns:eu-west-1:111122223333:alerts' },
    ['arn:aws:sns:eu-west-1:111122223333:alerts', 'alerts'],
  ],
  [
    'a type that no table covers',
    { resourceType: 'AWS::Glue::Job', resourceId: 'j', resourceName: 'n' },
    ['j'],
  ],
])('%s goes by these', (_name, item, expected) => {
  expect(idsOf(item)).toEqual(expected);
});

test.each([
  [
    'a call that changes one list',
    'ec2',
    'AuthorizeSecurityGroupEgress',
    {},
    'EC2::SecurityGroup',
    ['configuration.ipPermissionsEgress', 'relationships'],
  ],
  ['a call that may touch anything', 'iam', 'UpdateUser', {}, 'IAM::User', 'everything'],
  ['a call that makes it', 'ec2', 'CreateSecurityGroup', {}, 'EC2::SecurityGroup', []],
  [
    'what an attribute is called',
    'sns',
    'SetTopicAttributes',
    { attributeName: 'Policy' },
    'SNS::Topic',
    ['configuration.Policy'],
  ],
  [
    'attributes by their keys',
    'sqs',
    'SetQueueAttributes',
    { attributes: { Policy: '' } },
    'SQS::Queue',
    ['configuration.LastModifiedTimestamp', 'configuration.Policy'],
  ],
  [
    'parameters by their names',
    'ec2',
    'ModifyInstanceAttribute',
    { instanceId: 'i-1', disableApiTermination: { value: false } },
    'EC2::Instance',
    ['configuration.disableApiTermination'],
  ],
  [
    'parameters that were left out',
    'cloudtrail',
    'UpdateTrail',
    null,
    'CloudTrail::Trail',
    ['configuration', 'relationships'],
  ],
  ['a call that shows nowhere', 'iam', 'CreateAccessKey', {}, 'IAM::User', []],
  ['a call that no table lists', 'ec2', 'FrobnicateInstance', {}, 'EC2::Instance', undefined],
  ['another type', 'ec2', 'StopInstances', {}, 'EC2::VPC', undefined],
])('touched by %s', (_name, source, api, request, type, expected) => {
  expect(effectOn(`AWS::${type}`, record(source, api, request))?.touches).toEqual(expected);
});
