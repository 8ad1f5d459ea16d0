import * as z from 'zod/mini';
import { Activity, EventProof } from '../../contracts/trailseal/finding';

/** The second question of an alert: who did it. */
export const ActorLink = z.object({
  state: z.enum(['named', 'candidates', 'missing', 'not-applicable']),
  reason: z.string(),
  says: z.string(),
  activity: z
    .optional(Activity)
    .check(z.describe('The API call of who is named, texts exactly as AWS gives them.')),
  candidates: z
    .optional(z.array(Activity))
    .check(
      z.describe(
        'One of these calls may have done it. In the order of their times, at most 5, with cleaned texts.',
      ),
    ),
  omitted: z.optional(z.int().check(z.minimum(1))).check(z.describe('How many more candidates there are.')),
});
export type ActorLink = z.infer<typeof ActorLink>;

/** What is known of the record of one call. */
export const CallProof = z.object({
  eventID: Activity.shape.eventID,
  eventName: Activity.shape.eventName,
  eventSource: Activity.shape.eventSource,
  eventTime: Activity.shape.eventTime,
  ...EventProof.shape,
});
export type CallProof = z.infer<typeof CallProof>;

/** The third question: is the record true. */
export const ProofLink = z.object({
  state: z.enum(['pending', 'proven', 'missing', 'contradicted', 'not-applicable']),
  reason: z.string(),
  says: z.string(),
  calls: z.optional(z.array(CallProof)).check(z.describe('Of each call that the actor link names.')),
});
export type ProofLink = z.infer<typeof ProofLink>;
