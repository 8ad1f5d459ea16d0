import { partitionOf } from './remediation';

/**
 * ARNs of the role that remediations are made in, which has one name in every account.
 * @param region any of the partition's
 */
export const roleIn =
  (name: string, region: string) =>
  (accountId: string): string =>
    `arn:${partitionOf(region)}:iam::${accountId}:role/${name}`;
