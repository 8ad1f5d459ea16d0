import type { Activity } from './activity';
import { AwsError } from './aws-error';
import type { Clock } from './clock';

export interface RetryPolicy {
  maximumRetries: number;
  maximumAgeSeconds: number;
}

/** Why a delivery was given up: at once (`exhausted` absent), or after which limit. */
export interface Failure {
  error: AwsError;
  retries: number;
  exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

const LONGEST_PAUSE = 600;
const THROTTLED = /throttl|toomanyrequests|limitexceeded/i;

/**
 * Delivers in the name of AWS: a missing right or target is final at once, a throttled or failing target is
 * tried again with growing pauses until the policy ends it.
 */
export async function deliver(
  attempt: () => Promise<void>,
  policy: RetryPolicy,
  { clock, activity, signal }: { clock: Clock; activity: Activity; signal: AbortSignal },
): Promise<Failure | undefined> {
  const start = clock.now();
  for (let retries = 0; ; retries += 1) {
    try {
      await attempt();
      return undefined;
    } catch (thrown) {
      const error = asAwsError(thrown);
      const isTransient = error.statusCode >= 500 || THROTTLED.test(error.code);
      if (!isTransient || signal.aborted) return { error, retries };
      if (retries >= policy.maximumRetries) return { error, retries, exhausted: 'MaximumRetryAttempts' };
      const pause = Math.min(2 ** retries, LONGEST_PAUSE) * 1000;
      if (clock.now() + pause - start > policy.maximumAgeSeconds * 1000) {
        return { error, retries, exhausted: 'MaximumEventAgeInSeconds' };
      }
      await activity.rest(clock.wait(pause, signal));
    }
  }
}

const asAwsError = (thrown: unknown): AwsError =>
  thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown), 500);
