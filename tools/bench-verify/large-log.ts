import { randomBytes } from 'node:crypto';
import { makeTrail } from '../../local/trails/make-trail';
import { ACCOUNT, BUCKET, FROM, REGION, TRAIL } from './trail';

const RECORDS = 660;
/** Text of which hardly anything can be saved: three quarters of it are left when it is compressed. */
const RECORD_BYTES = 75_000;

/** An hour with one log file, as large as CloudTrail makes them. */
export function largeLogTrail() {
  const made = makeTrail({
    account: ACCOUNT,
    region: REGION,
    trail: TRAIL,
    bucket: BUCKET,
    from: FROM,
    hours: 1,
    logsPerHour: 1,
    records: () =>
      Array.from({ length: RECORDS }, () => ({
        eventTime: FROM,
        requestParameters: { policyDocument: randomBytes(RECORD_BYTES).toString('base64') },
      })),
  });
  const [log] = made.logs;
  const size = log === undefined ? 0 : (made.objects.get(`s3://${log.bucket}/${log.key}`)?.body.length ?? 0);
  return { ...made, megabytes: Math.round(size / 1e6) };
}
