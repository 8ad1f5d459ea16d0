import { filedUnder, type ResourceKey } from '../../shared/findings/activity-index';
import { arnParts } from '../../shared/proof/activity/arn';
import { services } from '../../shared/proof/activity/resources';
import type { ResourceCalls } from '../../shared/proof/activity/resources/resource-calls';
import { idsOf } from '../../shared/proof/activity/resources-named';

/** Where a resource may be, as far as its name doesn't say. */
export interface Whereabouts {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** AWS Config's names of types; all that calls are filed for, if not given. */
  readonly types?: readonly string[];
}

const types = services.flatMap((service) => service.types);

/** AWS Config's names of the types that calls are filed for. */
export const filedTypes: readonly string[] = [...new Set(types.map(({ type }) => type))].sort();

/** All the places where calls on a resource may be filed. @param resource its id, its name or its ARN */
export function resourceKeys(resource: string, whereabouts: Whereabouts): ResourceKey[] {
  const keys = types
    .filter(({ type }) => whereabouts.types === undefined || whereabouts.types.includes(type))
    .flatMap((type) => keysOf(type, resource, whereabouts));
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

function keysOf(type: ResourceCalls, resource: string, { accounts, regions }: Whereabouts): ResourceKey[] {
  const { type: resourceType } = type;
  const parts = resource.startsWith('arn:') ? arnParts(resource) : undefined;
  // What stands in an ARN holds, whatever else was said.
  const owners = parts?.account ? [parts.account] : accounts;
  const places = parts?.region ? [parts.region] : regions;
  return idsIn(type, resource).flatMap((id) =>
    owners
      .filter((account) =>
        type.scope !== 'account' && type.scope !== 'regional-account' ? true : id === account,
      )
      .flatMap((account) =>
        places.map((region) => ({ account, region: filedUnder(resourceType, region), resourceType, id })),
      ),
  );
}

/** The ids that calls name it by, if it can be of that type. */
function idsIn({ type, text }: ResourceCalls, resource: string): string[] {
  const ids = idsOf({ resourceType: type, resourceId: resource });
  if (resource.startsWith('arn:')) return ids.filter((id) => id !== resource);
  return text === undefined || text.test(resource) ? ids : [];
}
