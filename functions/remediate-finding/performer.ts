import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { AwsCall, ReadCall } from '../../shared/contracts/trailseal/remediation';

/** In whose name, and for what, calls are made: the rights of the session are those of these calls, and no others. */
export interface Session {
  readonly accountId: string;
  readonly findingId: string;
  /** The nonce of the approval, where there is one. */
  readonly approval?: string;
  /** Of a session that changes something: the run, its plan, and who approved it, for CloudTrail's record of it. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly calls: readonly AwsCall[];
}

export type ReadAnswers =
  | { readonly answers: Readonly<Record<string, Json>> }
  /** A sentence: why the state can not be known. */
  | { readonly unreadable: string };

export type CallAnswer =
  | { readonly state: 'done'; readonly requestId: string; readonly answer: JsonObject }
  /** AWS said no: nothing was changed by this call. */
  | {
      readonly state: 'refused';
      readonly code: string;
      readonly requestId?: string;
      readonly says?: string;
      /** The same call may be made again later: it was throttled, or never left. */
      readonly retryable?: true;
    }
  /** It may have worked. */
  | { readonly state: 'unknown'; readonly error: string };

/** Makes calls that are given as data. What it throws is transient. */
export interface Performer {
  /** Their answers by their names; null where AWS answers one of `absentOn`. */
  read(calls: readonly ReadCall[]): Promise<ReadAnswers>;
  /** Once, and never again by itself: whoever gets no answer decides. The input names no answer of another call. */
  apply(call: AwsCall): Promise<CallAnswer>;
}
