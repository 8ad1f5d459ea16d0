import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAws } from './aws';
import type { JsonObject } from './json';
import { sampleTrailSteps } from './sample-trail';
import type { ActivityRecord } from './services/cloudtrail-activity';

interface Change {
  /** What somebody did, in a line. */
  says: string;
  /** The call that does it, as far as it differs from others. */
  call: { eventSource: string; eventName: string; by: keyof typeof people; requestParameters: object };
  item: JsonObject;
  diff: JsonObject;
}

/** When the calls of the story are made, in the last hour that CloudTrail has delivered. */
const minutesBefore = { first: 40, each: 5 };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const GROUP = 'sg-0a1b2c3d4e5f60718';
const BUCKET = 'example-corp-reports';

const BETWEEN_STEPS = 700;
const LONGEST_STEP = 10_000;

/**
 * Three mistakes and one correction, as CloudTrail and AWS Config would report them; then the log of CloudTrail, in
 * which the calls stand, and its forgery.
 */
export async function playScenario(
  aws: LocalAws,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { accountId, region } = aws.stack.options;
  const lastHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const story = changes(accountId, region).map((change, index) => {
    const at = lastHour - (minutesBefore.first - index * minutesBefore.each) * MINUTE_MS;
    return { ...change, record: recordOf(change, { accountId, region, at }), at };
  });
  const steps: { says: string; play(): unknown }[] = [
    ...story.map(({ says, record, item, diff, at }) => ({
      says,
      play() {
        aws.cloudtrail.remember([record]);
        aws.putEvents(activityEvent(record, accountId, region));
        aws.putEvents(configEvent({ item, diff }, accountId, region, new Date(at + MINUTE_MS)));
      },
    })),
    ...sampleTrailSteps(
      aws,
      lastHour,
      story.map(({ record }) => record),
    ),
  ];
  for (const step of steps) {
    if (stopped.aborted) return;
    say(`▶ ${step.says}`);
    await step.play();
    // A step whose alert is late doesn't hold up the next.
    await aws.idle({ timeoutMs: LONGEST_STEP }).catch(() => undefined);
    await sleep(BETWEEN_STEPS, undefined, { signal: stopped }).catch(() => undefined);
  }
}

/** An `AWS API Call via CloudTrail` event around a record. */
const activityEvent = (record: ActivityRecord, account: string, region: string): JsonObject => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: `aws.${String(record['eventSource']).replace('.amazonaws.com', '')}`,
  account,
  region,
  time: record['eventTime'],
  resources: [],
  detail: record,
});

const people = {
  alice: { ip: '198.51.100.24', agent: 'aws-cli/2.15.0 md/awscrt#0.19.19', mfa: 'true' },
  bruno: { ip: '203.0.113.99', agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0', mfa: 'false' },
} as const;

function recordOf(
  { call: { by, ...call } }: Change,
  { accountId, region, at }: { accountId: string; region: string; at: number },
): ActivityRecord {
  const { ip, agent, mfa } = people[by];
  const eventTime = new Date(at).toISOString().replace('.000Z', 'Z');
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLEENGINEER01:${by}`,
      arn: `arn:aws:sts::${accountId}:assumed-role/engineer/${by}`,
      accountId,
      accessKeyId: `ASIAEXAMPLE${by.toUpperCase()}0001`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLEENGINEER01',
          arn: `arn:aws:iam::${accountId}:role/engineer`,
          accountId,
          userName: 'engineer',
        },
        attributes: { creationDate: eventTime, mfaAuthenticated: mfa },
      },
    },
    eventTime,
    awsRegion: region,
    sourceIPAddress: ip,
    userAgent: agent,
    responseElements: { requestId: randomUUID(), _return: true },
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    ...call,
  };
}

/** A `Config Configuration Item Change` event around a change. */
function configEvent(
  { item, diff }: Pick<Change, 'item' | 'diff'>,
  account: string,
  region: string,
  at: Date,
): JsonObject {
  const captured = at.toISOString();
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
        configurationStateId: at.getTime(),
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
      call: {
        eventSource: 'ec2.amazonaws.com',
        eventName: 'AuthorizeSecurityGroupIngress',
        by: 'bruno',
        requestParameters: {
          groupId: GROUP,
          ipPermissions: {
            items: [
              {
                ipProtocol: 'tcp',
                fromPort: 22,
                toPort: 22,
                groups: {},
                ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
                ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
                prefixListIds: {},
              },
            ],
          },
        },
      },
      item: securityGroup(account, region, [closed, open]),
      diff: {
        'Configuration.IpPermissions.1': { previousValue: null, updatedValue: open, changeType: 'CREATE' },
      },
    },
    {
      says: 'Somebody closes the security group again',
      call: {
        eventSource: 'ec2.amazonaws.com',
        eventName: 'RevokeSecurityGroupIngress',
        by: 'alice',
        requestParameters: {
          groupId: GROUP,
          ipPermissions: {},
          securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-0123456789abcdef0' }] },
        },
      },
      item: securityGroup(account, region, [closed]),
      diff: {
        'Configuration.IpPermissions.1': { previousValue: open, updatedValue: null, changeType: 'DELETE' },
      },
    },
    {
      says: 'Somebody removes the public access block of a bucket',
      call: {
        eventSource: 's3.amazonaws.com',
        eventName: 'DeleteBucketPublicAccessBlock',
        by: 'bruno',
        requestParameters: { publicAccessBlock: '', bucketName: BUCKET },
      },
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
      call: {
        eventSource: 'rds.amazonaws.com',
        eventName: 'ModifyDBInstance',
        by: 'alice',
        requestParameters: {
          dBInstanceIdentifier: 'orders',
          publiclyAccessible: true,
          applyImmediately: true,
        },
      },
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
  resourceId: GROUP,
  resourceName: 'web-servers',
  ARN: `arn:aws:ec2:${region}:${account}:security-group/${GROUP}`,
  availabilityZone: 'Not Applicable',
  relationships: [
    {
      resourceId: 'vpc-0f1e2d3c4b5a69788',
      resourceName: null,
      resourceType: 'AWS::EC2::VPC',
      name: 'Is contained in Vpc',
    },
    {
      resourceId: 'eni-0d1c2b3a495867f0e',
      resourceName: null,
      resourceType: 'AWS::EC2::NetworkInterface',
      name: 'Is associated with NetworkInterface',
    },
  ],
  configuration: {
    description: 'web servers behind the load balancer',
    groupName: 'web-servers',
    ipPermissions,
    ownerId: account,
    groupId: GROUP,
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

const TLS_ONLY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

const bucket = (account: string, region: string): JsonObject => ({
  resourceType: 'AWS::S3::Bucket',
  resourceId: BUCKET,
  resourceName: BUCKET,
  ARN: `arn:aws:s3:::${BUCKET}`,
  availabilityZone: 'Regional',
  resourceCreationTime: '2024-03-05T09:12:44.000Z',
  configuration: {
    name: BUCKET,
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
    BucketPolicy: { policyText: TLS_ONLY },
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
