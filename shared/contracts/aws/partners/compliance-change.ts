import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { accountId, filled, maybe, text } from './fields';
import { momentOf } from './moment';

const Detail = z.object({
  messageType: z.literal('ComplianceChangeNotification'),
  configRuleName: filled,
  configRuleARN: maybe(filled),
  awsAccountId: accountId,
  awsRegion: filled,
  resourceType: filled,
  resourceId: filled,
  newEvaluationResult: z.object({
    complianceType: z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA']),
    resultRecordedTime: text,
    annotation: maybe(text),
  }),
});

/** What an AWS Config rule says about a resource since now; times as ISO 8601 in UTC. */
export type ComplianceChange = z.infer<typeof Detail>;

/**
 * Reads the detail of a `Config Rules Compliance Change` event.
 *
 * Source: AWS Config Developer Guide, "Monitoring AWS Config with Amazon EventBridge".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseComplianceChange(event: AwsEvent): ComplianceChange {
  const input = 'Config compliance change';
  const change = parseAs(Detail, input, event.detail);
  const result = change.newEvaluationResult;
  const resultRecordedTime = momentOf(
    input,
    'newEvaluationResult.resultRecordedTime',
    result.resultRecordedTime,
  );
  return { ...change, newEvaluationResult: { ...result, resultRecordedTime } };
}
