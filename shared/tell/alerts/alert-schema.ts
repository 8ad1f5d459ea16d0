import * as z from 'zod/mini';
import {
  AppliedExemption,
  ChangeLink,
  Exposure,
  Reason,
  ResourceRef,
  Severity,
  TransitionKind,
} from '../../contracts/trailseal/finding';
import { Folded } from './folded';
import { ActorLink, ProofLink } from './link-schemas';
import { RemediationLink } from './remediation-schema';

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

/**
 * An alert for machines: the default message of the topic. Its published JSON Schema is docs/schemas/alert.schema.json;
 * fields are added within a version, never changed or removed.
 */
export const Alert = z.object({
  schemaVersion: z.literal('1'),
  alertId: described(z.string(), 'The same for every delivery of one alert: act on it once.'),
  messageType: described(
    z.enum([...TransitionKind.options, 'Summary']),
    'What happened to the finding. Summary: one message for many alerts of a control, which it lists.',
  ),
  status: described(z.enum(['open', 'resolved', 'exempt']), 'Where the finding stands after it.'),
  severity: described(
    Severity,
    'Of the finding; of a contradicted record at least high; of a fix that failed or is not confirmed at least medium; of a summary the worst that it lists.',
  ),
  recordedAt: described(z.string(), 'When Trailseal recorded it, ISO 8601 in UTC.'),
  finding: described(
    z.object({
      id: z.string(),
      seq: z.int(),
      severity: z.optional(described(Severity, 'Its own, where the message is worse than that.')),
    }),
    'Of a summary the first that it lists.',
  ),
  control: z.object({
    id: z.string(),
    kind: z.optional(
      described(
        z.enum(['rule', 'verification', 'detection', 'partner']),
        'rule: reads configuration items; verification: verifies the files of CloudTrail; detection: reads its records; partner: takes the word of another service.',
      ),
    ),
    title: z.string(),
    rationale: z.string(),
    frameworks: described(
      z.record(z.string(), z.array(z.string())),
      'Items by framework; CIS by version: cis-3.0.0.',
    ),
  }),
  resource: described(
    ResourceRef,
    'resourceId and arn exactly as AWS gives them: treat them as untrusted text.',
  ),
  summary: described(z.string(), 'One line for a person.'),
  because: described(z.array(Reason), 'What breaks the control; of a closing message, what broke it.'),
  observedAt: z.optional(
    described(
      z.string(),
      'When AWS Config captured the configuration that was judged; of a verification, when it came to this.',
    ),
  ),
  exposure: z.optional(Exposure),
  late: z.optional(described(z.literal(true), 'Learned of after it was over.')),
  test: z.optional(described(z.literal(true), 'An operator sent the event: nothing of this needs to be so.')),
  exemption: z.optional(AppliedExemption),
  links: z.object({
    change: ChangeLink,
    actor: ActorLink,
    proof: ProofLink,
    remediation: RemediationLink,
  }),
  whatToDo: z.array(z.string()),
  folded: z.optional(described(Folded, 'Of a summary: the alerts that it stands for.')),
});
export type Alert = z.infer<typeof Alert>;
