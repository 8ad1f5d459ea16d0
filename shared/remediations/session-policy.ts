import type { AwsCall } from '../contracts/trailseal/remediation';

/** STS takes no longer ones. Source: AWS STS API reference, AssumeRole, Policy. */
const MOST_CHARACTERS = 2_048;
/** What STS lets stand in a policy. */
const takenByIam = /^[\t\n\r\x20-\xff]*$/;

export type SessionPolicy = { readonly policy: string } | { readonly refused: string };

/**
 * The policy of a session that may do what some calls need, to the resources that they name, and nothing else.
 * @returns why there is none, as a sentence, where the rights do not fit into one session
 */
export function sessionPolicy(calls: readonly Pick<AwsCall, 'allows'>[]): SessionPolicy {
  const resourcesOf = new Map<string, Set<string>>();
  for (const { action, resources } of calls.flatMap(({ allows }) => allows)) {
    const known = resourcesOf.get(action) ?? new Set();
    for (const resource of resources) known.add(resource);
    resourcesOf.set(action, known);
  }
  if (resourcesOf.size === 0) return { refused: 'The calls name no right that they need.' };
  // Actions on the same resources stand together: the policy is short, and what it allows is the same.
  const together = new Map<string, { readonly actions: string[]; readonly resources: readonly string[] }>();
  for (const [action, found] of [...resourcesOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const resources = [...found].sort();
    const key = JSON.stringify(resources);
    const statement = together.get(key) ?? { actions: [], resources };
    statement.actions.push(action);
    together.set(key, statement);
  }
  const Statement = [...together.values()].map(({ actions, resources }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
  }));
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  if (policy.length > MOST_CHARACTERS)
    return {
      refused: `The rights that it needs take ${policy.length} characters, and a session has ${MOST_CHARACTERS} at most.`,
    };
  if (!takenByIam.test(policy)) return { refused: 'A resource has a name that IAM does not take.' };
  return { policy };
}
