import * as z from 'zod/mini';
import { Severity, TransitionKind } from '../../contracts/trailseal/finding';

/** One alert that was not sent by itself, because many of its control came at once. */
export const FoldedAlert = z.object({
  alertId: z.string(),
  messageType: TransitionKind,
  status: z.enum(['open', 'resolved', 'exempt']),
  severity: Severity,
  late: z.optional(z.literal(true)).check(z.describe('Learned of after it was over.')),
  recordedAt: z.string(),
  findingId: z.string(),
  seq: z.int(),
  accountId: z.string(),
  region: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
});
export type FoldedAlert = Readonly<z.infer<typeof FoldedAlert>>;

/** What a summary stands for. */
export const Folded = z.object({
  from: z.string().check(z.describe('The time in which the alerts came, ISO 8601 in UTC.')),
  to: z.string(),
  count: z.int().check(z.minimum(1)),
  listed: z.array(FoldedAlert).check(z.describe('The first of them, oldest first, at most 50.')),
  omitted: z
    .optional(z.int().check(z.minimum(1)))
    .check(z.describe('How many more there are than are listed; the table of findings has them all.')),
});
export type Folded = Readonly<z.infer<typeof Folded>>;
