import { execFileSync } from 'node:child_process';
import { type Figure, median } from '../bench/figure';
import { ran } from './command';
import { startS3 } from './s3-server';
import { BUCKET, DAY, endOf, FROM, logsOf, REGION, TRAIL_ARN } from './trail';

const ROUNDS = 3;
const LATENCIES_MS = [0, 25];
/** By how much we mean to be faster than the AWS CLI. */
const AIMS: Readonly<Record<number, string>> = { 0: 'at least 2 x', 25: 'at least 20 x' };

/** Log files verified per second over S3, the start of the process included, beside the AWS CLI where there is one. */
export async function benchS3(trailseal: readonly string[]): Promise<Figure[]> {
  const hasAwsCli = awsCliVersion() !== undefined;
  const figures: Figure[] = [];
  for (const latency of LATENCIES_MS) {
    const s3 = await startS3(latency, DAY);
    try {
      const own: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        own.push((await ran([...trailseal, ...verifyArguments], s3.env)).seconds);
      }
      const value = logsOf(DAY) / median(own);
      const reference = hasAwsCli
        ? { what: 'aws cloudtrail validate-logs', value: logsOf(DAY) / (await awsCliSeconds(s3.env)) }
        : undefined;
      figures.push({
        what: `S3 with ${latency} ms a request: log files verified`,
        value,
        unit: '/s',
        ...(reference ? { reference } : {}),
        aim: AIMS[latency] ?? '',
      });
    } finally {
      await s3.stop();
    }
  }
  return figures;
}

const verifyArguments = ['verify', `s3://${BUCKET}`, '--start', FROM, '--end', endOf(DAY)];

/** `aws-cli/1.45.11`; undefined where it isn't installed. */
export function awsCliVersion(): string | undefined {
  try {
    return /^aws-cli\/\S+/.exec(execFileSync('aws', ['--version'], { encoding: 'utf8' }))?.[0];
  } catch {
    return undefined;
  }
}

async function awsCliSeconds(env: NodeJS.ProcessEnv): Promise<number> {
  const { seconds, stdout } = await ran(
    [
      ...['aws', 'cloudtrail', 'validate-logs', '--trail-arn', TRAIL_ARN, '--region', REGION],
      ...['--start-time', FROM, '--end-time', endOf(DAY), '--s3-bucket', BUCKET],
    ],
    env,
  );
  const expected = `${logsOf(DAY)}/${logsOf(DAY)} log files valid`;
  if (!stdout.includes(expected)) throw new Error(`aws did not verify all of it: ${stdout}`);
  return seconds;
}
