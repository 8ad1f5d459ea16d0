import { ACCOUNT, REGION } from './local-aws';

/** What differs between the items of a test; everything else is as AWS Config sends it. */
export interface ItemParts {
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly capturedAt?: string;
  readonly stateId?: number;
  readonly status?: string;
  readonly configuration?: unknown;
  readonly supplementaryConfiguration?: unknown;
  readonly diff?: unknown;
}

const CAPTURED = '2026-01-31T09:00:00.000Z';

export const configurationItem = (parts: ItemParts = {}) => {
  const {
    resourceType = 'AWS::EC2::SecurityGroup',
    resourceId = 'sg-0123456789abcdef0',
    capturedAt = CAPTURED,
  } = parts;
  return {
    relatedEvents: [],
    relationships: [],
    configuration: 'configuration' in parts ? parts.configuration : openTo('0.0.0.0/0'),
    supplementaryConfiguration: parts.supplementaryConfiguration ?? {},
    tags: {},
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: capturedAt,
    configurationStateId: parts.stateId ?? Date.parse(capturedAt),
    awsAccountId: ACCOUNT,
    configurationItemStatus: parts.status ?? 'OK',
    resourceType,
    resourceId,
    resourceName: resourceId,
    ARN: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${resourceId}`,
    awsRegion: REGION,
    availabilityZone: 'Not Applicable',
    configurationStateMd5Hash: '',
    resourceCreationTime: null,
  };
};

/** A security group that admits these ranges to port 22; none closes it. */
export const openTo = (...cidrs: string[]) => ({
  description: 'bastion',
  groupName: 'bastion',
  groupId: 'sg-0123456789abcdef0',
  ownerId: ACCOUNT,
  vpcId: 'vpc-0123456789abcdef0',
  tags: [],
  ipPermissionsEgress: [],
  ipPermissions: cidrs.map((cidrIp) => ({
    fromPort: 22,
    toPort: 22,
    ipProtocol: 'tcp',
    ipv6Ranges: [],
    prefixListIds: [],
    userIdGroupPairs: [],
    ipv4Ranges: [{ cidrIp }],
    ipRanges: [cidrIp],
  })),
});

export const configEvent = (detail: unknown, parts: Record<string, unknown> = {}) => ({
  version: '0',
  id: '00000000-0000-0000-0000-000000000001',
  'detail-type': 'Config Configuration Item Change',
  source: 'aws.config',
  account: ACCOUNT,
  time: '2026-01-31T09:00:05Z',
  region: REGION,
  resources: [],
  detail,
  ...parts,
});

/** A `Config Configuration Item Change` event about such an item. */
export const itemChange = (parts: ItemParts = {}) =>
  configEvent({
    recordVersion: '1.3',
    messageType: 'ConfigurationItemChangeNotification',
    notificationCreationTime: parts.capturedAt ?? CAPTURED,
    configurationItemDiff: parts.diff ?? null,
    configurationItem: configurationItem(parts),
  });

/** The notice of an item too large for an event. */
export const oversizedChange = (parts: ItemParts = {}) => {
  const {
    configuration: _,
    supplementaryConfiguration: __,
    relationships: ___,
    ...summary
  } = configurationItem(parts);
  return configEvent({
    recordVersion: '1.0',
    messageType: 'OversizedConfigurationItemChangeNotification',
    notificationCreationTime: parts.capturedAt ?? CAPTURED,
    configurationItemSummary: { ...summary, changeType: 'UPDATE' },
    s3DeliverySummary: { s3BucketLocation: null, errorCode: null, errorMessage: null },
  });
};
