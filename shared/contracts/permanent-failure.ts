/**
 * Why an input can never be handled, however often it is tried: its reason goes with it to the dead letters and
 * names the metric that counts it.
 *
 * - `invalid-json`: the text is not JSON.
 * - `invalid-event`: a field is missing or has another shape than AWS documents.
 * - `source-not-aws`: an event on the input side that AWS did not send.
 * - `account-not-covered`, `region-not-covered`: compliance.yml does not cover where it comes from.
 * - `bucket-not-covered`, `topic-not-covered`: compliance.yml names no such bucket or topic under `trails`.
 * - `malformed-key`: not the key of a digest or log file of CloudTrail.
 */
export type FailureReason =
  | 'invalid-json'
  | 'invalid-event'
  | 'source-not-aws'
  | 'account-not-covered'
  | 'region-not-covered'
  | 'bucket-not-covered'
  | 'topic-not-covered'
  | 'malformed-key';

/** Trying again can't help: the record is kept as a dead letter, with the reason, and acknowledged. */
export class PermanentFailure extends Error {
  override readonly name: string = 'PermanentFailure';

  constructor(
    readonly reason: FailureReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An input of the wrong shape: says which input, which field, and what was expected there. */
export class InvalidInput extends PermanentFailure {
  override readonly name = 'InvalidInput';

  constructor(
    readonly input: string,
    readonly field: string,
    readonly expected: string,
    reason: 'invalid-event' | 'invalid-json' = 'invalid-event',
  ) {
    super(reason, `${input}: ${field === '' ? '' : `${field}: `}expected ${expected}`);
  }
}
