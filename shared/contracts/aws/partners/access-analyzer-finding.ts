import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { accountId, filled, maybe, text } from './fields';
import { momentOf } from './moment';

const Detail = z.object({
  id: filled,
  accountId,
  region: filled,
  resource: filled,
  resourceType: filled,
  status: z.enum(['ACTIVE', 'ARCHIVED', 'RESOLVED']),
  isDeleted: maybe(z.boolean()),
  isPublic: maybe(z.boolean()),
  // {"AWS": "999988887777"}; absent, as is isPublic, when the analyzer could not read the policy.
  principal: maybe(z.record(text, text)),
  action: maybe(z.array(text)),
  error: maybe(text),
  updatedAt: text,
});

/** A finding of IAM Access Analyzer about access from outside; times as ISO 8601 in UTC. */
export type AccessAnalyzerFinding = z.infer<typeof Detail>;

/**
 * Reads the detail of an `Access Analyzer Finding` event.
 *
 * Source: IAM User Guide, "Monitoring IAM Access Analyzer with Amazon EventBridge".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseAccessAnalyzerFinding(event: AwsEvent): AccessAnalyzerFinding {
  const input = 'Access Analyzer finding';
  const finding = parseAs(Detail, input, event.detail);
  return { ...finding, updatedAt: momentOf(input, 'updatedAt', finding.updatedAt) };
}
