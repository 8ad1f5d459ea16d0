import type * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { CompliancePolicy } from '../../contracts/trailseal/compliance-policy';
import type { Reason, Severity } from '../../contracts/trailseal/finding';
import type { ControlMetadata } from '../control';

/** The detail-types that CloudTrail's events come under, in every spelling. */
export const API_CALL = 'AWS API Call via CloudTrail';
/** Recorded events say Sign In, AWS's guides since 2026 Signin. */
export const CONSOLE_SIGN_IN = [
  'AWS Console Sign In via CloudTrail',
  'AWS Console Signin via CloudTrail',
] as const;

/** A record as JSON.parse left it, or as it was parsed: what `holds` reads has the same place in both. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** What brings a record to a detection, whichever service was called. */
export interface AnyCall<Parameters> {
  /** The `detail` of its EventBridge pattern; undefined while its parameters leave nothing to listen for. */
  pattern(parameters: Parameters): object | undefined;
  /** The same for a record of a log file, so cheap that each one can be asked. */
  holds(record: RawRecord, parameters: Parameters): boolean;
}

/** Which records a detection needs: EventBridge rules and the dispatch are made from it. */
export interface ListensTo<Parameters> {
  readonly detailTypes: readonly string[];
  /** Event names by event source: `ec2.amazonaws.com`. For Lambda without the date that CloudTrail puts behind. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** Those of `calls` that count when they fail, too; the others are not delivered then. */
  readonly failed?: readonly string[];
  readonly anyCall?: AnyCall<Parameters>;
  /** It needs read-only calls, which EventBridge delivers to rules in a state of their own. */
  readonly readOnly?: true;
}

/** What a detection is about. Texts come from the record: as hostile as whoever made the call. */
export interface ActivityResource {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly arn?: string;
  readonly name?: string;
  /** Which of several matters of the resource it is, where each is a finding of its own. */
  readonly topic?: string;
}

/** Whose set of events one that counts is put into. */
export interface CountedUnder {
  readonly resource: ActivityResource;
  /** Where it came from; given where an episode needs more than one of them, as each has a count of its own. */
  readonly from?: string;
}

export interface Detected {
  /** The principal where the call was on no resource. */
  readonly resource: ActivityResource;
  readonly severity: Severity;
  /** One line: what was done, to what. */
  readonly says: string;
  /** Paths are those of the record: `requestParameters.name`. */
  readonly because: readonly [Reason, ...Reason[]];
  /** The call failed, and counts all the same. */
  readonly attempted?: true;
  /** The record alone is no finding: an episode of such records is, for each of these. */
  readonly counts?: readonly CountedUnder[];
}

/** How many records within how long make an episode. */
export interface Rate {
  readonly threshold: number;
  readonly windowMinutes: number;
}

/** What detections may have to know that isn't among their parameters. */
export interface KnownElsewhere extends Pick<CompliancePolicy, 'trails'> {
  /** ARNs of the stack's own KMS keys: they have no names, and nobody knows their ids before they are deployed. */
  readonly ownKeys?: readonly string[];
}

/** A control that reads CloudTrail records: what somebody did, not what there is. */
export interface Detection<Parameters = unknown> extends ControlMetadata {
  readonly kind: 'detection';
  /** What its findings are about; beside these, the principal where a record names no resource. */
  readonly resourceTypes: readonly [string, ...string[]];
  /** Techniques of MITRE ATT&CK: `T1562.008`. */
  readonly attack: readonly string[];
  readonly listensTo: ListensTo<Parameters>;
  readonly parameters: z.ZodMiniType<Parameters>;
  /** After so long without another record its finding closes by itself. */
  readonly quietHours: number;
  /** Of those that count: the rate from which on it is a finding. */
  rate?(parameters: Parameters): Rate;
  /** What the rest of compliance.yml, and the deployment, add to the parameters. */
  completed?(parameters: Parameters, known: KnownElsewhere): Parameters;
  /** Pure. Called only with records that it listens to. */
  detect(record: CloudTrailRecord, parameters: Parameters): Detected | undefined;
}

/** A detection whose parameters only it knows. */
export type AnyDetection = Detection;

/** Ties the type of what `detect` gets to the schema of the parameters. */
export const defineDetection = <Parameters>(
  detection: Omit<Detection<Parameters>, 'kind'>,
): Detection<Parameters> => ({ kind: 'detection', ...detection });
