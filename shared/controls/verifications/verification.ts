import * as z from 'zod/mini';
import type { Severity } from '../../contracts/trailseal/finding';
import type { ControlMetadata, Verdict } from '../control';
import { breaking, type Problem } from './problem';

/** A control that reads no configuration item: it is judged by what verifying CloudTrail's files brought up. */
export interface Verification extends ControlMetadata {
  readonly kind: 'verification';
  readonly resourceTypes: readonly [string, ...string[]];
  /** What is looked at, as a sentence. */
  readonly verifies: string;
  /** None, so far: there is nothing to choose in what a signature proves. */
  readonly parameters: z.ZodMiniType<Readonly<Record<string, never>>>;
  /** Pure. @param problems of one chain, in any order */
  judge(problems: readonly Problem[]): Verdict;
  /** How bad the finding is: the worst of what breaks the control, the control's own severity when nothing does. */
  severityOf(problems: readonly Problem[]): Severity;
}

/** What is common to all of them. */
export const defineVerification = (
  verification: Omit<Verification, 'kind' | 'parameters' | 'severityOf'>,
): Verification => ({
  kind: 'verification',
  parameters: z.object({}),
  severityOf: (problems) => breaking(problems)[0]?.severity ?? verification.severity,
  ...verification,
});
