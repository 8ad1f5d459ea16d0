import type { AnyRule } from '../shared/controls/control';

/**
 * The patterns that are derived from the controls, by the name that function.yml includes them by.
 * @param rules those that are on
 */
export function eventPatterns(rules: readonly AnyRule[]) {
  const byItem = rules.filter(({ ofSnapshots }) => !ofSnapshots);
  const resourceType = [...new Set(byItem.flatMap(({ resourceTypes }) => resourceTypes))].sort();
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
