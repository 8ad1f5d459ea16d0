import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';

const READS =
  /^(Get|List|Describe|Head|Lookup|Search|Query|Scan|Select|Check|Validate|Preview|Simulate|Batch(Get|Describe|Check))/;

/**
 * Whether a call may have changed a resource, if it worked: a management event that isn't read-only. Old records don't
 * say which they are: the API's name does.
 */
export function mutates({ eventName, eventCategory, readOnly, managementEvent }: CloudTrailRecord): boolean {
  if (managementEvent === false) return false;
  if (eventCategory !== undefined && eventCategory !== 'Management') return false;
  return !(readOnly ?? READS.test(eventName));
}
