import type { AccessControl } from './access';
import type { Call } from './calls';
import { covers } from './iam';

/** An action that a role allows on a resource and nobody has used. */
export interface UnusedGrant {
  role: string;
  action: string;
  resource: string;
}

/** For each function's role, the (action, resource) pairs that no recorded call needed: a role that is too large. */
export function unusedGrants(access: AccessControl, calls: readonly Call[]): UnusedGrant[] {
  return access.functionCallers().flatMap(({ name, role }) => {
    const own = calls.filter((call) => call.caller === name && call.allowed);
    return role.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) =>
        statement.actions.flatMap((action) =>
          statement.resources
            .filter((resource) => {
              const grant = { ...statement, actions: [action], resources: [resource] };
              return !own.some((call) => covers(grant, call.action, call.resource));
            })
            .map((resource) => ({ role: role.logicalId, action, resource })),
        ),
      );
  });
}
