import type { AnyRule } from '../../shared/controls/control';

/** One control's part of the pattern that the stack's rule has for all of them, see resources/event-patterns.ts. */
export const eventPatternOf = ({ resourceTypes }: Pick<AnyRule, 'resourceTypes'>) => ({
  source: ['aws.config'],
  'detail-type': ['Config Configuration Item Change'],
  detail: {
    $or: [
      { configurationItem: { resourceType: [...resourceTypes] } },
      { configurationItemSummary: { resourceType: [...resourceTypes] } },
    ],
  },
});
