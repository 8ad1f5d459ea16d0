import { PermanentFailure } from '../contracts/permanent-failure';
import type { CompliancePolicy } from '../contracts/trailseal/compliance-policy';

/** Where the stack runs: what `self` stands for in compliance.yml. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** Whether a list of accounts or Regions in compliance.yml names one. */
export const covers = (list: readonly string[], value: string, self: string) =>
  list.includes('all') || list.includes(value) || (value === self && list.includes('self'));

/** The policy with the stack's Region where a parameter of a control says `self`. */
export const policyAt = <Policy extends CompliancePolicy>(policy: Policy, { region }: Home): Policy => ({
  ...policy,
  controls: Object.fromEntries(
    Object.entries(policy.controls).map(([id, settings]) => [
      id,
      { ...settings, parameters: withRegion(settings.parameters, region) },
    ]),
  ),
});

const withRegion = (parameters: Readonly<Record<string, unknown>>, region: string) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, value === 'self' ? region : value]),
  );

/** @throws PermanentFailure when compliance.yml covers not this account, or not this region */
export function requireCovered(
  { coverage }: CompliancePolicy,
  home: Home,
  accountId: string,
  region: string,
): void {
  if (!covers(coverage.accounts, accountId, home.accountId)) {
    throw new PermanentFailure(
      'account-not-covered',
      `account ${accountId} is not covered: add it to coverage.accounts in compliance.yml, or stop forwarding its events`,
    );
  }
  if (!covers(coverage.regions, region, home.region)) {
    throw new PermanentFailure(
      'region-not-covered',
      `region ${region} is not covered: add it to coverage.regions in compliance.yml, or stop forwarding its events`,
    );
  }
}
