import type { Statement } from './policy-document';
import { matchesAllBelow } from './wildcards';

/** All names of actions are `service:Name`, so that `*` and `*:*` match each. */
const everyAction = (pattern: string): boolean => matchesAllBelow(pattern.replace(/^\*:/, '*'), '');

const everyActionOfIam = (pattern: string): boolean => matchesAllBelow(pattern.toLowerCase(), 'iam:');

/**
 * Whether a statement gives whoever has it the whole account: every action on every resource. All but some actions is
 * the same unless IAM is among those, since whoever may change IAM can take the others. A condition changes nothing:
 * it says when the account is given away.
 *
 * Source: AWS Config Developer Guide, iam-policy-no-statements-with-admin-access.
 * @param partition the second part of the account's ARNs
 */
export function grantsAdministration(statement: Statement, partition: string): boolean {
  const everyResource = (pattern: string) => matchesAllBelow(pattern, `arn:${partition}:`);
  const { effect, actions, notActions, resources, notResources } = statement;
  return (
    effect === 'Allow' &&
    (notActions ? !notActions.some(everyActionOfIam) : actions.some(everyAction)) &&
    (notResources ? !notResources.some(everyResource) : resources.some(everyResource))
  );
}
