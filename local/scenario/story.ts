import type { LocalAws } from '../aws';
import type { JsonObject } from '../json';

export const GROUP = 'sg-0a1b2c3d4e5f60718';
export const BUCKET = 'example-corp-reports';

export interface Change {
  /** What somebody did, in a line. */
  says: string;
  /** The call that does it, as far as it differs from others. */
  call: { eventSource: string; eventName: string; by: keyof typeof people; requestParameters: object };
  item: JsonObject;
  diff: JsonObject;
  /** What of it is not only told. */
  happens?(aws: LocalAws): void;
}

const VPC = 'vpc-0f1e2d3c4b5a69788';

/** What is there before anything happens: as much of it as is mended later. */
export function putThere({ ec2, s3 }: LocalAws): void {
  ec2.putVpc({ VpcId: VPC });
  putGroup(ec2, inside);
  ec2.putNetworkInterface({
    NetworkInterfaceId: 'eni-0d1c2b3a495867f0e',
    VpcId: VPC,
    SubnetId: 'subnet-0a1b2c3d4e5f60718',
    Groups: [{ GroupId: GROUP }],
  });
  s3.putBucket({ Name: BUCKET, Policy: TLS_ONLY, PublicAccessBlockConfiguration: blocked });
}

const inside = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
const world = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

const putGroup = (ec2: LocalAws['ec2'], ...IpPermissions: object[]) =>
  ec2.putSecurityGroup({
    GroupId: GROUP,
    GroupName: 'web-servers',
    Description: 'web servers behind the load balancer',
    VpcId: VPC,
    IpPermissions,
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });

const blocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const people = {
  alice: { ip: '198.51.100.24', agent: 'aws-cli/2.15.0 md/awscrt#0.19.19', mfa: 'true' },
  bruno: { ip: '203.0.113.99', agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0', mfa: 'false' },
} as const;

/** What somebody does. */
export function changes(account: string, region: string) {
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
    ipv6Ranges: [],
    ipRanges: ['0.0.0.0/0'],
  };
  return {
    opened: {
      says: 'Somebody opens SSH of a security group to the world',
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
                ipv6Ranges: {},
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
      happens: ({ ec2 }) => putGroup(ec2, inside, world),
    },
    closed: {
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
      happens: ({ ec2 }) => putGroup(ec2, inside),
    },
    unblocked: {
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
      happens: ({ s3 }) => s3.putBucket({ Name: BUCKET, PublicAccessBlockConfiguration: {} }),
    },
    /** As AWS Config tells of the bucket when it is mended. */
    blocked: {
      item: bucket(account, region, {
        PublicAccessBlockConfiguration: {
          blockPublicAcls: true,
          ignorePublicAcls: true,
          blockPublicPolicy: true,
          restrictPublicBuckets: true,
        },
      }),
      diff: {
        'SupplementaryConfiguration.PublicAccessBlockConfiguration': {
          previousValue: null,
          updatedValue: {
            blockPublicAcls: true,
            ignorePublicAcls: true,
            blockPublicPolicy: true,
            restrictPublicBuckets: true,
          },
          changeType: 'CREATE',
        },
      },
    },
    exposed: {
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
  } satisfies Readonly<Record<string, Change | Pick<Change, 'item' | 'diff'>>>;
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

const bucket = (account: string, region: string, more: JsonObject = {}): JsonObject => ({
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
    ...more,
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
