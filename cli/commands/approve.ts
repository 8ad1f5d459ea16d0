import { Command, Option } from 'commander';
import { withFindingOptions } from '../findings/findings-options';
import type { ApproveOptions } from '../remediate/approve';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('approve')
    .summary('let the plan go that waits for an approval')
    .description(
      "Shows the plan that waits for an approval, a fix or an undo, and approves it after a question: as the caller's " +
        'own credentials, for this plan alone, once, and until it expires. Whoever made the change may not approve, ' +
        'nor whoever asked for the undo, unless compliance.yml says actorMayApprove.',
    )
    .argument('<id>', 'id of the finding, or the beginning of it: at least 6 characters')
    .option('--yes', 'approve without a question: where nobody is at a terminal')
    .option('--as <name>', 'on the laptop, as a person whom local AWS knows')
    .option('--wait', 'wait until it is over, 5 minutes at most (default on a terminal)')
    .option('--no-wait', 'do not wait')
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    );
  return withTargetOptions(withFindingOptions(command))
    .addHelpText('after', help)
    .action(async (id: string, options: ApproveOptions) => {
      const { approve } = await import('../remediate/approve');
      end(await approve(id, options, shell));
    });
};

const help = `
Examples:
  trailseal approve JV3WQ7                          look at the plan, say yes, see what comes of it
  trailseal approve JV3WQ7 --yes --wait             the same in a script
  trailseal approve JV3WQ7 --no-wait
  trailseal approve JV3WQ7 --as alice                 on the laptop
  trailseal approve JV3WQ7 --stage prod --region eu-central-1 --profile security
  trailseal approve JV3WQ7 --yes --wait --format json | jq .run.run.state

The request is signed with your credentials and goes to the API of the stack, to no other address.
It needs the right execute-api:Invoke on the API's route POST /findings/*/runs/*/approval, dynamodb:Query and
dynamodb:GetItem on the table, and kms:Decrypt; for the beginning of an id also what trailseal show needs.

Exit codes: 0 it was approved and, if waited for, applied or undone; 1 it ended otherwise: unconfirmed, failed,
refused, or the approval does not count; 2 it was not approved, or has not ended after 5 minutes.`;
