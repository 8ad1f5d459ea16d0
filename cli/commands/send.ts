import { Command, InvalidArgumentError, Option } from 'commander';
import type { SendOptions } from '../send/send';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('send')
    .summary('feed events to the functions')
    .description(
      'Feeds EventBridge events to the functions that take them.\n' +
        'On local AWS they come as from AWS itself. In an AWS account they are put on the queue of their function, ' +
        'marked as sent by an operator.',
    )
    .argument(
      '<file...>',
      'each holds one event, an array of events, or one in each line; - is what is piped in',
    )
    .option('--dry-run', 'say what would be sent where, send nothing')
    .addOption(
      new Option(
        '--wait <duration>',
        'on local AWS, print the alerts that come of it for so long (default: 10s on a terminal, else 0s)',
      ).argParser(milliseconds),
    )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    );
  return withTargetOptions(command)
    .addHelpText('after', help)
    .action(async (files: string[], options: SendOptions) => {
      const { send } = await import('../send/send');
      end(await send(files, options, shell));
    });
};

function milliseconds(text: string): number {
  const [, count, unit] = /^(\d{1,4})(s|m)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Expected a duration such as 10s or 2m.');
  return Number(count) * (unit === 'm' ? 60_000 : 1000);
}

const help = `
Examples:
  trailseal send local/samples/config-item-change.json
  trailseal send yesterday.jsonl today.jsonl --wait 1m
  jq .event archive.json | trailseal send -
  trailseal send event.json --dry-run --format ndjson | jq .body
  trailseal send event.json --stage prod --region eu-central-1 --profile audit
  trailseal send event.json --wait 30s --format json | jq '.deliveries[].subject'

An event needs detail-type, source and detail. Events of kinds that no function takes are refused.
In an AWS account it needs the rights sqs:GetQueueUrl and sqs:SendMessage on the function's queue, and
kms:GenerateDataKey and kms:Decrypt for its key. Each event gets the member "trailseal": {"origin": "operator"}.

Exit codes: 0 all were accepted, 2 something could not be done; what is right in a file is sent all the same.`;
