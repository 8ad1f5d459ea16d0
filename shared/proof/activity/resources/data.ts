import { type ServiceCalls, TAGS } from './resource-calls';

export const kms: ServiceCalls = {
  eventSource: 'kms.amazonaws.com',
  types: [
    {
      type: 'AWS::KMS::Key',
      named: ['keyId', 'keyMetadata.keyId', 'replicaKeyMetadata.keyId'],
      arn: /^key\/(.+)$/,
      // An alias can be pointed at another key; whoever calls by one has the key in `resources`.
      text: /^(?!alias\/)(.+)$/,
      onlyListed: true,
      creates: 'CreateKey ReplicateKey',
      calls: {
        'ScheduleKeyDeletion CancelKeyDeletion DeleteKey': [
          'configuration.keyState',
          'configuration.enabled',
          'configuration.deletionDate',
          'configuration.pendingDeletionWindowInDays',
        ],
        'EnableKey DisableKey': ['configuration.keyState', 'configuration.enabled'],
        'EnableKeyRotation DisableKeyRotation': ['supplementaryConfiguration.KeyRotationStatus'],
        PutKeyPolicy: ['supplementaryConfiguration.Policy'],
        UpdateKeyDescription: ['configuration.description'],
        'ImportKeyMaterial DeleteImportedKeyMaterial': [
          'configuration.keyState',
          'configuration.enabled',
          'configuration.expirationModel',
          'configuration.validTo',
        ],
        UpdatePrimaryRegion: ['configuration.multiRegionConfiguration'],
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};

export const dynamodb: ServiceCalls = {
  eventSource: 'dynamodb.amazonaws.com',
  types: [
    {
      type: 'AWS::DynamoDB::Table',
      named: ['tableName', 'targetTableName', 'resourceArn'],
      arn: /^table\/([^/]+)$/,
      onlyListed: true,
      creates: 'CreateTable RestoreTableFromBackup RestoreTableToPointInTime ImportTable',
      deletes: 'DeleteTable',
      calls: {
        DeleteTable: ['configuration.tableStatus'],
        UpdateTable: {
          always: ['configuration.tableStatus'],
          parameters: {
            tableName: [],
            sSESpecification: ['configuration.ssedescription'],
            billingMode: ['configuration.billingModeSummary', 'configuration.provisionedThroughput'],
            tableClass: ['configuration.tableClassSummary'],
            globalSecondaryIndexUpdates: ['configuration.globalSecondaryIndexes'],
            replicaUpdates: ['configuration.replicas'],
            streamSpecification: [
              'configuration.streamSpecification',
              'configuration.latestStreamArn',
              'configuration.latestStreamLabel',
            ],
          },
        },
        UpdateContinuousBackups: ['supplementaryConfiguration.ContinuousBackupsDescription'],
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};

export const secretsmanager: ServiceCalls = {
  eventSource: 'secretsmanager.amazonaws.com',
  types: [
    {
      type: 'AWS::SecretsManager::Secret',
      named: ['secretId', 'name', 'arn'],
      // Secrets Manager puts six characters behind the name.
      arn: /^secret:(.+)-[A-Za-z0-9]{6}$/,
      creates: 'CreateSecret',
      deletes: 'DeleteSecret',
      calls: {
        RestoreSecret: 'everything',
        DeleteSecret: ['configuration.Deleted'],
        UpdateSecret: ['configuration.Description', 'configuration.KMSKeyId'],
        'RotateSecret CancelRotateSecret': [
          'configuration.RotationEnabled',
          'configuration.RotationLambdaARN',
          'configuration.RotationRules',
          'configuration.RotationOccurringAsScheduled',
        ],
        'PutSecretValue UpdateSecretVersionStage PutResourcePolicy DeleteResourcePolicy': [],
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};
