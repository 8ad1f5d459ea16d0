import { Command, Option } from 'commander';
import { withTableOptions } from '../findings/findings-options';
import type { ExitCode, Shell } from '../shell';
import type { ShowOptions } from '../show/show';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('show')
    .summary('show one finding')
    .description(
      'Shows one finding: what is wrong and since when; what changed, who did it, whether the record of that is ' +
        'true and what was done, each with the commands by which to check it with public tools; what was observed, ' +
        'and who was told.',
    )
    .argument('<id>', 'its id, or the beginning of it: at least 6 characters')
    .option('--scan', 'look for the beginning of an id in the whole table, which reads all of it')
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    );
  return withTargetOptions(
    withTableOptions(
      command,
      'look for the beginning of an id among those of these accounts (default: the account that the table is in)',
    ),
  )
    .addHelpText('after', help)
    .action(async (id: string, options: ShowOptions) => {
      const { show } = await import('../show/show');
      end(await show(id, options, shell));
    });
};

const help = `
Examples:
  trailseal show JV3WQ7XKZ2N4PLBAF5DTH6MCRY         ids are in every alert, and in trailseal findings
  trailseal show JV3WQ7                             by its beginning, where no other begins so
  trailseal show JV3WQ7 --account 111122223333
  trailseal show JV3WQ7 --scan
  trailseal show JV3WQ7 --format json | jq .finding.history
  trailseal show JV3WQ7 --format json | jq -r '.finding.links[]?.calls[] | .eventID + " " + .proof.state'
  trailseal show JV3WQ7 --format json | jq '.runs[] | {id, state, steps}'
  trailseal show JV3WQ7 --stage prod --region eu-central-1 --profile audit

A record is proven when CloudTrail's signed digest holds the hash of the log file in which it stands. The commands
take aws, gunzip, jq, sha256sum and openssl; trailseal evidence writes what they fetch into a folder.
With --format json it is the record as it is stored, under "handled" what became of its transitions, and under
"runs" what was done about it, step by step.
Needs the rights dynamodb:Query on the table and kms:Decrypt; for the beginning of an id also dynamodb:Query on
the index by-account-state, and dynamodb:DescribeTable without --account; for --scan dynamodb:Scan.

Exit codes: 0 it is not open, 1 it is, 2 something could not be done.`;
