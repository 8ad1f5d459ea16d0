import { InvalidInput, PermanentFailure } from '../permanent-failure';
import type { JsonObject } from './configuration-item';
import type { AwsEvent } from './event';

/** Who issued the credentials of a session: the role of an assumed role, the user of a federated one. */
export interface SessionIssuer {
  readonly type?: string;
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly userName?: string;
}

/** Of web identity tokens, only who vouched for them is kept: their claims are the user's own data. */
export interface SessionContext {
  readonly sessionIssuer?: SessionIssuer;
  readonly federatedProvider?: string;
  readonly creationDate?: string;
  readonly mfaAuthenticated?: boolean;
  readonly sourceIdentity?: string;
  readonly ec2RoleDelivery?: string;
  readonly assumedRoot?: boolean;
}

/** Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element". */
export interface UserIdentity {
  /** `Unknown` when the record doesn't say. */
  readonly type: string;
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly invokedBy?: string;
  /** Of SAML and web identity: who vouched for the user. */
  readonly identityProvider?: string;
  readonly sessionContext?: SessionContext;
  /** The Identity Center user for whom a service or a role acts. */
  readonly onBehalfOf?: { readonly userId?: string; readonly identityStoreArn?: string };
}

export interface RecordResource {
  readonly ARN?: string;
  readonly accountId?: string;
  readonly type?: string;
}

/**
 * One CloudTrail record, as it is in a log file and in the detail of an event; what isn't listed here is dropped.
 *
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
export interface CloudTrailRecord {
  /** Empty when absent, as in some samples. */
  readonly eventID: string;
  readonly eventName: string;
  /** `ec2.amazonaws.com` */
  readonly eventSource: string;
  /** ISO 8601 in UTC with milliseconds, whichever form it came in: texts sort by time. */
  readonly eventTime: string;
  readonly awsRegion: string;
  readonly eventType?: string;
  readonly eventCategory?: string;
  readonly sourceIPAddress?: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** Absent when null, and when CloudTrail omitted it for its size: then the call may still have had parameters. */
  readonly requestParameters?: JsonObject;
  readonly responseElements?: JsonObject;
  readonly additionalEventData?: JsonObject;
  readonly serviceEventDetails?: JsonObject;
  /** Of Insights events: which API was called unusually often, and since when. */
  readonly insightDetails?: JsonObject;
  readonly resources?: readonly RecordResource[];
  readonly readOnly?: boolean;
  readonly managementEvent?: boolean;
  readonly recipientAccountId?: string;
  readonly requestID?: string;
  readonly sharedEventID?: string;
  readonly sessionCredentialFromConsole?: boolean;
  readonly vpcEndpointId?: string;
  /** Says that this record completes or corrects another: `originalEventID`, `updatedFields`, `reason`. */
  readonly addendum?: JsonObject;
  readonly userIdentity: UserIdentity;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Unknowns = Readonly<Record<string, unknown>>;

const INPUT = 'CloudTrail record';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TEXTS = [
  'eventType',
  'eventCategory',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'recipientAccountId',
  'requestID',
  'sharedEventID',
  'vpcEndpointId',
] as const;
const OBJECTS = [
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'insightDetails',
  'addendum',
] as const;
const FLAGS = ['readOnly', 'managementEvent', 'sessionCredentialFromConsole'] as const;
const IDENTITY_TEXTS = [
  'principalId',
  'arn',
  'accountId',
  'accessKeyId',
  'userName',
  'invokedBy',
  'identityProvider',
] as const;
const ISSUER_TEXTS = ['type', 'principalId', 'arn', 'accountId', 'userName'] as const;

/**
 * Reads a record; fields of another shape than documented count as absent. Written by hand, not as a schema: it runs
 * for every record that some detection listens to.
 * @throws InvalidInput for a record without eventName, eventSource, eventTime or awsRegion
 */
export function parseCloudTrailRecord(value: unknown): CloudTrailRecord {
  if (!isObject(value)) throw new InvalidInput(INPUT, '', 'an object');
  // An Insights event has no name of its own: it speaks of an API.
  const named =
    value['eventCategory'] === 'Insight' && isObject(value['insightDetails'])
      ? value['insightDetails']
      : value;
  const record: Mutable<CloudTrailRecord> = {
    eventID: typeof value['eventID'] === 'string' ? value['eventID'] : '',
    eventName: required(named, 'eventName'),
    eventSource: required(named, 'eventSource'),
    eventTime: isoTime(required(value, 'eventTime')),
    awsRegion: required(value, 'awsRegion'),
    userIdentity: userIdentity(value['userIdentity']),
  };
  copyTexts(value, TEXTS, record);
  for (const key of OBJECTS) {
    const found = value[key];
    if (isObject(found)) record[key] = found;
  }
  for (const key of FLAGS) {
    const found = flag(value[key]);
    if (found !== undefined) record[key] = found;
  }
  if (Array.isArray(value['resources'])) record.resources = value['resources'].filter(isObject).map(resource);
  return record;
}

