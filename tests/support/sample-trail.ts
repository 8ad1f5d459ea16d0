import {
  DeleteObjectCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Template } from '../../local/template';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../local/trails/make-trail';
import { objectAt } from '../../local/trails/objects';
import type { ChainState, DigestRow, OpenProblem } from '../../shared/aws/chains-table';
import type { Place } from '../../shared/proof/trail/verdict';
import { uri } from '../../shared/proof/trail/verdict';
import { compiledTemplate } from './compiled-template';
import { ACCOUNT, REGION } from './local-aws';
import { type Pipeline, type PipelineOptions, sampleTrails, startPipeline } from './pipeline';

export const BUCKET = 'trailseal-sample-trail';
export const TRAIL = 'sample';
export const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${TRAIL}`;
export const TOPIC = sampleTrails.topics[0] ?? '';

/** The stack as a deployment that watches the sample bucket has it. Takes some seconds. */
export function templateWithTrail(): Template {
  process.env['TRAILSEAL_SAMPLE_TRAIL'] = REGION;
  try {
    return compiledTemplate();
  } finally {
    delete process.env['TRAILSEAL_SAMPLE_TRAIL'];
  }
}

/** A trail in the sample bucket of local AWS, and the functions that verify it. */
export interface SampleTrail {
  readonly pipeline: Pipeline;
  readonly made: MadeTrail;
  /** Puts files into the bucket as CloudTrail does, in the order given, and waits until all is quiet. */
  deliver(...places: readonly Place[]): Promise<void>;
  /** Puts or deletes an object as somebody with the right to. */
  overwrite(place: Place, body: Buffer, metadata?: Record<string, string>): Promise<void>;
  remove(place: Place): Promise<void>;
  /** Ends of what is known of the chain: nothing of when it was found out. */
  state(): Promise<{
    readonly head: string | undefined;
    readonly digests: readonly string[];
    readonly problems: readonly string[];
  }>;
  problems(): Promise<OpenProblem[]>;
  /** Gives the bucket a lifecycle. */
  expire(rules: readonly LifecycleRule[]): Promise<void>;
}

export interface SampleOptions extends PipelineOptions {
  readonly trail?: Partial<TrailOptions>;
  /** How the bucket tells of its files; EventBridge unless said otherwise. */
  readonly notify?: 'eventbridge' | 'topic' | 'nobody';
}

export async function startSampleTrail(
  template: Template,
  { trail, notify, ...options }: SampleOptions = {},
): Promise<SampleTrail> {
  return addSampleTrail(await startPipeline(template, options), {
    ...(trail === undefined ? {} : { trail }),
    ...(notify === undefined ? {} : { notify }),
  });
}

/** Makes a trail in the sample bucket, where a pipeline runs already. */
export async function addSampleTrail(
  pipeline: Pipeline,
  { trail = {}, notify = 'eventbridge' }: Pick<SampleOptions, 'trail' | 'notify'> = {},
): Promise<SampleTrail> {
  const { aws } = pipeline;
  const made = makeTrail({
    account: ACCOUNT,
    region: REGION,
    trail: TRAIL,
    bucket: BUCKET,
    from: '2026-01-31T05:00:00Z',
    hours: 4,
    ...trail,
  });
  // Nothing else of the account is out of order.
  aws.recorders.putRecorder({});
  aws.s3.createBucket(BUCKET);
  aws.cloudtrail.addPublicKeys(REGION, made.publicKeys);
  aws.cloudtrail.putTrail({
    Name: trail.trail ?? TRAIL,
    S3BucketName: BUCKET,
    ...(trail.homeRegion === undefined ? {} : { HomeRegion: trail.homeRegion, IsMultiRegionTrail: true }),
  });
  if (notify === 'eventbridge') await aws.s3.notify(BUCKET, { rules: [], eventBridge: true });
  if (notify === 'topic') {
    const rule = {
      id: 'files',
      to: 'topic',
      arn: TOPIC,
      events: ['s3:ObjectCreated:*'],
      prefix: '',
      suffix: '',
    } as const;
    await aws.s3.notify(BUCKET, { rules: [rule], eventBridge: false });
  }
  const s3 = new S3Client({
    endpoint: aws.url,
    region: REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });
  const rows = async () =>
    (await aws.operator.dynamodb.send(new ScanCommand({ TableName: 'trailseal-dev-findings' }))).Items ?? [];
  const problems = async () =>
    (await rows())
      .filter(({ pk, sk }) => String(pk).startsWith('C#') && String(sk).startsWith('P#'))
      .map(({ problem }) => problem as OpenProblem);

  return {
    pipeline,
    made,
    async deliver(...places) {
      for (const place of places) {
        const { body, metadata } = objectAt(made.objects, place);
        aws.s3.deliver({ bucket: place.bucket, key: place.key, body, metadata: { ...metadata } });
      }
      await aws.idle();
    },
    async overwrite({ bucket, key }, body, metadata = {}) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata: metadata }));
      await aws.idle();
    },
    async remove({ bucket, key }) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      await aws.idle();
    },
    problems,
    async expire(Rules) {
      const LifecycleConfiguration = { Rules: [...Rules] };
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: BUCKET, LifecycleConfiguration }));
    },
    async state() {
      const chain = (await rows()).filter(({ pk }) =>
        String(pk).startsWith(`C#${ACCOUNT}#${REGION}#${REGION}/${TRAIL}`),
      );
      const head = chain.find(({ sk }) => sk === 'HEAD')?.['chainState'] as ChainState | undefined;
      return {
        head: head?.head && uri(head.head.place),
        digests: chain
          .filter(({ sk }) => String(sk).startsWith('D#'))
          .map(({ sk, digest, done }) => {
            const { status, provenBy = 'nothing', logs, parts } = digest as DigestRow;
            return `${sk} ${status} by ${provenBy}, ${logs} logs, ${Object.keys(done).length} of ${parts} parts ${JSON.stringify(
              Object.entries(done as DigestRow['done'])
                .map(([part, { valid, otherwise }]) => `${part}: ${valid} + ${otherwise}`)
                .sort(),
            )}`;
          })
          .sort(),
        problems: (await problems()).map(({ code, subject }) => `${code} ${subject}`).sort(),
      };
    },
  };
}
