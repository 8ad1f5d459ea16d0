import * as z from 'zod/mini';
import { RemediationOutcome, RemediationStep } from '../../contracts/trailseal/remediation';

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

/** One step of a run, as alerts tell it. */
export const AlertStep = z.object({
  state: RemediationStep.shape.state,
  at: RemediationStep.shape.at,
  call: z.optional(described(z.int(), 'Which of `calls` it made, counted from 0.')),
  requestId: z.optional(described(z.string(), "AWS's id of the request.")),
  result: RemediationStep.shape.result,
  errorCode: z.optional(z.string()),
});
export type AlertStep = z.infer<typeof AlertStep>;

const { shape } = RemediationOutcome;

/**
 * The fourth question of an alert: what was done about it. The members behind `says` are there where something was; those
 * behind `at` only in the message that tells of it.
 */
export const RemediationLink = z.object({
  state: described(
    z.enum(['none', 'proposed', 'refused', 'applied', 'unconfirmed', 'failed', 'undone']),
    'What has come of the latest run, or of the one that the message tells of. applied: read again, and as planned; unconfirmed: done, and not as planned when it was read again; failed: done in part, or not at all.',
  ),
  mode: z.string(),
  says: described(z.string(), 'What has come of it, in a sentence.'),
  run: z.optional(described(z.string(), 'Id of the fix, or of the undo.')),
  of: z.optional(described(z.string(), 'Of an undo: the run that it undoes.')),
  does: z.optional(shape.does),
  remediation: z.optional(described(z.string(), 'Id of the remediation.')),
  planHash: z.optional(described(z.string(), 'An approval is bound to it.')),
  approvedBy: z.optional(described(z.string(), 'ARN of who approved it, as AWS stated it.')),
  askedBy: z.optional(described(z.string(), 'Of an undo: ARN of who asked for it.')),
  undo: z.optional(described(z.string(), 'The command that puts back what a fix has changed.')),
  at: z.optional(described(z.string(), 'When it came to this, ISO 8601 in UTC.')),
  calls: z.optional(described(z.array(z.string()), 'What the plan does, call by call, in words.')),
  diff: z.optional(described(shape.diff, 'What the plan changes.')),
  notes: z.optional(
    described(
      z.array(z.string()),
      'What else is to be known of the plan; of an undo that waits for an approval first what it exposes again.',
    ),
  ),
  refusals: z.optional(described(shape.refusals, 'Why nothing was changed, or what it waits for.')),
  steps: z.optional(
    described(z.array(AlertStep), 'What was done, step by step; of very many the last ones.'),
  ),
  asks: shape.asks,
  overrides: shape.overrides,
  judged: shape.judged,
});
export type RemediationLink = z.infer<typeof RemediationLink>;
