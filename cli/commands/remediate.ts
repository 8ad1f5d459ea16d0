import { Command, Option } from 'commander';
import { withFindingOptions } from '../findings/findings-options';
import type { RemediateOptions } from '../remediate/remediate';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('remediate')
    .summary('show what would mend a finding, and ask for it')
    .description(
      'Reads the resource with your own credentials and shows what would mend it: the calls, what they change, the ' +
        'rights that they take, the way back, and what stands in the way. With --apply it asks for that: the function ' +
        'then reads the resource again, plans anew, and waits for an approval where compliance.yml says so. This ' +
        'command itself changes nothing.',
    )
    .argument('<id>', 'id of the finding, or the beginning of it: at least 6 characters')
    .option('--apply', 'ask for it, after a question')
    .option('--yes', 'ask for it without a question: where nobody is at a terminal')
    .option('--config <file>', 'the compliance.yml that is deployed (default: the one here or above)')
    .option(
      '--resource-profile <name>',
      'profile of the credentials that read the resource, where it is in another account than the table',
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    );
  return withTargetOptions(withFindingOptions(command))
    .addHelpText('after', help)
    .action(async (id: string, options: RemediateOptions) => {
      const { remediate } = await import('../remediate/remediate');
      end(await remediate(id, options, shell));
    });
};

const help = `
Examples:
  trailseal remediate JV3WQ7                        what would mend it; in mode notify, too
  trailseal remediate JV3WQ7 --apply                ask for it, after a question
  trailseal remediate JV3WQ7 --apply --yes          the same in a script
  trailseal remediate JV3WQ7 --config prod/compliance.yml --stage prod --region eu-central-1 --profile audit
  trailseal remediate JV3WQ7 --resource-profile member
  trailseal remediate JV3WQ7 --format json | jq '.preview.plan.calls[] | {action, input}'
  trailseal remediate JV3WQ7 --format json | jq .preview.rights

In the diff - is gone afterwards, + is new, ~ is another value.
Where the resource may not be read, the stored plan of the latest run is shown, if there is one.
It needs the rights to read that the remediation has (they are in the document of remediations), dynamodb:Query
and dynamodb:GetItem on the table, and kms:Decrypt; for --apply also sqs:GetQueueUrl and sqs:SendMessage on the
queue of remediate-finding, and kms:GenerateDataKey for its key. For the beginning of an id also what trailseal
show needs.

Exit codes: 0 there is nothing to do, or it was asked for; 1 there is a plan, and nothing was asked for;
2 something could not be done.`;
