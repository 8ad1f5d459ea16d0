import { type ServiceCalls, TAGS } from './resource-calls';

/** S3's calls carry other names in CloudTrail than in its API now and then, so both stand here. */
export const s3: ServiceCalls = {
  eventSource: 's3.amazonaws.com',
  types: [
    {
      type: 'AWS::S3::Bucket',
      named: ['bucketName'],
      arn: /^([^/]+)$/,
      // The account's own block comes with a bucket's name, too, which is none.
      text: /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/,
      scope: 'global',
      onlyListed: true,
      creates: 'CreateBucket',
      deletes: 'DeleteBucket',
      calls: {
        'PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock PutPublicAccessBlock DeletePublicAccessBlock':
          ['supplementaryConfiguration.PublicAccessBlockConfiguration'],
        'PutBucketPolicy DeleteBucketPolicy': ['supplementaryConfiguration.BucketPolicy'],
        PutBucketAcl: ['supplementaryConfiguration.AccessControlList', 'configuration.owner'],
        PutBucketVersioning: ['supplementaryConfiguration.BucketVersioningConfiguration'],
        PutBucketLogging: ['supplementaryConfiguration.BucketLoggingConfiguration'],
        'PutBucketLifecycle PutBucketLifecycleConfiguration DeleteBucketLifecycle': [
          'supplementaryConfiguration.BucketLifecycleConfiguration',
        ],
        'PutBucketEncryption DeleteBucketEncryption': [
          'supplementaryConfiguration.ServerSideEncryptionConfiguration',
        ],
        'PutBucketReplication DeleteBucketReplication': [
          'supplementaryConfiguration.BucketReplicationConfiguration',
        ],
        'PutBucketWebsite DeleteBucketWebsite': ['supplementaryConfiguration.BucketWebsiteConfiguration'],
        'PutBucketCors DeleteBucketCors': ['supplementaryConfiguration.BucketCrossOriginConfiguration'],
        'PutBucketNotification PutBucketNotificationConfiguration': [
          'supplementaryConfiguration.BucketNotificationConfiguration',
        ],
        'PutBucketTagging DeleteBucketTagging': [
          'tags',
          'supplementaryConfiguration.BucketTaggingConfiguration',
        ],
        'TagResource UntagResource': TAGS,
        'PutBucketAccelerateConfiguration PutAccelerateConfiguration': [
          'supplementaryConfiguration.BucketAccelerateConfiguration',
        ],
        PutBucketRequestPayment: ['supplementaryConfiguration.IsRequesterPaysEnabled'],
        'PutBucketObjectLockConfiguration PutObjectLockConfiguration': [
          'supplementaryConfiguration.ObjectLockConfiguration',
        ],
        'PutBucketOwnershipControls DeleteBucketOwnershipControls': [
          'supplementaryConfiguration.OwnershipControls',
        ],
      },
    },
    {
      type: 'AWS::S3::AccountPublicAccessBlock',
      named: [],
      scope: 'account',
      onlyListed: true,
      calls: { 'PutAccountPublicAccessBlock DeleteAccountPublicAccessBlock': 'everything' },
    },
  ],
};
