import type { CloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import { arnParts } from '../proof/activity/arn';
import { accountOf, resourcesNamed } from '../proof/activity/resources-named';
import { filedUnder, type ResourceKey } from './activity-index';

/** Where a call is filed: under each resource that it names, in the account and Region that its ARN states. */
export function keysNamed(record: CloudTrailRecord): ResourceKey[] {
  const own = accountOf(record);
  const keys = new Map<string, ResourceKey>();
  for (const { type, id, arn } of resourcesNamed(record)) {
    const parts = arn === undefined ? undefined : arnParts(arn);
    const account = parts?.account || own;
    if (account === undefined) continue;
    const key = {
      account,
      region: filedUnder(type, parts?.region || record.awsRegion),
      resourceType: type,
      id,
    };
    keys.set(JSON.stringify(key), key);
  }
  return [...keys.values()];
}
