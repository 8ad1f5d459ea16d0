import * as z from 'zod/mini';

/** Id of a finding, or of a run. */
export const Id = z.string().check(z.regex(/^[A-Z2-7]{26}$/));

/** What remediate-finding is asked by its own queue: what to look at, and nothing of what to do there. */
export const RemediateJob = z.object({
  job: z.literal('remediate'),
  findingId: Id,
  undo: z.optional(Id).check(z.describe('The run whose undo was asked for: that stands in the table.')),
  again: z
    .optional(z.literal(true))
    .check(
      z.describe('Somebody wants another try of what has ended: it is proposed, and waits for an approval.'),
    ),
});
export type RemediateJob = Readonly<z.infer<typeof RemediateJob>>;
