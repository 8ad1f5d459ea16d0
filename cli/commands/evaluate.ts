import { Command, Option } from 'commander';
import type { EvaluateOptions } from '../evaluate/evaluate';
import type { ExitCode, Shell } from '../shell';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('evaluate')
    .summary('judge configuration items in files')
    .description(
      'Judges the AWS Config items in files by the rules, as a deployment with this compliance.yml would.\n' +
        'Reads snapshots, histories, answers of the API, events, notifications and invocations of custom rules, ' +
        'as .json or .jsonl, gzipped or not. Asks AWS for nothing.',
    )
    .argument('<file...>', 'files, folders, or - for the standard input')
    .option('--config <file>', 'the compliance.yml to go by (default: the one here or above)')
    .option('--control <id...>', 'only by these controls, whichever mode they are in')
    .addOption(
      new Option('--compliance <value...>', 'list only these').choices([
        'NON_COMPLIANT',
        'INSUFFICIENT_DATA',
        'NOT_APPLICABLE',
        'COMPLIANT',
      ]),
    )
    .option('--all', 'list what is compliant and not applicable, too (json and ndjson do)')
    .option('--strict', 'exit with 1 for INSUFFICIENT_DATA, too')
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (files: string[], options: EvaluateOptions) => {
      const { evaluate } = await import('../evaluate/evaluate');
      end(await evaluate(files, options, shell, process));
    });

const help = `
Examples:
  trailseal evaluate snapshot.json.gz               what breaks a rule, worst first
  trailseal evaluate config/AWSLogs                 each file below a folder
  trailseal evaluate snapshot.json.gz --all --control S3.8 sg-no-world-admin-ipv4
  trailseal evaluate items.jsonl --config draft.yml --strict
  trailseal evaluate snapshot.json.gz --compliance NON_COMPLIANT --format ndjson | jq -r .resourceId
  aws configservice get-resource-config-history --resource-type AWS::S3::Bucket \\
    --resource-id my-bucket | trailseal evaluate -

An option that takes several values takes all words that follow: name the files first.
What is exempt is said to be, and does not count as found. Totals and exit code count what is not listed, too.

Exit codes: 0 nothing is NON_COMPLIANT; 1 something is; 2 something could not be read or done.`;