const DETAIL_TYPES = {
  'AWS API Call via CloudTrail': 'api-call',
  'AWS Console Sign In via CloudTrail': 'console-sign-in',
  // Since 2026 AWS's guides spell it so.
  'AWS Console Signin via CloudTrail': 'console-sign-in',
  'AWS Console Action via CloudTrail': 'console-action',
  'AWS Service Event via CloudTrail': 'service-event',
  'AWS Insight via CloudTrail': 'insight',
} as const;

export type ActivityType = (typeof DETAIL_TYPES)[keyof typeof DETAIL_TYPES];

/** All detail types that CloudTrail's events come under, each with every spelling that is known of it. */
export const ACTIVITY_DETAIL_TYPES: Readonly<Record<string, ActivityType>> = DETAIL_TYPES;

/**
 * Reads a record out of the event in which EventBridge delivers it.
 * @throws PermanentFailure (`source-not-aws`) for an event that AWS did not send
 * @throws InvalidInput for another detail-type, and for a record that can't be one
 */
export function parseActivityEvent(event: AwsEvent): {
  readonly record: CloudTrailRecord;
  readonly detailType: ActivityType;
} {
  if (!event.source.startsWith('aws.')) {
    throw new PermanentFailure(
      'source-not-aws',
      `event ${event.id}: expected a source of AWS (aws.*), not ${event.source}`,
    );
  }
  const detailType = Object.hasOwn(ACTIVITY_DETAIL_TYPES, event['detail-type'])
    ? ACTIVITY_DETAIL_TYPES[event['detail-type']]
    : undefined;
  if (detailType === undefined)
    throw new InvalidInput('event', 'detail-type', Object.keys(DETAIL_TYPES).join(', or '));
  return { record: parseCloudTrailRecord(event.detail), detailType };
}

function required(from: Unknowns, field: string): string {
  const value = from[field];
  if (typeof value !== 'string' || value === '')
    throw new InvalidInput(INPUT, field, 'text that is not empty');
  return value;
}

function copyTexts<K extends string>(
  from: Unknowns,
  keys: readonly K[],
  to: { [P in K]?: string | undefined },
): void {
  for (const key of keys) {
    const value = from[key];
    if (typeof value === 'string' && value !== '') to[key] = value;
  }
}

/** CloudTrail writes some flags as text, and not always in lower case. */
function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** `2024-07-31T11:00:00Z` in log files; `2024-07-31 11:00:00.000`, in UTC too, in what queries over them export. */
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

function isoTime(text: string): string {
  const [, day, time, fraction = '', zone = 'Z'] = TIME.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone}`);
  if (Number.isNaN(at)) throw new InvalidInput(INPUT, 'eventTime', 'an ISO 8601 time');
  return new Date(at).toISOString();
}

function userIdentity(value: unknown): UserIdentity {
  if (!isObject(value)) return { type: 'Unknown' };
  const identity: Mutable<UserIdentity> = {
    type: typeof value['type'] === 'string' && value['type'] !== '' ? value['type'] : 'Unknown',
  };
  copyTexts(value, IDENTITY_TEXTS, identity);
  if (isObject(value['sessionContext'])) identity.sessionContext = sessionContext(value['sessionContext']);
  if (isObject(value['onBehalfOf'])) {
    const onBehalfOf: Mutable<NonNullable<UserIdentity['onBehalfOf']>> = {};
    copyTexts(value['onBehalfOf'], ['userId', 'identityStoreArn'], onBehalfOf);
    identity.onBehalfOf = onBehalfOf;
  }
  return identity;
}

function sessionContext(value: JsonObject): SessionContext {
  const context: Mutable<SessionContext> = {};
  copyTexts(value, ['sourceIdentity', 'ec2RoleDelivery'], context);
  const { sessionIssuer, webIdFederationData, attributes, assumedRoot } = value;
  if (isObject(sessionIssuer) && Object.keys(sessionIssuer).length > 0) {
    const issuer: Mutable<SessionIssuer> = {};
    copyTexts(sessionIssuer, ISSUER_TEXTS, issuer);
    context.sessionIssuer = issuer;
  }
  if (isObject(webIdFederationData)) copyTexts(webIdFederationData, ['federatedProvider'], context);
  if (isObject(attributes)) {
    copyTexts(attributes, ['creationDate'], context);
    const mfa = flag(attributes['mfaAuthenticated']);
    if (mfa !== undefined) context.mfaAuthenticated = mfa;
  }
  const root = flag(assumedRoot);
  if (root !== undefined) context.assumedRoot = root;
  return context;
}

/** Some services write `arn`, and `accountID`. */
function resource(value: JsonObject): RecordResource {
  const named: Mutable<RecordResource> = {};
  copyTexts(value, ['accountId', 'type'], named);
  const arn = value['ARN'] ?? value['arn'];
  if (typeof arn === 'string' && arn !== '') named.ARN = arn;
  const account = named.accountId ?? value['accountID'];
  if (typeof account === 'string' && account !== '') named.accountId = account;
  return named;
}
