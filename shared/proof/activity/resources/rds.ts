import { type ByParameter, type ServiceCalls, TAGS } from './resource-calls';

const TAG_CALLS = { 'AddTagsToResource RemoveTagsFromResource': TAGS };
/** Parameters of both that are no properties, or have another name there. */
const MODIFIED = {
  applyImmediately: [],
  allowMajorVersionUpgrade: [],
  masterUserPassword: [],
  vpcSecurityGroupIds: ['configuration.vpcSecurityGroups', 'relationships'],
  cloudwatchLogsExportConfiguration: ['configuration.enabledCloudwatchLogsExports'],
  enablePerformanceInsights: ['configuration.performanceInsightsEnabled'],
  domain: ['configuration.domainMemberships'],
};

/** What is modified may first wait in pendingModifiedValues, and shows as a status meanwhile. */
const MODIFIED_INSTANCE: ByParameter = {
  always: ['configuration.pendingModifiedValues', 'configuration.dBInstanceStatus'],
  parameters: {
    ...MODIFIED,
    dBInstanceIdentifier: [],
    newDBInstanceIdentifier: ['configuration', 'relationships'],
    dBParameterGroupName: ['configuration.dBParameterGroups'],
    dBSubnetGroupName: ['configuration.dBSubnetGroup', 'relationships'],
    dBPortNumber: ['configuration.endpoint', 'configuration.dbInstancePort'],
    optionGroupName: ['configuration.optionGroupMemberships'],
    enableIAMDatabaseAuthentication: ['configuration.iAMDatabaseAuthenticationEnabled'],
  },
};

const MODIFIED_CLUSTER: ByParameter = {
  always: ['configuration.pendingModifiedValues', 'configuration.status'],
  parameters: {
    ...MODIFIED,
    dBClusterIdentifier: [],
    newDBClusterIdentifier: ['configuration', 'relationships'],
    dBClusterParameterGroupName: ['configuration.dbclusterParameterGroup'],
    enableIAMDatabaseAuthentication: ['configuration.iamdatabaseAuthenticationEnabled'],
    scalingConfiguration: ['configuration.scalingConfigurationInfo'],
  },
};

/** AWS Config knows databases by an id that never changes, CloudTrail by their name, most answers by both. */
export const rds: ServiceCalls = {
  eventSource: 'rds.amazonaws.com',
  types: [
    {
      type: 'AWS::RDS::DBInstance',
      named: [
        'dBInstanceIdentifier',
        'newDBInstanceIdentifier',
        'dbiResourceId',
        'resourceName',
        'dBInstance.dBInstanceIdentifier',
      ],
      arn: /^db:([^:]+)$/,
      text: /^([A-Za-z][A-Za-z0-9-]*)$/,
      onlyListed: true,
      creates:
        'CreateDBInstance CreateDBInstanceReadReplica RestoreDBInstanceFromDBSnapshot RestoreDBInstanceFromS3 RestoreDBInstanceToPointInTime',
      deletes: 'DeleteDBInstance',
      calls: {
        ...TAG_CALLS,
        ModifyDBInstance: MODIFIED_INSTANCE,
        'StartDBInstance StopDBInstance RebootDBInstance DeleteDBInstance': [
          'configuration.dBInstanceStatus',
        ],
        'PromoteReadReplica SwitchoverReadReplica': [
          'configuration.readReplicaSourceDBInstanceIdentifier',
          'configuration.backupRetentionPeriod',
          'configuration.dBInstanceStatus',
        ],
        'AddRoleToDBInstance RemoveRoleFromDBInstance': ['configuration.associatedRoles'],
        CreateDBSnapshot: ['configuration.dBInstanceStatus'],
      },
    },
    {
      type: 'AWS::RDS::DBCluster',
      named: [
        'dBClusterIdentifier',
        'newDBClusterIdentifier',
        'dbClusterResourceId',
        'resourceName',
        'dBCluster.dBClusterIdentifier',
      ],
      arn: /^cluster:([^:]+)$/,
      text: /^([A-Za-z][A-Za-z0-9-]*)$/,
      onlyListed: true,
      creates:
        'CreateDBCluster RestoreDBClusterFromSnapshot RestoreDBClusterFromS3 RestoreDBClusterToPointInTime',
      deletes: 'DeleteDBCluster',
      calls: {
        ...TAG_CALLS,
        ModifyDBCluster: MODIFIED_CLUSTER,
        'StartDBCluster StopDBCluster RebootDBCluster DeleteDBCluster': ['configuration.status'],
        'AddRoleToDBCluster RemoveRoleFromDBCluster': ['configuration.associatedRoles'],
        'CreateDBInstance DeleteDBInstance FailoverDBCluster': [
          'configuration.dbclusterMembers',
          'configuration.status',
        ],
        'StartActivityStream StopActivityStream': [
          'configuration.activityStreamStatus',
          'configuration.activityStreamMode',
        ],
        'EnableHttpEndpoint DisableHttpEndpoint': ['configuration.httpEndpointEnabled'],
        CreateDBClusterSnapshot: ['configuration.status'],
      },
    },
    {
      type: 'AWS::RDS::DBSnapshot',
      named: [
        'dBSnapshotIdentifier',
        'targetDBSnapshotIdentifier',
        'resourceName',
        'dBSnapshot.dBSnapshotIdentifier',
      ],
      arn: /^snapshot:(.+)$/,
      text: /^((?:rds:|awsbackup:)?[A-Za-z][A-Za-z0-9-]*)$/,
      onlyListed: true,
      creates: 'CreateDBSnapshot CopyDBSnapshot',
      deletes: 'DeleteDBSnapshot',
      calls: {
        ...TAG_CALLS,
        ModifyDBSnapshotAttribute: ['supplementaryConfiguration.DBSnapshotAttributes'],
        ModifyDBSnapshot: [
          'configuration.engineVersion',
          'configuration.optionGroupName',
          'configuration.status',
        ],
      },
    },
    {
      type: 'AWS::RDS::DBClusterSnapshot',
      named: ['dBClusterSnapshotIdentifier', 'targetDBClusterSnapshotIdentifier', 'resourceName'],
      arn: /^cluster-snapshot:(.+)$/,
      text: /^((?:rds:|awsbackup:)?[A-Za-z][A-Za-z0-9-]*)$/,
      onlyListed: true,
      creates: 'CreateDBClusterSnapshot CopyDBClusterSnapshot',
      deletes: 'DeleteDBClusterSnapshot',
      calls: {
        ...TAG_CALLS,
        ModifyDBClusterSnapshotAttribute: ['supplementaryConfiguration.DBClusterSnapshotAttributes'],
      },
    },
  ],
};
