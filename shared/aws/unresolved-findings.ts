import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FindingSummary } from '../contracts/trailseal/finding';
import { findingsReader } from './findings-reader';
import { documentClient } from './findings-table';

/**
 * The findings of an account that are open or exempt. The index that names them lags behind a little: one that changes
 * just now may be missing, and each of them is read as it is.
 */
export type UnresolvedFindings = (accountId: string) => Promise<readonly FindingSummary[]>;

export function unresolvedFindings(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): UnresolvedFindings {
  const reader = findingsReader(tableName, client);
  return async (accountId) => {
    const ids = await Promise.all([reader.idsOf(accountId, 'open'), reader.idsOf(accountId, 'exempt')]);
    const findings = (await reader.summaries([...new Set(ids.flat())])) as FindingSummary[];
    return findings.filter(({ state }) => state !== 'resolved');
  };
}
