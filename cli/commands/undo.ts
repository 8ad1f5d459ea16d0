import { Command, InvalidArgumentError, Option } from 'commander';
import { withFindingOptions } from '../findings/findings-options';
import type { UndoOptions } from '../remediate/undo';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('undo')
    .summary('put back what a fix has changed')
    .description(
      'Shows what the undo of a fix would bring back, and what it exposes again, then asks for it after a question. ' +
        'What is there now must be what the fix left; if it is not, the difference is shown, and only --force ' +
        'overrides it. An undo that exposes again what is of severity high or critical waits for an approval of its own.',
    )
    .argument('<id>', 'id of the finding, or the beginning of it: at least 6 characters')
    .addOption(
      new Option(
        '--run <id>',
        'the run to undo, or the beginning of its id (default: the latest fix that is not undone)',
      ).argParser(runId),
    )
    .option('--force', 'although what is there now is not what the fix left')
    .option('--yes', 'ask for it without a question: where nobody is at a terminal')
    .option('--as <name>', 'on the laptop, as a person whom local AWS knows')
    .option('--wait', 'wait until it is over, 5 minutes at most (default on a terminal)')
    .option('--no-wait', 'do not wait')
    .option(
      '--resource-profile <name>',
      'profile of the credentials that read the resource, where it is in another account than the table',
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    );
  return withTargetOptions(withFindingOptions(command))
    .addHelpText('after', help)
    .action(async (id: string, options: UndoOptions) => {
      const { undo } = await import('../remediate/undo');
      end(await undo(id, options, shell));
    });
};

function runId(text: string): string {
  if (!/^[A-Za-z2-7]{6,26}$/.test(text))
    throw new InvalidArgumentError('Expected the id of a run, or at least its first 6 characters.');
  return text;
}

const help = `
Examples:
  trailseal undo JV3WQ7                             look at what comes back, say yes, see what comes of it
  trailseal undo JV3WQ7 --run QK5MTX                not the latest fix, but this one
  trailseal undo JV3WQ7 --force                     although somebody has changed it since
  trailseal undo JV3WQ7 --yes --wait                the same in a script
  trailseal undo JV3WQ7 --as alice --no-wait          on the laptop
  trailseal undo JV3WQ7 --stage prod --region eu-central-1 --profile security --resource-profile member
  trailseal undo JV3WQ7 --format json --yes | jq .preview.comesBack

The request is signed with your credentials and goes to the API of the stack, to no other address.
It needs the right execute-api:Invoke on the API's route POST /findings/*/runs/*/undo, dynamodb:Query and
dynamodb:GetItem on the table, kms:Decrypt, and to show what is there now the rights to read that the remediation
has; for the beginning of an id also what trailseal show needs.

Exit codes: 0 it is as it was before, or the undo was asked for; 1 it ended otherwise: unconfirmed, failed or
refused; 2 it was not asked for, or has not ended after 5 minutes.`;
