import type { Bucket } from './buckets';
import { S3Error } from './errors';
import type { Notices } from './notices';
import { notificationXml, readNotification } from './notification';
import { onBucket, type S3Answer, type S3Operation } from './operation';
import { readXml, textOf, type Xml, xmlDocument } from './xml';

type Names =
  | 'HeadBucket'
  | 'GetBucketLocation'
  | 'GetBucketVersioning'
  | 'PutBucketVersioning'
  | 'GetBucketLifecycleConfiguration'
  | 'PutBucketLifecycleConfiguration'
  | 'DeleteBucketLifecycle'
  | 'GetBucketNotificationConfiguration'
  | 'PutBucketNotificationConfiguration';

/** What can be asked and set of a bucket itself. */
export function settingOperations(notices: Notices): Record<Names, S3Operation> {
  return {
    HeadBucket: {
      needs: (_, bucket) => [onBucket(bucket, 'ListBucket')],
      run: (_, { region }) => ({ statusCode: 200, headers: { 'x-amz-bucket-region': region } }),
    },
    GetBucketLocation: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketLocation')],
      // The oldest region has no name here.
      run: (_, { region }) => xml('LocationConstraint', region === 'us-east-1' ? '' : region),
    },
    GetBucketVersioning: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketVersioning')],
      run: (_, { versioning }) => xml('VersioningConfiguration', { Status: versioning }),
    },
    PutBucketVersioning: {
      needs: (_, bucket) => [onBucket(bucket, 'PutBucketVersioning')],
      run: ({ body }, bucket) => {
        const status = textOf(readXml(body.toString(), 'VersioningConfiguration'), 'Status');
        if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
        if (status === 'Suspended' && bucket.retention) {
          throw new S3Error(
            'InvalidBucketState',
            'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
          );
        }
        bucket.versioning = status;
        return OK;
      },
    },
    GetBucketLifecycleConfiguration: {
      needs: (_, bucket) => [onBucket(bucket, 'GetLifecycleConfiguration')],
      run: (_, bucket) => {
        if (bucket.lifecycle === undefined) throw new S3Error('NoSuchLifecycleConfiguration');
        return { statusCode: 200, headers: XML, body: bucket.lifecycle };
      },
    },
    PutBucketLifecycleConfiguration: {
      needs: (_, bucket) => [onBucket(bucket, 'PutLifecycleConfiguration')],
      run: ({ body }, bucket) => {
        const text = body.toString();
        readXml(text, 'LifecycleConfiguration');
        bucket.lifecycle = text;
        return OK;
      },
    },
    DeleteBucketLifecycle: {
      needs: (_, bucket) => [onBucket(bucket, 'PutLifecycleConfiguration')],
      run: (_, bucket) => {
        bucket.lifecycle = undefined;
        return { statusCode: 204 };
      },
    },
    GetBucketNotificationConfiguration: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketNotification')],
      run: (_, { notification }) => xml('NotificationConfiguration', notificationXml(notification)),
    },
    PutBucketNotificationConfiguration: {
      needs: (_, bucket) => [onBucket(bucket, 'PutBucketNotification')],
      run: async ({ body }, bucket: Bucket) => {
        const notification = readNotification(body.toString());
        await notices.test(bucket, notification);
        bucket.notification = notification;
        return OK;
      },
    },
  };
}

const OK: S3Answer = { statusCode: 200 };
const XML = { 'content-type': 'application/xml' };

const xml = (root: string, content: Xml): S3Answer => ({
  statusCode: 200,
  headers: XML,
  body: xmlDocument(root, content),
});
