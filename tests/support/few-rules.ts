import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { rules } from '../../shared/controls';
import type { AnyRule } from '../../shared/controls/control';
import type { RulesByType } from '../../shared/controls/judge';

// Tests of the way that an item takes judge by these, so that a new rule changes no test but its own.
const few: readonly string[] = [
  'cloudtrail-log-validation',
  'ec2-detailed-monitoring',
  'rds-no-public-access',
  's3-bucket-public-access-block',
  'sg-no-world-admin-ipv4',
  'sg-no-world-admin-ipv6',
];
const isOther = ({ id }: AnyRule) => !few.includes(id);
const others = rules.filter(isOther);

export const fewRules: RulesByType = Object.fromEntries(
  [...new Set(rules.flatMap(({ resourceTypes }) => resourceTypes))].map((type) => [
    type,
    rules.filter((rule) => !isOther(rule) && rule.resourceTypes.includes(type)),
  ]),
);

/** The policy with all other rules off. */
export const byFewRules = (policy: CompliancePolicy): CompliancePolicy => ({
  ...policy,
  controls: {
    ...policy.controls,
    ...Object.fromEntries(others.map(({ id }) => [id, { mode: 'off', parameters: {} } as const])),
  },
});

/** A compliance.yml with all other rules off, which ends among the controls. */
export const POLICY_OF_FEW = `version: 1\ncontrols:\n${others.map(({ id }) => `  ${id}:\n    mode: off\n`).join('')}`;
