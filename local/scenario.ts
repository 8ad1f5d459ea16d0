import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAws } from './aws';
import type { JsonObject } from './json';
import { sampleTrailSteps } from './sample-trail';

interface Change {
  /** What somebody did, in a line. */
  says: string;
  item: JsonObject;
  diff: JsonObject;
}

const BETWEEN_STEPS = 700;
const LONGEST_STEP = 10_000;

/** Three mistakes and one correction, as AWS Config would report them; then the log of CloudTrail, and its forgery. */
export async function playScenario(
  aws: LocalAws,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { accountId, region } = aws.stack.options;
  for (const change of changes(accountId, region)) {
    if (stopped.aborted) return;
    say(`▶ ${change.says}`);
    aws.putEvents(asEvent(change, accountId, region, new Date()));
    // A step whose alert is late doesn't hold up the next.
    await aws.idle({ timeoutMs: LONGEST_STEP }).catch(() => undefined);
    await sleep(BETWEEN_STEPS, undefined, { signal: stopped }).catch(() => undefined);
  }
  for (const step of sampleTrailSteps(aws, new Date())) {
    if (stopped.aborted) return;
    say(`▶ ${step.says}`);
    await step.play();
    await aws.idle({ timeoutMs: LONGEST_STEP }).catch(() => undefined);
    await sleep(BETWEEN_STEPS, undefined, { signal: stopped }).catch(() => undefined);
  }
}

/** A `Config Configuration Item Change` event around a change that was recorded just now. */
function asEvent({ item, diff }: Change, account: string, region: string, now: Date): JsonObject {
  const captured = now.toISOString();
  return {
    version: '0',
    'detail-type': 'Config Configuration Item Change',
    source: 'aws.config',
    account,
    region,
    time: captured.replace(/\.\d+Z$/, 'Z'),
    resources: [item['ARN']],
    detail: {
      recordVersion: '1.3',
      messageType: 'ConfigurationItemChangeNotification',
      configurationItemDiff: { changedProperties: diff, changeType: 'UPDATE' },
      notificationCreationTime: captured,
      configurationItem: {
        relatedEvents: [],
        relationships: [],
        supplementaryConfiguration: {},
        tags: {},
        configurationItemVersion: '1.3',
        configurationItemCaptureTime: captured,
        configurationStateId: now.getTime(),
        awsAccountId: account,
        configurationItemStatus: 'OK',
        awsRegion: region,
        configurationStateMd5Hash: '',
        resourceCreationTime: null,
        ...item,
      },
    },
  };
}

function changes(account: string, region: string): Change[] {
  const closed = {
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    userIdGroupPairs: [],
    prefixListIds: [],
    ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }],
    ipv6Ranges: [],
    ipRanges: ['10.0.0.0/8'],
  };
  const open = {
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    userIdGroupPairs: [],
    prefixListIds: [],
    ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
    ipv6Ranges: [{ cidrIpv6: '::/0' }],
    ipRanges: ['0.0.0.0/0'],
  };
  return [
    {
      says: 'Somebody opens SSH of a security group to the world, over IPv4 and IPv6',
      item: securityGroup(account, region, [closed, open]),
      diff: {
        'Configuration.IpPermissions.1': { previousValue: null, updatedValue: open, changeType: 'CREATE' },
      },
    },
    {
      says: 'Somebody closes the security group again',
      item: securityGroup(account, region, [closed]),
      diff: {
        'Configuration.IpPermissions.1': { previousValue: open, updatedValue: null, changeType: 'DELETE' },
      },
    },
    {
      says: 'Somebody removes the public access block of a bucket',
      item: bucket(account, region),
      diff: {
        'SupplementaryConfiguration.PublicAccessBlockConfiguration': {
          previousValue: {
            blockPublicAcls: true,
            ignorePublicAcls: true,
            blockPublicPolicy: true,
            restrictPublicBuckets: true,
          },
          updatedValue: null,
          changeType: 'DELETE',
        },
      },
    },
    {
      says: 'Somebody makes a database publicly accessible',
      item: database(account, region),
      diff: {
        'Configuration.PubliclyAccessible': {
          previousValue: false,
          updatedValue: true,
          changeType: 'UPDATE',
        },
      },
    },
  ];
}

