export interface Change {
  readonly resourceId: string;
  readonly open: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A `Config Configuration Item Change` event about a security group, open to the world on port 22 or closed. */
export function itemChange({ resourceId, open, at }: Change) {
  const cidrIp = open ? '0.0.0.0/0' : '10.0.0.0/8';
  return configEvent(at, {
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId,
    ARN: `arn:aws:ec2:eu-central-1:123456789012:security-group/${resourceId}`,
    configuration: {
      groupId: resourceId,
      ipPermissions: [
        {
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          ipv4Ranges: [{ cidrIp }],
          ipv6Ranges: [],
          ipRanges: [cidrIp],
        },
      ],
    },
  });
}

/** The same about a database that is public: of what is critical each has an alert, however many come at once. */
export const publicDatabase = ({ resourceId, at }: Omit<Change, 'open'>) =>
  configEvent(at, {
    resourceType: 'AWS::RDS::DBInstance',
    resourceId,
    ARN: `arn:aws:rds:eu-central-1:123456789012:db:${resourceId}`,
    configuration: { dBInstanceIdentifier: resourceId, publiclyAccessible: true },
  });

interface Item {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly ARN: string;
  readonly configuration: object;
}

function configEvent(at: number, item: Item) {
  const captured = new Date(at).toISOString();
  return {
    version: '0',
    id: `${item.resourceId}-${at}`,
    'detail-type': 'Config Configuration Item Change',
    source: 'aws.config',
    account: '123456789012',
    time: captured,
    region: 'eu-central-1',
    resources: [],
    detail: {
      recordVersion: '1.3',
      messageType: 'ConfigurationItemChangeNotification',
      notificationCreationTime: captured,
      configurationItemDiff: null,
      configurationItem: {
        configurationItemVersion: '1.3',
        configurationItemCaptureTime: captured,
        configurationStateId: at,
        awsAccountId: '123456789012',
        configurationItemStatus: 'OK',
        resourceName: item.resourceId,
        awsRegion: 'eu-central-1',
        availabilityZone: 'Not Applicable',
        relatedEvents: [],
        relationships: [],
        tags: {},
        supplementaryConfiguration: {},
        ...item,
      },
    },
  };
}
