import type { Delivery, Scenario } from '../../../cli/replay/simulation';
import type { CompliancePolicy } from '../../../shared/contracts/trailseal/compliance-policy';
import { controls } from '../../../shared/controls';
import { compileCompliancePolicy } from '../../../shared/policy/compliance-yml';
import { type ItemParts, itemChange } from '../../support/config-events';
import { byFewRules } from '../../support/few-rules';
import { ACCOUNT, REGION } from '../../support/local-aws';

export const HOME = { accountId: ACCOUNT, region: REGION };
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.parse('2026-01-31T09:00:00.000Z');

export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** What compliance.yml says, as it would be packaged on the day of the stories. */
export function policyOf(yml = 'version: 1\n'): CompliancePolicy {
  const compiled = compileCompliancePolicy(yml, { controls, remediations: [], now: new Date(START) });
  if ('mistakes' in compiled) throw new Error(JSON.stringify(compiled.mistakes));
  return byFewRules(compiled.policy);
}

/** An item's change, delivered when it was captured. */
export const change = (at: number, parts: Omit<ItemParts, 'capturedAt'>): Delivery => ({
  at,
  event: itemChange({ ...parts, capturedAt: iso(at) }),
});

export const scenarioOf = (
  deliveries: readonly Delivery[],
  parts: Partial<Omit<Scenario, 'deliveries'>> = {},
): Scenario => ({
  deliveries,
  policy: policyOf(),
  home: HOME,
  seed: 1,
  faults: {},
  until: 0,
  itemCapturedAt: () => undefined,
  ...parts,
});
