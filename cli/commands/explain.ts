import { Command, Option } from 'commander';
import type { ExplainOptions } from '../explain/explain';
import type { ExitCode, Shell } from '../shell';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('explain')
    .summary('say all about one control')
    .description(
      'Says all about one control: what holds, why it matters, what it reads, what to do, and what ' +
        'compliance.yml makes of it here.',
    )
    .argument('<id>', 'its id, or the name that AWS Config, Security Hub or CIS has for it')
    .option(
      '--config <file>',
      'read its mode from this file (default: the nearest compliance.yml here or above)',
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'ndjson']).default('text'),
    )
    .addHelpText('after', help)
    .action(async (id: string, options: ExplainOptions) => {
      const { explain } = await import('../explain/explain');
      end(await explain(id, options, shell));
    });

const help = `
Examples:
  trailseal explain sg-no-world-admin-ipv4
  trailseal explain EC2.53                          by the id of Security Hub
  trailseal explain cis-3.0.0:5.2                   by the item of CIS AWS Foundations 3.0.0
  trailseal explain VPC_SG_PORT_RESTRICTION_CHECK   stands for two controls: names both
  trailseal explain S3.8 --format json | jq .eventPattern
  trailseal explain S3.8 --config ../prod/compliance.yml

Exit codes: 0 explained; 2 something could not be done: no control has this name, or several have,
or compliance.yml has a mistake.`;