const securityGroup = (account: string, region: string, ipPermissions: object[]): JsonObject => ({
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0a1b2c3d4e5f60718',
  resourceName: 'web-servers',
  ARN: `arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`,
  availabilityZone: 'Not Applicable',
  relationships: [
    {
      resourceId: 'vpc-0f1e2d3c4b5a69788',
      resourceName: null,
      resourceType: 'AWS::EC2::VPC',
      name: 'Is contained in Vpc',
    },
  ],
  configuration: {
    description: 'web servers behind the load balancer',
    groupName: 'web-servers',
    ipPermissions,
    ownerId: account,
    groupId: 'sg-0a1b2c3d4e5f60718',
    ipPermissionsEgress: [
      {
        ipProtocol: '-1',
        ipv6Ranges: [],
        prefixListIds: [],
        userIdGroupPairs: [],
        ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
        ipRanges: ['0.0.0.0/0'],
      },
    ],
    tags: [],
    vpcId: 'vpc-0f1e2d3c4b5a69788',
  },
});

const bucket = (account: string, region: string): JsonObject => ({
  resourceType: 'AWS::S3::Bucket',
  resourceId: 'example-corp-reports',
  resourceName: 'example-corp-reports',
  ARN: 'arn:aws:s3:::example-corp-reports',
  availabilityZone: 'Regional',
  resourceCreationTime: '2024-03-05T09:12:44.000Z',
  configuration: {
    name: 'example-corp-reports',
    owner: { displayName: null, id: 'e7c8bb65a5fc49cf906715eae09de9e4bb7861a96361ba79b833aa45f6833b15' },
    creationDate: '2024-03-05T09:12:44.000Z',
    region,
  },
  supplementaryConfiguration: {
    AccessControlList: JSON.stringify({
      grantSet: null,
      grantList: [
        {
          grantee: {
            id: 'e7c8bb65a5fc49cf906715eae09de9e4bb7861a96361ba79b833aa45f6833b15',
            displayName: null,
          },
          permission: 'FullControl',
        },
      ],
      owner: { displayName: null, id: 'e7c8bb65a5fc49cf906715eae09de9e4bb7861a96361ba79b833aa45f6833b15' },
      isRequesterCharged: false,
    }),
    BucketLoggingConfiguration: { destinationBucketName: null, logFilePrefix: null },
    BucketNotificationConfiguration: { configurations: {} },
    BucketPolicy: { policyText: null },
    BucketVersioningConfiguration: { status: 'Enabled', isMfaDeleteEnabled: null },
    IsRequesterPaysEnabled: false,
    ServerSideEncryptionConfiguration: {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256', kmsMasterKeyID: null } }],
    },
  },
  tags: { owner: account },
});

const database = (account: string, region: string): JsonObject => ({
  resourceType: 'AWS::RDS::DBInstance',
  resourceId: 'db-Q7XNE2LMV5B4ZJ3KTR6WYD8HCA',
  resourceName: 'orders',
  ARN: `arn:aws:rds:${region}:${account}:db:orders`,
  availabilityZone: `${region}a`,
  resourceCreationTime: '2025-06-11T07:30:02.114Z',
  relationships: [
    {
      resourceId: 'sg-0a1b2c3d4e5f60718',
      resourceName: null,
      resourceType: 'AWS::EC2::SecurityGroup',
      name: 'Is associated with SecurityGroup',
    },
  ],
  configuration: {
    dBInstanceIdentifier: 'orders',
    dBInstanceClass: 'db.t4g.medium',
    engine: 'postgres',
    dBInstanceStatus: 'available',
    masterUsername: 'postgres',
    endpoint: {
      address: `orders.abcdefghijkl.${region}.rds.amazonaws.com`,
      port: 5432,
      hostedZoneId: 'Z1RLNUO7B9Q6NB',
    },
    allocatedStorage: 100,
    backupRetentionPeriod: 7,
    multiAZ: false,
    engineVersion: '17.4',
    autoMinorVersionUpgrade: true,
    publiclyAccessible: true,
    storageType: 'gp3',
    storageEncrypted: true,
    dbiResourceId: 'db-Q7XNE2LMV5B4ZJ3KTR6WYD8HCA',
    deletionProtection: true,
    iAMDatabaseAuthenticationEnabled: false,
  },
  supplementaryConfiguration: { Tags: [] },
});
