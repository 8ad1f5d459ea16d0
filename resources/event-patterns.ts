import { rules } from '../shared/controls';
import { loadCompliancePolicy } from '../tools/policy-loader';

/** The patterns that are derived from the controls, by the name that function.yml includes them by. */
export function eventPatterns() {
  const policy = loadCompliancePolicy('compliance.yml');
  const judged = rules.filter(({ id }) => policy.controls[id]?.mode !== 'off');
  const resourceType = [...new Set(judged.flatMap(({ resourceTypes }) => resourceTypes))].sort();
  return {
    configurationItemChange: {
      source: ['aws.config'],
      'detail-type': ['Config Configuration Item Change'],
      detail: {
        // An item too large for an event comes as its summary.
        $or: [{ configurationItem: { resourceType } }, { configurationItemSummary: { resourceType } }],
      },
    },
  };
}
