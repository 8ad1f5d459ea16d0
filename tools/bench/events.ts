export interface Change {
  readonly resourceId: string;
  readonly open: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A `Config Configuration Item Change` event about a security group, open to the world on port 22 or closed. */
export function itemChange({ resourceId, open, at }: Change) {
  const captured = new Date(at).toISOString();
  const cidrIp = open ? '0.0.0.0/0' : '10.0.0.0/8';
  return {
    version: '0',
    id: `${resourceId}-${at}`,
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
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId,
        resourceName: resourceId,
        ARN: `arn:aws:ec2:eu-central-1:123456789012:security-group/${resourceId}`,
        awsRegion: 'eu-central-1',
        availabilityZone: 'Not Applicable',
        relatedEvents: [],
        relationships: [],
        tags: {},
        supplementaryConfiguration: {},
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
      },
    },
  };
}
