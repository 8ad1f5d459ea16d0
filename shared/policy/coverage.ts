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
