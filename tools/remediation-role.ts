import { parseArgs } from 'node:util';
import { memberRoleTemplate } from '../resources/member-role';
import { remediations } from '../shared/remediations';
import { loadCompliancePolicy } from './policy-loader';

/**
 * `npm run --silent remediation-role -- [--stage STAGE] [FILE] > role.json`: the role that member accounts need, by
 * compliance.yml or another file like it. 0 printed, 2 there is none to print.
 */
function main(): number {
  try {
    const { values, positionals } = parseArgs({
      options: { stage: { type: 'string', default: 'dev' } },
      allowPositionals: true,
    });
    const { stage } = values;
    if (!/^[A-Za-z0-9-]{1,32}$/.test(stage)) throw new Error(`--stage: no stage is named ${stage}`);
    const policy = loadCompliancePolicy(positionals[0] ?? 'compliance.yml');
    const template = memberRoleTemplate(policy, remediations, `trailseal-${stage}-remediation`);
    if (!template)
      throw new Error('compliance.yml switches no remediation on: no account needs a role for them');
    console.log(JSON.stringify(template, null, 2));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

process.exitCode = main();
