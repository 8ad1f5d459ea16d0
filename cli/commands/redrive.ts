import { Command, InvalidArgumentError, Option } from 'commander';
import { momentExpected, parseMoment } from '../moment';
import type { RedriveOptions } from '../redrive/redrive';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const moment = (text: string): Date => {
    const parsed = parseMoment(text, shell.now());
    if (parsed === undefined) throw new InvalidArgumentError(`Expected ${momentExpected}.`);
    return parsed;
  };
  const command = new Command('redrive')
    .summary('list dead letters, and put them back')
    .description(
      "Lists the messages that could not be handled and, with --apply, puts them back on their functions' queues.\n" +
        "A message is deleted from the dead letters only after its function's queue has taken it.",
    )
    .option('--apply', 'put them back; without it nothing is changed')
    .addOption(new Option('--since <when>', 'only those sent at this time or later').argParser(moment))
    .addOption(new Option('--until <when>', 'only those sent before this time').argParser(moment))
    .option('--reason <reason...>', 'only those given up for one of these reasons')
    .option('--function <name...>', 'only those of these functions')
    .addOption(
      new Option('--limit <number>', 'at most so many, in no promised order').argParser(positiveInteger),
    )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    );
  return withTargetOptions(command)
    .addHelpText('after', help)
    .action(async (options: RedriveOptions) => {
      const { redrive } = await import('../redrive/redrive');
      end(await redrive(options, shell));
    });
};

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

const help = `
Examples:
  trailseal redrive                                 all dead letters, nothing is changed
  trailseal redrive --since 24h --function send-alert
  trailseal redrive --reason invalid-event invalid-json --apply
  trailseal redrive --since 2026-01-31T10:00:00Z --until 2026-01-31T12:00:00Z
  trailseal redrive --apply --limit 1               try one first
  trailseal redrive --format ndjson | jq -r 'select(.kind == "letter").error'
  trailseal redrive --stage prod --region eu-central-1 --profile audit

Times are ${momentExpected}.
Reasons are what functions give (such as invalid-event), error codes of EventBridge (such as
NO_PERMISSIONS), and received-too-often for what a function failed on again and again.

Exit codes: 0 no dead letters, or all were put back; 1 some were found; 2 something could not be done.`;
