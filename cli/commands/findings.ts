import { Command, InvalidArgumentError, Option } from 'commander';
import type { FindingsOptions } from '../findings/findings';
import { withTableOptions } from '../findings/findings-options';
import { SEVERITIES } from '../severity';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('findings')
    .summary('list what is open')
    .description('Lists findings, those that are open unless told otherwise: worst first, then longest open.')
    .addOption(
      new Option('--state <state...>', 'those in one of these states (default: open)').choices([
        'open',
        'exempt',
        'resolved',
      ]),
    )
    .addOption(new Option('--severity <level...>', 'only those of one of these').choices(SEVERITIES))
    .option('--control <id...>', 'only those of these controls, by id or alias')
    .option('--all', 'in every state, also those that never were open')
    .addOption(new Option('--limit <number>', 'list at most so many, the worst').argParser(positiveInteger))
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    );
  return withTargetOptions(
    withTableOptions(command, 'those of these accounts (default: the account that the table is in)'),
  )
    .addHelpText('after', help)
    .action(async (options: FindingsOptions) => {
      const { findings } = await import('../findings/findings');
      end(await findings(options, shell));
    });
};

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

const help = `
Examples:
  trailseal findings                                what is open
  trailseal findings --severity critical high --limit 10
  trailseal findings --state open exempt --control S3.8
  trailseal findings --account 111122223333 444455556666
  trailseal findings --state resolved               with how long each was open
  trailseal findings --all --format ndjson | jq -r 'select(.kind == "finding") | .id + " " + .state'
  trailseal findings --stage prod --region eu-central-1 --profile audit
  trailseal findings --table my-findings            of a stack whose table has another name

Needs the rights dynamodb:Query on the index by-account-state, dynamodb:BatchGetItem on the table, kms:Decrypt,
and without --account dynamodb:DescribeTable.

Exit codes: 0 none is open, 1 some are, 2 something could not be done.`;
