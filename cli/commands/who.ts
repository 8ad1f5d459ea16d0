import { Command, Option } from 'commander';
import type { ExitCode, Shell } from '../shell';
import type { WhoOptions } from '../who/who';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('who')
    .summary('who changed a resource, by CloudTrail files')
    .description(
      'Lists the calls in CloudTrail files that changed a resource, the newest last, and who made them.\n' +
        'Reads log files, events of EventBridge and answers of LookupEvents, as .json or .jsonl, gzipped or not. ' +
        'Asks AWS for nothing, and verifies nothing: `trailseal verify` says whether log files are true.',
    )
    .argument('<resource>', 'its id, its name, or its ARN')
    .argument('<file...>', 'files, folders, or - for the standard input')
    .option('--failed', 'list calls that failed, too')
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (resource: string, files: string[], options: WhoOptions) => {
      const { who } = await import('../who/who');
      end(await who(resource, files, options, shell, process));
    });

const help = `
Examples:
  trailseal who sg-0123456789abcdef0 AWSLogs/       each log file below a folder
  trailseal who my-bucket logs/*.json.gz --failed
  trailseal who arn:aws:iam::111122223333:role/web events.jsonl --format ndjson | jq -r .actor
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=my-bucket |
    trailseal who my-bucket -

Calls that only read, and calls that merely refer to the resource, are not listed.

Exit codes: 0 all was read, whether or not a call was found; 2 something could not be read.`;
