import { Command, Option } from 'commander';
import type { DetectOptions } from '../detect/detect';
import { SEVERITIES } from '../severity';
import type { ExitCode, Shell } from '../shell';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('detect')
    .summary('what in CloudTrail files somebody should look at')
    .description(
      'Runs the CloudTrail records in files through the detections, as a deployment with this compliance.yml would.\n' +
        'Reads log files, events of EventBridge and answers of LookupEvents, as .json or .jsonl, gzipped or not. ' +
        'Asks AWS for nothing, and verifies nothing: `trailseal verify` says whether log files are true.',
    )
    .argument('<file...>', 'files, folders, or - for the standard input')
    .option('--config <file>', 'the compliance.yml to go by (default: the one here or above)')
    .option('--control <id...>', 'only by these detections, whichever mode they are in')
    .addOption(
      new Option('--min-severity <severity>', 'only what is at least as bad')
        .choices(SEVERITIES)
        .default('informational'),
    )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (files: string[], options: DetectOptions) => {
      const { detect } = await import('../detect/detect');
      end(await detect(files, options, shell, process));
    });

const help = `
Examples:
  trailseal detect AWSLogs/                         each log file below a folder, worst first
  trailseal detect logs/*.json.gz --min-severity high
  trailseal detect AWSLogs/ --control CloudWatch.5 activity-root-usage
  trailseal detect events.jsonl --format ndjson | jq -r .summary
  aws cloudtrail lookup-events | trailseal detect -

An option that takes several values takes all words that follow: name the files first.
Detections that count, such as failed sign-ins, tell of each episode once, by its first record, after all was read.

Exit codes: 0 nothing was found; 1 something was; 2 something could not be read or done.`;
