import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { accountId, filled, maybe, text } from './fields';
import { momentOf } from './moment';

const Detail = z.object({
  awsAccountId: accountId,
  findingArn: filled,
  type: filled,
  severity: z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED']),
  status: z.enum(['ACTIVE', 'SUPPRESSED', 'CLOSED']),
  title: maybe(text),
  updatedAt: maybe(text),
  lastObservedAt: maybe(text),
  epss: maybe(z.object({ score: maybe(z.number()) })),
  exploitAvailable: maybe(text),
  fixAvailable: maybe(text),
  packageVulnerabilityDetails: maybe(
    z.object({
      vulnerabilityId: maybe(text),
      vulnerablePackages: maybe(
        z.array(z.object({ name: maybe(text), version: maybe(text), fixedInVersion: maybe(text) })),
      ),
    }),
  ),
  networkReachabilityDetails: maybe(
    z.object({
      openPortRange: maybe(z.object({ begin: z.number(), end: z.number() })),
      protocol: maybe(text),
      networkPath: maybe(
        z.object({
          steps: maybe(z.array(z.object({ componentId: maybe(text), componentType: maybe(text) }))),
        }),
      ),
    }),
  ),
  resources: z
    .array(
      z.object({
        type: filled,
        id: filled,
        partition: maybe(filled),
        region: maybe(filled),
        provider: maybe(text),
      }),
    )
    .check(z.minLength(1)),
});

type Detail = z.infer<typeof Detail>;

/** A finding of Amazon Inspector; its time, which comes as text in two styles, as ISO 8601 in UTC. */
export type InspectorFinding = Omit<Detail, 'updatedAt' | 'lastObservedAt'> & { readonly updatedAt: string };

/**
 * Reads the detail of an `Inspector2 Finding` event.
 *
 * Source: Amazon Inspector User Guide, "Amazon EventBridge event schema for Amazon Inspector events".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseInspectorFinding(event: AwsEvent): InspectorFinding {
  const input = 'Inspector finding';
  const { updatedAt, lastObservedAt, ...finding } = parseAs(Detail, input, event.detail);
  return {
    ...finding,
    updatedAt: momentOf(input, 'updatedAt', updatedAt ?? lastObservedAt ?? ''),
  };
}
