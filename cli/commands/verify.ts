import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode, Shell } from '../shell';
import type { VerifyOptions } from '../verify/options';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('verify')
    .summary("verify CloudTrail's digest chains and log files")
    .description(
      'Verifies all that CloudTrail delivered to buckets, or a copy of it in a folder: the signature of each digest ' +
        'file, the chain that they form, and the hash of each log file. All accounts, Regions and trails, unless told ' +
        'otherwise. Reads only.',
    )
    .argument('<source...>', 's3://bucket[/prefix], or a folder that holds bucket/key')
    .addOption(
      several('--account <id>', 'only files of this account', /^\d{12}$/, 'the 12 digits of an account'),
    )
    .addOption(
      several(
        '--region <name>',
        'only files of this Region',
        /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/,
        'the name of an AWS Region, such as eu-central-1',
      ),
    )
    .addOption(
      several('--trail <name>', 'only files of this trail, by name or ARN', /\S/, 'a name or an ARN'),
    )
    .option('--start <time>', 'only digests that end then or later (default: from the first one)')
    .option('--end <time>', 'and at most an hour after this (default: now)')
    .addOption(
      new Option('--concurrency <number>', 'requests in flight (default: 64; folders: 1)').argParser(
        wholeNumber,
      ),
    )
    .option('--public-keys <file>', 'the answer of ListPublicKeys, instead of asking AWS')
    .option('--report <file>', 'write each verdict there as it falls, and go on from there when run again')
    .option('--profile <name>', 'profile of the AWS credentials')
    .option('--aws', 'an AWS account, even while npm start runs')
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (sources: string[], options: VerifyOptions) => {
      const { verify } = await import('../verify/verify');
      end(await verify(sources, options, shell));
    });

/** Given once for each value, so that a source may stand anywhere on the line. */
const several = (flags: string, description: string, pattern: RegExp, expected: string): Option =>
  new Option(flags, `${description}; may be given several times`).argParser(
    (value: string, before: readonly string[] | undefined) => {
      if (!pattern.test(value)) throw new InvalidArgumentError(`Expected ${expected}.`);
      return [...(before ?? []), value];
    },
  );

const MOST_REQUESTS = 1000;

function wholeNumber(text: string): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MOST_REQUESTS) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_REQUESTS}.`);
  }
  return number;
}

const help = `
Examples:
  trailseal verify s3://example-trail-logs               all there is, from the first digest on
  trailseal verify s3://example-trail-logs --start 30d --report verified.ndjson
  trailseal verify s3://example-org-logs/prefix --account 111122223333 --region eu-central-1
  trailseal verify s3://example-trail-logs --trail management-events --start 2026-01-01 --end 2026-02-01
  trailseal verify ./copy --public-keys keys.json        a copy, ./copy/BUCKET/KEY, without AWS
  trailseal verify s3://example-trail-logs --format ndjson | jq -r 'select(.status != "valid") | .key'
  trailseal verify s3://example-trail-logs --concurrency 16 --profile audit

In a folder, a digest's user metadata stands beside it, as DIGEST.metadata.json: without its signature no file is
proven. What \`aws s3api head-object\` prints will do. The public keys for --public-keys, in each Region:
  aws cloudtrail list-public-keys --region eu-central-1 --start-time 2026-01-01 --end-time 2026-02-01 > keys.json

Stopped and run again with the same --report, it does not read again the log files that the report proves.

Needs the rights s3:ListBucket and s3:GetObject, for encrypted logs kms:Decrypt, and cloudtrail:ListPublicKeys.
With cloudtrail:DescribeTrails and cloudtrail:GetTrailStatus it sees that a trail was stopped, or its last digests
deleted; with s3:GetLifecycleConfiguration, that old ones have expired.

Exit codes: 0 all is valid; 1 a file or a chain is not, or can't be told to be; 2 something could not be done.`;
