import { Command, Option } from 'commander';
import type { RulesOptions } from '../rules/rules';
import { SEVERITIES } from '../severity';
import type { ExitCode, Shell } from '../shell';

export default (shell: Shell, end: (code: ExitCode) => void): Command =>
  new Command('rules')
    .summary('list the controls that there are')
    .description('Lists the controls that there are, worst first, with what compliance.yml does about each.')
    .option('--service <name...>', 'only those that judge resources of one of these services')
    .addOption(new Option('--severity <level...>', 'only those of one of these').choices(SEVERITIES))
    .option('--framework <name...>', 'only those that answer to an item of one of these')
    .option(
      '--config <file>',
      'read modes from this file (default: the nearest compliance.yml here or above)',
    )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(async (options: RulesOptions) => {
      const { rules } = await import('../rules/rules');
      end(await rules(options, shell));
    });

const help = `
Examples:
  trailseal rules                                   all of them
  trailseal rules --service ec2 s3 --severity critical high
  trailseal rules --framework cis-3.0.0             with the items that they answer to
  trailseal rules --framework cis                   of any version
  trailseal rules --config compliance.yml           with the modes of this file
  trailseal rules --format ndjson | jq -r 'select(.kind == "control") | .id + " " + .severity'
  trailseal rules --format json                     with frameworks, parameters as JSON Schema, paths read, aliases

Frameworks are cis-VERSION, securityHub, awsConfig, nist80053r5, pciDss4, soc2; letter case, dots and
hyphens don't matter.

Exit codes: 0 listed, 2 something could not be done: an unknown name, a mistake in compliance.yml.`;
