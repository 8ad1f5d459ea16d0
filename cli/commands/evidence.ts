import { Command, Option } from 'commander';
import type { EvidenceOptions } from '../evidence/evidence';
import { withTableOptions } from '../findings/findings-options';
import type { ExitCode, Shell } from '../shell';
import { withTargetOptions } from '../target-options';

export default (shell: Shell, end: (code: ExitCode) => void): Command => {
  const command = new Command('evidence')
    .summary('write what a finding rests on into a folder')
    .description(
      'Writes a folder with all that a finding rests on: the finding, the events of the calls that did it, the log ' +
        'files and signed digests of CloudTrail that prove them, and the public keys; and of what was done about it ' +
        'the plan and the states before and after. Its README says how anybody checks it with bash, gunzip, jq, ' +
        'sha256sum and openssl, offline, without Trailseal.',
    )
    .argument('<id>', 'its id, or the beginning of it: at least 6 characters')
    .option(
      '--out <folder>',
      'where to write it: a new or an empty folder (default: trailseal-evidence-<id>)',
    )
    .option('--scan', 'look for the beginning of an id in the whole table, which reads all of it')
    .addOption(
      new Option('--format <format>', 'how to print what was written')
        .choices(['text', 'json'])
        .default('text'),
    );
  return withTargetOptions(
    withTableOptions(
      command,
      'look for the beginning of an id among those of these accounts (default: the account that the table is in)',
    ),
  )
    .addHelpText('after', help)
    .action(async (id: string, options: EvidenceOptions) => {
      const { evidence } = await import('../evidence/evidence');
      end(await evidence(id, options, shell));
    });
};

const help = `
Examples:
  trailseal evidence JV3WQ7                         into the folder trailseal-evidence-JV3WQ7…
  trailseal evidence JV3WQ7 --out audit/2026-11     into that one
  trailseal evidence JV3WQ7 --stage prod --region eu-central-1 --profile audit
  trailseal evidence JV3WQ7 --format json | jq -r '.problems[]'
  cd trailseal-evidence-JV3WQ7… && less README.md   what it proves, and how to check it

Log files are whole: they hold other activity of the account, too. Files are readable by you alone.
Log files and digests are taken from the evidence bucket, else from where CloudTrail put them.

Needs the rights dynamodb:Query and dynamodb:GetItem on the table, s3:GetObject on the files and
s3:ListBucket on their buckets, cloudtrail:ListPublicKeys, and kms:Decrypt; for the beginning of an id
also what trailseal show needs.

Exit codes: 0 all is there, 2 something could not be had: the README says what, and what is there stands by itself.`;
