import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import verify from '../../../cli/commands/verify';
import { OPERATOR_KEY } from '../../../local/access';
import { type MadeTrail, makeTrail } from '../../../local/trails/make-trail';
import { alterContent, copyOver, deleteFile, flipSignature, recompress } from '../../../local/trails/tamper';
import type { Place } from '../../../shared/proof/trail/verdict';
import { ACCOUNT, REGION, startTestAws, stopAll } from '../../support/local-aws';
import { run, testShell } from '../test-shell';

const BUCKET = 'example-trail-bucket';
const FROM = '2026-01-30T00:00:00Z';
const TO = '2026-01-30T06:00:00Z';
const MOST_MS = 60_000;

/** Only this line of versions obeys AWS_ENDPOINT_URL for all that `validate-logs` asks. */
const hasAwsCli = (() => {
  try {
    return execFileSync('aws', ['--version'], { encoding: 'utf8' }).startsWith('aws-cli/1.');
  } catch {
    return false;
  }
})();
if (!hasAwsCli) console.warn('no AWS CLI 1.x on this machine: not compared with it');

afterEach(stopAll);

/** Counts of `aws cloudtrail validate-logs`, digests and log files: all of them, and the valid ones. */
async function countsOfAwsCli(url: string) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: OPERATOR_KEY,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: REGION,
  };
  const args = ['cloudtrail', 'validate-logs', '--start-time', FROM, '--end-time', TO];
  const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
  const ended = promisify(execFile)('aws', [...args, '--trail-arn', arn, '--s3-bucket', BUCKET], { env });
  // It exits with 1 when something is invalid.
  const { stdout } = await ended.catch((error: { stdout: string }) => error);
  const count = (noun: string) => {
    const [, valid, all] = new RegExp(`(\\d+)/(\\d+) ${noun} files valid`).exec(stdout) ?? [];
    return { valid: Number(valid), all: Number(all) };
  };
  return { digests: count('digest'), logs: count('log') };
}

async function ourCounts(url: string) {
  process.env['AWS_ACCESS_KEY_ID'] = OPERATOR_KEY;
  const { out } = await run(
    [verify],
    ['verify', `s3://${BUCKET}`, '--start', FROM, '--end', TO, '--format', 'ndjson'],
    testShell({ env: { AWS_ENDPOINT_URL: url } }),
  );
  const { digests, logs } = JSON.parse(out.trim().split('\n').at(-1) ?? '');
  const count = (counts: Record<string, number>) => ({
    valid: counts['valid'] ?? 0,
    all: Object.values(counts).reduce((sum, each) => sum + each, 0),
  });
  return { digests: count(digests), logs: count(logs) };
}

const log = ({ logs }: MadeTrail, index: number) => logs[index] as Place;
const digest = ({ digests }: MadeTrail, index: number) => digests[index] as Place;

(hasAwsCli ? test : test.skip).each<[string, (trail: MadeTrail) => void]>([
  ['nothing was changed', () => undefined],
  ['a log file was compressed again', (t) => recompress(t.objects, log(t, 4))],
  ['a log file was deleted', (t) => deleteFile(t.objects, log(t, 4))],
  ['a log file was altered', (t) => alterContent(t.objects, log(t, 4), (text) => `${text} `)],
  ['a digest was deleted', (t) => deleteFile(t.objects, digest(t, 3))],
  ['a digest was altered', (t) => alterContent(t.objects, digest(t, 3), (text) => `${text} `)],
  ['a digest was replaced by an older one', (t) => copyOver(t.objects, digest(t, 1), digest(t, 3))],
  ['the newest digest has a wrong signature', (t) => flipSignature(t.objects, digest(t, 5))],
])(
  'agrees with the AWS CLI where %s',
  async (_, tamper) => {
    const trail = makeTrail({ account: ACCOUNT, region: REGION, trail: 'main', from: FROM, hours: 6 });
    tamper(trail);
    const aws = await startTestAws({ Resources: {} });
    aws.s3.createBucket(BUCKET);
    for (const { place, body, metadata } of trail.objects.values()) {
      aws.s3.deliver({ ...place, body, metadata });
    }
    aws.cloudtrail.addPublicKeys(REGION, trail.publicKeys);
    aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: BUCKET, LogFileValidationEnabled: true });
    expect(await ourCounts(aws.url)).toEqual(await countsOfAwsCli(aws.url));
  },
  MOST_MS,
);
