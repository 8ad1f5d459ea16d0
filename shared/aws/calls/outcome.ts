import type { JsonObject } from '../../contracts/aws/configuration-item';
import { NoSession } from '../remediation-role';

export type CallMade =
  | { readonly state: 'done'; readonly requestId: string; readonly answer: JsonObject }
  /** AWS said no, or was not asked: nothing was changed by this call. */
  | {
      readonly state: 'refused';
      readonly code: string;
      readonly requestId?: string;
      readonly says: string;
      /** The same call may be made again later: it was throttled, or never left. */
      readonly retryable?: true;
    }
  /** It may have worked. */
  | { readonly state: 'unknown'; readonly error: string };

const LONGEST_TEXT = 300;
const throttled =
  /Throttl|^(TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete)/;
/** Nothing was listening, or its name could not be found: nothing has arrived. */
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** It did not leave: AWS knows nothing of it. */
export class Unsent extends Error {
  override readonly name = 'Unsent';
  constructor(override readonly cause: unknown) {
    super('not sent');
  }
}

/** There was nobody to send it to. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

/** Not among what remediations call: it is not sent. */
export class UnknownCall extends Error {
  override readonly name = 'UnknownCall';
}

/**
 * Some answers of success tell of a failure. EC2 lists what it did not do, and a call is about one resource. A function
 * that threw may have done a part of its work.
 */
export function insideOf(answer: JsonObject, requestId: string): CallMade | undefined {
  const { Unsuccessful: unsuccessful, FunctionError: functionError } = answer;
  if (typeof functionError === 'string')
    return { state: 'unknown', error: `The function failed: ${functionError}` };
  const [first] = Array.isArray(unsuccessful) ? unsuccessful : [];
  if (first === undefined) return undefined;
  const error = member(first, 'Error');
  const text = (name: string, otherwise: string) => String(member(error, name) ?? otherwise);
  const says = text('Message', 'EC2 did not do it').slice(0, LONGEST_TEXT);
  return { state: 'refused', code: text('Code', 'Unsuccessful'), says, requestId };
}

export interface Failure {
  readonly code: string;
  readonly says: string;
  readonly requestId: string | undefined;
  /** Another attempt may succeed. */
  readonly passing: boolean;
  /** It is certain that nothing was done. */
  readonly answered: boolean;
}

/** What an error of a client means. An answer of 200 that can't be read is none: what it says was done. */
export function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Unsent ? thrown.cause : thrown;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const says = message.slice(0, LONGEST_TEXT);
  const status = metadataOf(error)?.httpStatusCode ?? 0;
  const common = { says, requestId: requestIdOf(error) };
  if (thrown instanceof Unsent) {
    const session = error instanceof NoSession ? error : undefined;
    const passing = session?.passing ?? name === 'NotConnected';
    return { ...common, code: session?.code ?? name, passing, answered: true };
  }
  if (throttled.test(name)) return { ...common, code: name, passing: true, answered: true };
  if (status < 300 || status >= 500) return { ...common, code: name, passing: true, answered: false };
  // The keys are asked for anew: it was the request that was too old, or S3 that waited in vain for it.
  const late = /^(ExpiredToken|RequestExpired|RequestTimeout)/.test(name);
  return { ...common, code: name, passing: late, answered: true };
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const metadataOf = (value: unknown) =>
  member(value, '$metadata') as { readonly httpStatusCode?: number; readonly requestId?: string } | undefined;

export const requestIdOf = (value: unknown): string | undefined => metadataOf(value)?.requestId;

/** Whether an error says that nothing was listening, or that there is no such name. */
export const hadNobodyToHear = (error: unknown): boolean => notConnected.has(String(member(error, 'code')));
