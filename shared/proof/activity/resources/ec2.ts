import { type ResourceCalls, type ServiceCalls, TAGS } from './resource-calls';

/** Ids of EC2 tell their type by how they begin, in whichever parameter they stand. */
const ofEc2 = (
  type: string,
  prefix: string,
  arn: string,
  rest: Omit<ResourceCalls, 'type' | 'arn' | 'text'>,
) => ({
  type,
  arn: new RegExp(`^${arn}/(${prefix}-.+)$`),
  text: new RegExp(`^(${prefix}-.+)$`),
  ...rest,
  // CreateTags and DeleteTags name what they tag, of any type, in one list.
  named: ['resourcesSet.resourceId', ...rest.named],
  calls: { 'CreateTags DeleteTags': TAGS, ...rest.calls },
});

const SECURITY_GROUPS = [
  'configuration.securityGroups',
  'configuration.networkInterfaces.groups',
  'relationships',
];

export const ec2: ServiceCalls = {
  eventSource: 'ec2.amazonaws.com',
  types: [
    ofEc2('AWS::EC2::SecurityGroup', 'sg', 'security-group', {
      // The default VPC's groups may be named by a name that is theirs in each VPC; then the answer has the id.
      named: ['groupId', 'securityGroupRuleSet.groupId', 'revokedSecurityGroupRuleSet.groupId'],
      onlyListed: true,
      creates: 'CreateSecurityGroup',
      deletes: 'DeleteSecurityGroup',
      calls: {
        'AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress':
          ['configuration.ipPermissions', 'relationships'],
        'AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress UpdateSecurityGroupRuleDescriptionsEgress': [
          'configuration.ipPermissionsEgress',
          'relationships',
        ],
        ModifySecurityGroupRules: [
          'configuration.ipPermissions',
          'configuration.ipPermissionsEgress',
          'relationships',
        ],
        'AssociateSecurityGroupVpc DisassociateSecurityGroupVpc': ['relationships'],
      },
    }),
    ofEc2('AWS::EC2::Instance', 'i', 'instance', {
      named: ['instanceId', 'instancesSet.instanceId', 'attachment.instanceId'],
      creates: 'RunInstances',
      deletes: 'TerminateInstances',
      calls: {
        'StartInstances StopInstances RebootInstances TerminateInstances': [
          'configuration.state',
          'configuration.stateReason',
          'configuration.stateTransitionReason',
          'configuration.launchTime',
          'configuration.publicIpAddress',
          'configuration.publicDnsName',
          'configuration.networkInterfaces',
          'configuration.usageOperationUpdateTime',
        ],
        'MonitorInstances UnmonitorInstances': ['configuration.monitoring'],
        ModifyInstanceMetadataOptions: ['configuration.metadataOptions'],
        ModifyInstanceAttribute: {
          parameters: {
            groupSet: SECURITY_GROUPS,
            blockDeviceMapping: ['configuration.blockDeviceMappings'],
            // What is modified, as some callers name it.
            attribute: [],
            value: ['configuration'],
            instanceId: [],
          },
        },
        'AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation DisassociateIamInstanceProfile': [
          'configuration.iamInstanceProfile',
          'relationships',
        ],
        'AttachVolume DetachVolume': ['configuration.blockDeviceMappings', 'relationships'],
        'AttachNetworkInterface DetachNetworkInterface': [
          'configuration.networkInterfaces',
          ...SECURITY_GROUPS,
        ],
        'AssociateAddress DisassociateAddress': [
          'configuration.publicIpAddress',
          'configuration.publicDnsName',
          'configuration.networkInterfaces',
          'relationships',
        ],
        ModifyInstancePlacement: ['configuration.placement'],
        ModifyInstanceCapacityReservationAttributes: ['configuration.capacityReservationSpecification'],
        ModifyInstanceMaintenanceOptions: ['configuration.maintenanceOptions'],
        ModifyPrivateDnsNameOptions: ['configuration.privateDnsNameOptions'],
        'ModifyInstanceCreditSpecification CreateImage CreateSnapshots SendDiagnosticInterrupt': [],
      },
    }),
    ofEc2('AWS::EC2::VPC', 'vpc', 'vpc', {
      named: ['vpcId', 'vpc.vpcId'],
      onlyListed: true,
      creates: 'CreateVpc CreateDefaultVpc',
      deletes: 'DeleteVpc',
      calls: {
        'AssociateVpcCidrBlock DisassociateVpcCidrBlock': [
          'configuration.cidrBlockAssociationSet',
          'configuration.ipv6CidrBlockAssociationSet',
        ],
        AssociateDhcpOptions: ['configuration.dhcpOptionsId'],
        ModifyVpcTenancy: ['configuration.instanceTenancy'],
        // Neither of what it modifies shows in the item.
        ModifyVpcAttribute: [],
        'CreateSubnet CreateSecurityGroup CreateRouteTable CreateNetworkAcl AttachInternetGateway DetachInternetGateway AttachVpnGateway DetachVpnGateway':
          ['relationships'],
      },
    }),
    ofEc2('AWS::EC2::Subnet', 'subnet', 'subnet', {
      named: ['subnetId', 'subnet.subnetId'],
      onlyListed: true,
      creates: 'CreateSubnet CreateDefaultSubnet',
      deletes: 'DeleteSubnet',
      calls: {
        ModifySubnetAttribute: { parameters: { subnetId: [] } },
        'AssociateSubnetCidrBlock DisassociateSubnetCidrBlock': ['configuration.ipv6CidrBlockAssociationSet'],
        'AssociateRouteTable CreateNatGateway CreateNetworkInterface RunInstances': [
          'configuration.availableIpAddressCount',
          'relationships',
        ],
      },
    }),
    ofEc2('AWS::EC2::NetworkAcl', 'acl', 'network-acl', {
      named: ['networkAclId', 'networkAcl.networkAclId'],
      creates: 'CreateNetworkAcl',
      deletes: 'DeleteNetworkAcl',
      calls: {
        'CreateNetworkAclEntry ReplaceNetworkAclEntry DeleteNetworkAclEntry': ['configuration.entries'],
        ReplaceNetworkAclAssociation: ['configuration.associations', 'relationships'],
      },
    }),
    ofEc2('AWS::EC2::RouteTable', 'rtb', 'route-table', {
      named: ['routeTableId', 'routeTable.routeTableId'],
      creates: 'CreateRouteTable',
      deletes: 'DeleteRouteTable',
      calls: {
        'CreateRoute ReplaceRoute DeleteRoute': ['configuration.routes', 'relationships'],
        'AssociateRouteTable ReplaceRouteTableAssociation': ['configuration.associations', 'relationships'],
        'EnableVgwRoutePropagation DisableVgwRoutePropagation': [
          'configuration.propagatingVgws',
          'configuration.routes',
        ],
      },
    }),
    ofEc2('AWS::EC2::InternetGateway', 'igw', 'internet-gateway', {
      named: ['internetGatewayId', 'internetGateway.internetGatewayId'],
      onlyListed: true,
      creates: 'CreateInternetGateway',
      deletes: 'DeleteInternetGateway',
      calls: {
        'AttachInternetGateway DetachInternetGateway': ['configuration.attachments', 'relationships'],
      },
    }),
    ofEc2('AWS::EC2::NatGateway', 'nat', 'natgateway', {
      named: ['natGatewayId', 'natGateway.natGatewayId'],
      onlyListed: true,
      creates: 'CreateNatGateway',
      deletes: 'DeleteNatGateway',
      calls: {
        DeleteNatGateway: ['configuration.state', 'configuration.deleteTime'],
        'AssociateNatGatewayAddress DisassociateNatGatewayAddress AssignPrivateNatGatewayAddress UnassignPrivateNatGatewayAddress':
          ['configuration.natGatewayAddresses', 'relationships'],
      },
    }),
    ofEc2('AWS::EC2::VPNGateway', 'vgw', 'vpn-gateway', {
      named: ['vpnGatewayId', 'vpnGateway.vpnGatewayId'],
      onlyListed: true,
      creates: 'CreateVpnGateway',
      deletes: 'DeleteVpnGateway',
      calls: {
        'AttachVpnGateway DetachVpnGateway': ['configuration.vpcAttachments', 'relationships'],
      },
    }),
    ofEc2('AWS::EC2::CustomerGateway', 'cgw', 'customer-gateway', {
      named: ['customerGatewayId', 'customerGateway.customerGatewayId'],
      onlyListed: true,
      creates: 'CreateCustomerGateway',
      deletes: 'DeleteCustomerGateway',
      calls: {},
    }),
    ofEc2('AWS::EC2::TransitGateway', 'tgw', 'transit-gateway', {
      named: ['transitGatewayId', 'transitGateway.transitGatewayId'],
      onlyListed: true,
      creates: 'CreateTransitGateway',
      deletes: 'DeleteTransitGateway',
      calls: {
        ModifyTransitGateway: ['configuration'],
      },
    }),
    ofEc2('AWS::EC2::FlowLog', 'fl', 'vpc-flow-log', {
      named: ['flowLogId', 'flowLogIdSet'],
      creates: 'CreateFlowLogs',
      deletes: 'DeleteFlowLogs',
      calls: {},
    }),
    ofEc2('AWS::EC2::Volume', 'vol', 'volume', {
      named: ['volumeId', 'volumeModification.volumeId'],
      creates: 'CreateVolume',
      deletes: 'DeleteVolume',
      calls: {
        'AttachVolume DetachVolume': ['configuration.attachments', 'configuration.state', 'relationships'],
        ModifyVolume: [
          'configuration.size',
          'configuration.iops',
          'configuration.throughput',
          'configuration.volumeType',
          'configuration.multiAttachEnabled',
        ],
        'CreateSnapshot ModifyVolumeAttribute EnableVolumeIO': [],
      },
    }),
    ofEc2('AWS::EC2::Snapshot', 'snap', 'snapshot', {
      named: ['snapshotId'],
      onlyListed: true,
      creates: 'CreateSnapshot CreateSnapshots CopySnapshot',
      deletes: 'DeleteSnapshot',
      calls: {
        'ModifySnapshotAttribute ResetSnapshotAttribute': ['configuration.createVolumePermissions'],
        'ModifySnapshotTier RestoreSnapshotTier': ['configuration.storageTier'],
        'LockSnapshot UnlockSnapshot': ['configuration.lockState'],
      },
    }),
    ofEc2('AWS::EC2::Image', 'ami', 'image', {
      named: ['imageId'],
      onlyListed: true,
      creates: 'CreateImage RegisterImage CopyImage',
      deletes: 'DeregisterImage',
      calls: {
        'ModifyImageAttribute ResetImageAttribute': [
          'configuration.launchPermissions',
          'configuration.description',
        ],
        'DisableImage EnableImage EnableImageDeprecation DisableImageDeprecation': ['configuration.state'],
      },
    }),
    ofEc2('AWS::EC2::NetworkInterface', 'eni', 'network-interface', {
      named: ['networkInterfaceId', 'networkInterface.networkInterfaceId'],
      creates: 'CreateNetworkInterface',
      deletes: 'DeleteNetworkInterface',
      calls: {
        ModifyNetworkInterfaceAttribute: {
          parameters: { groupSet: ['configuration.groups', 'relationships'], networkInterfaceId: [] },
        },
        'AttachNetworkInterface DetachNetworkInterface': [
          'configuration.attachment',
          'configuration.status',
          'relationships',
        ],
        'AssociateAddress DisassociateAddress': [
          'configuration.association',
          'configuration.privateIpAddresses',
          'relationships',
        ],
        'AssignPrivateIpAddresses UnassignPrivateIpAddresses': ['configuration.privateIpAddresses'],
        'AssignIpv6Addresses UnassignIpv6Addresses': ['configuration.ipv6Addresses'],
      },
    }),
    ofEc2('AWS::EC2::EIP', 'eipalloc', 'eip-allocation', {
      named: ['allocationId'],
      onlyListed: true,
      creates: 'AllocateAddress',
      deletes: 'ReleaseAddress',
      calls: {
        'AssociateAddress DisassociateAddress': [
          'configuration.associationId',
          'configuration.instanceId',
          'configuration.networkInterfaceId',
          'configuration.privateIpAddress',
          'relationships',
        ],
      },
    }),
    {
      type: 'AWS::::Account',
      named: [],
      scope: 'regional-account',
      onlyListed: true,
      calls: {
        'EnableEbsEncryptionByDefault DisableEbsEncryptionByDefault ModifyEbsDefaultKmsKeyId': 'everything',
        'EnableSnapshotBlockPublicAccess DisableSnapshotBlockPublicAccess EnableImageBlockPublicAccess DisableImageBlockPublicAccess':
          'everything',
        'EnableSerialConsoleAccess DisableSerialConsoleAccess ModifyInstanceMetadataDefaults': 'everything',
      },
    },
  ],
};
