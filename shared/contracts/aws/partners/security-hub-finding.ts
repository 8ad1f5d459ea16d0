import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { accountId, filled, maybe, text } from './fields';
import { momentOf } from './moment';

const labels = z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL']);

const Finding = z.object({
  Id: filled,
  ProductArn: filled,
  ProductName: maybe(text),
  GeneratorId: maybe(text),
  AwsAccountId: accountId,
  Region: maybe(filled),
  Title: maybe(text),
  UpdatedAt: text,
  RecordState: maybe(z.enum(['ACTIVE', 'ARCHIVED'])),
  Severity: maybe(z.object({ Label: maybe(labels), Normalized: maybe(z.number()) })),
  Compliance: maybe(z.object({ Status: maybe(text), SecurityControlId: maybe(text) })),
  Workflow: maybe(z.object({ Status: maybe(text) })),
  ProductFields: maybe(z.record(text, z.unknown())),
  Resources: z.array(z.object({ Type: filled, Id: filled, Region: maybe(filled) })).check(z.minLength(1)),
});
const Detail = z.object({ findings: z.tuple([Finding]) });

type Finding = z.infer<typeof Finding>;

/** A finding in the AWS Security Finding Format; times as ISO 8601 in UTC. */
export type SecurityHubFinding = Omit<Finding, 'Region' | 'Severity'> & {
  readonly Region: string;
  readonly severity: z.infer<typeof labels>;
};

/**
 * Reads the detail of a `Security Hub Findings - Imported` event, which holds exactly one finding.
 *
 * Source: Security Hub User Guide, "EventBridge event formats for Security Hub" and "AWS Security Finding Format".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseSecurityHubFinding(event: AwsEvent): SecurityHubFinding {
  const input = 'Security Hub finding';
  const {
    findings: [{ Severity, ...finding }],
  } = parseAs(Detail, input, event.detail);
  return {
    ...finding,
    Region: finding.Region ?? finding.Resources[0]?.Region ?? event.region,
    severity: Severity?.Label ?? labelOf(Severity?.Normalized ?? 0),
    UpdatedAt: momentOf(input, 'findings[0].UpdatedAt', finding.UpdatedAt),
  };
}

/** As Security Hub labels a number, where a product has given nothing else. */
const labelOf = (normalized: number): z.infer<typeof labels> =>
  normalized >= 90
    ? 'CRITICAL'
    : normalized >= 70
      ? 'HIGH'
      : normalized >= 40
        ? 'MEDIUM'
        : normalized >= 1
          ? 'LOW'
          : 'INFORMATIONAL';
