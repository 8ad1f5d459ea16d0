import { gunzipSync, gzipSync } from 'node:zlib';
import type { LocalAws } from '../aws';
import { makeTrail } from '../trails/make-trail';

const BUCKET = 'trailseal-sample-trail';
const TRAIL = 'sample-trail';
const HOURS = 3;
const LOGS = 2;
const HOUR_MS = 3_600_000;

interface Step {
  /** What happens, in a line. */
  says: string;
  play(): Promise<void>;
}

/**
 * CloudTrail delivers, and somebody forges. Nothing where compliance.yml names buckets of its own.
 * @param lastHour the end of the last hour that is delivered, milliseconds since 1970
 * @param records calls of that hour, each of which stands in its last log file
 */
export function sampleTrailSteps(
  aws: LocalAws,
  lastHour: number,
  records: readonly { readonly eventTime?: string }[],
): Step[] {
  const { accountId: account, region } = aws.stack.options;
  const isWatched = aws.stack
    .ofType('AWS::Events::Rule')
    .some(({ properties }) => JSON.stringify(properties).includes(BUCKET));
  if (!isWatched) {
    // An account without any trail is told of.
    aws.cloudtrail.putTrail({ Name: TRAIL, S3BucketName: BUCKET });
    return [];
  }
  const from = new Date(lastHour - HOURS * HOUR_MS).toISOString().replace('.000', '');
  const made = makeTrail({
    account,
    region,
    trail: TRAIL,
    bucket: BUCKET,
    from,
    hours: HOURS,
    logsPerHour: LOGS,
    records: (hour, log) => (hour === HOURS - 1 && log === LOGS - 1 ? records : undefined),
  });
  const forged = made.logs[2];
  return [
    {
      says: `CloudTrail delivers ${HOURS} hours of log files and signed digests; each is verified as it lands, and all is well`,
      async play() {
        aws.s3.createBucket(BUCKET);
        aws.cloudtrail.addPublicKeys(region, made.publicKeys);
        aws.cloudtrail.putTrail({ Name: TRAIL, S3BucketName: BUCKET });
        await aws.s3.notify(BUCKET, { rules: [], eventBridge: true });
        for (const { place, body, metadata } of made.objects.values()) {
          aws.s3.deliver({ bucket: place.bucket, key: place.key, body, metadata: { ...metadata } });
        }
      },
    },
    {
      says: 'Somebody rewrites who did it in a log file that was delivered and verified',
      async play() {
        const object = [...made.objects.values()].find(({ place }) => place.key === forged?.key);
        if (object === undefined) throw new Error('the sample trail has no third log file');
        const text = gunzipSync(object.body).toString().replaceAll('role/engineer', 'role/visitor');
        aws.s3.deliver({
          bucket: BUCKET,
          key: object.place.key,
          body: gzipSync(text),
          by: account,
        });
      },
    },
  ];
}
