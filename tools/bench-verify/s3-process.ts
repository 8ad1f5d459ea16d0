import { OPERATOR_KEY } from '../../local/access';
import { startLocalAws } from '../../local/aws';
import { ACCOUNT, BUCKET, type Load, REGION, TRAIL, trailOf } from './trail';

/** `s3-process.ts LATENCY_MS LOAD`: local AWS with a trail's files in S3. Says where it is when it is ready. */
async function main([latency = '0', load = '{}']: readonly string[]): Promise<void> {
  const aws = await startLocalAws({
    template: { Resources: {} },
    accountId: ACCOUNT,
    region: REGION,
    stage: 'bench',
    port: 0,
    invoke: async () => ({ payload: null }),
    s3LatencyMs: Number(latency),
  });
  const made = trailOf(JSON.parse(load) as Load);
  aws.s3.createBucket(BUCKET);
  for (const { place, body, metadata } of made.objects.values()) aws.s3.deliver({ ...place, body, metadata });
  aws.cloudtrail.addPublicKeys(REGION, made.publicKeys);
  aws.cloudtrail.putTrail({ Name: TRAIL, S3BucketName: BUCKET, LogFileValidationEnabled: true });
  console.log(JSON.stringify({ url: aws.url, accessKeyId: OPERATOR_KEY }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
