import { Command, InvalidArgumentError, Option } from 'commander';
import { withTableOptions } from '../findings/findings-options';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';
import type { WhoOptions } from '../who/who';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('who')
    .summary('who changed a resource')
    .description(
      'Lists the calls that changed a resource, the newest last, and who made them. Without files by the table of ' +
        'findings, which remembers for 90 days the calls that changed something. Or by CloudTrail files: log files, ' +
        'events of EventBridge and answers of LookupEvents, as .json or .jsonl, gzipped or not; then AWS is asked ' +
        'for nothing. Verifies nothing: `trailseal verify` says whether log files are true.',
    )
    .argument('<resource>', 'its id, its name, or its ARN')
    .argument('[file...]', 'files, folders, or - for the standard input')
    .option('--failed', 'list calls that failed, too: by files only')
    .option('--type <name...>', 'in the table, only resources of these types: AWS::S3::Bucket')
    .addOption(
      new Option(
        '--in <region...>',
        "in the table, resources in these Regions, too (default: the table's Region)",
      ).argParser(regions),
    )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    );
  return withTargetOptions(
    withTableOptions(
      command,
      'in the table, resources of these accounts (default: the account that the table is in)',
    ),
  )
    .addHelpText('after', help)
    .action(async (resource: string, files: string[], options: WhoOptions) => {
      const { who } = await import('../who/who');
      end(await who(resource, files, options, shell, process));
    });
};

function regions(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text))
    throw new InvalidArgumentError('Expected the name of an AWS Region, such as eu-central-1.');
  return [...(before ?? []), text];
}

const help = `
Examples:
  trailseal who sg-0123456789abcdef0                in the last 90 days, by the table
  trailseal who orders --type AWS::DynamoDB::Table --in us-east-1 eu-west-1
  trailseal who arn:aws:iam::111122223333:role/web --stage prod --region eu-central-1 --profile audit
  trailseal who sg-0123456789abcdef0 --account 111122223333 --format json | jq .source
  trailseal who sg-0123456789abcdef0 AWSLogs/       each log file below a folder
  trailseal who my-bucket logs/*.json.gz --failed
  trailseal who arn:aws:iam::111122223333:role/web events.jsonl --format ndjson | jq -r .actor
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=my-bucket |
    trailseal who my-bucket -

Calls that only read, and calls that merely refer to the resource, are not listed. The table holds the calls
that EventBridge brought, of the resource types that rules judge; it keeps none that failed.
For the table it needs the rights dynamodb:Query and dynamodb:GetItem on it, kms:Decrypt, and without
--account dynamodb:DescribeTable.

Exit codes: 0 all was read, whether or not a call was found; 2 something could not be read.`;
