import { createHash } from 'node:crypto';
import type { ActivityTable, Counted } from '../../shared/aws/activity-table';
import { type CloudTrailRecord, parseActivityEvent } from '../../shared/contracts/aws/cloudtrail-record';
import { type AwsEvent, parseAwsEvent } from '../../shared/contracts/aws/event';
import type { Judgement } from '../../shared/contracts/trailseal/finding';
import type { Detected, Rate } from '../../shared/controls/detections/detection';
import { type Detector, type Hit, parametersOf } from '../../shared/controls/detections/detector';
import { countedEvent } from '../../shared/controls/detections/episodes';
import { inRootSession, rootKeyOf, rootSessionStarted } from '../../shared/controls/detections/root-session';
import { type PolicyInForce, policyVersion } from '../../shared/controls/judge';
import { exemptionFor } from '../../shared/findings/exemption';
import { findingRegion, type Subject } from '../../shared/findings/finding';
import { type RecordNeeds, recordJudgement } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { type Home, requireCovered } from '../../shared/policy/coverage';
import { activityOf } from '../../shared/proof/actor/activity';

import { newInEpisodes } from './new-in-episodes';

export interface Needs {
  readonly detector: Detector;
  readonly policy: PolicyInForce;
  readonly home: Home;
  readonly activity: ActivityTable;
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
}

/** What became of one event: for whoever invokes the function by hand. */
export interface Outcome {
  readonly event: string;
  readonly detected: readonly { readonly control: string; readonly transitions: readonly string[] }[];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** What counts is remembered for a day beyond its window: events may come late. */
const KEEP_MS = 24 * HOUR_MS;
/** A session of root lasts 15 minutes; its last calls may come late. */
const KEEP_SESSION_MS = 48 * HOUR_MS;

/**
 * An event of CloudTrail is shown to the detections that listen to it, and what they find joins their findings.
 *
 * @returns a handler of CloudTrail's events as EventBridge sends them
 * @throws PermanentFailure for an event that AWS did not send, that compliance.yml does not cover, or of another shape
 */
export const detectActivity =
  (needs: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    const event = parseAwsEvent(message);
    const { record } = parseActivityEvent(event);
    requireCovered(needs.policy, needs.home, event.account, event.region);
    const started = rootSessionStarted(record);
    if (started) await needs.activity.remember(started, later(record.eventTime, KEEP_SESSION_MS));

    const hits = needs.detector.in(record);
    needs.telemetry.count('EventsExamined');
    const detected: Outcome['detected'][number][] = [];
    for (const hit of hits) {
      if (hit.detected === undefined) {
        needs.telemetry.countBy('RuleFailures', 'control', hit.detection.id);
        needs.telemetry.error('a detection failed', {
          control: hit.detection.id,
          eventID: record.eventID,
          error: hit.crash,
        });
        continue;
      }
      const kinds = await take(hit, hit.detected, event, needs);
      detected.push({ control: hit.detection.id, transitions: kinds });
    }
    return { event: record.eventID, detected };
  };

async function take(
  { detection, record }: Hit,
  detected: Detected,
  event: AwsEvent,
  needs: Needs,
): Promise<string[]> {
  const { activity, policy, telemetry } = needs;
  const { counts } = detected;
  const rate = detection.rate?.(parametersOf(detection, policy));
  const kinds: string[] = [];
  if (counts === undefined || rate === undefined) {
    const key = rootKeyOf(record);
    const session = key === undefined ? undefined : await activity.rootSession(key);
    const found = session ? inRootSession(detected, session) : detected;
    kinds.push(...(await note(findingOf(detection, record, found, event, policy), needs)));
    telemetry.countBy('Detections', 'control', detection.id);
    return kinds;
  }
  for (const under of counts) {
    const own = {
      event: countedEvent(record, under),
      ...findingOf(detection, record, { ...detected, resource: under.resource }, event, policy),
    };
    for (const counted of await newlyInEpisode(own, rate, activity))
      kinds.push(...(await note(counted, needs)));
  }
  if (kinds.length > 0) telemetry.countBy('Detections', 'control', detection.id);
  return kinds;
}

/**
 * Counts an event, and tells which of the events near it are in an episode because of it. Which they are in the end
 * depends on none of their order, and a repetition says the same again.
 */
async function newlyInEpisode(own: Counted, rate: Rate, activity: ActivityTable): Promise<Counted[]> {
  const { control, accountId, resourceId } = own.subject;
  const counter = [control, accountId, hashOf(resourceId)].join('#');
  const at = own.event.eventTime;
  const windowMs = rate.windowMinutes * MINUTE_MS;
  await activity.count(counter, own, later(at, windowMs + KEEP_MS));
  const near = await activity.counted(counter, later(at, -2 * windowMs), later(at, 2 * windowMs));
  const found = newInEpisodes(
    near.map(({ event }) => event),
    own.event,
    rate,
  );
  return found.flatMap(({ eventID }) => near.find(({ event }) => event.eventID === eventID) ?? []);
}

type Found = Pick<Counted, 'subject' | 'judgement'>;

const note = async ({ subject, judgement }: Found, { record }: Needs): Promise<string[]> =>
  (await recordJudgement(subject, judgement, record)).map(({ kind }) => kind);

const findingOf = (
  detection: Hit['detection'],
  record: CloudTrailRecord,
  detected: Detected,
  event: AwsEvent,
  policy: PolicyInForce,
): Found => ({
  subject: subjectOf(detection, record, detected, event),
  judgement: { ...judgementOf(detection, record, detected, event, policy), ...event.trailseal },
});

const subjectOf = (
  { id }: Hit['detection'],
  { awsRegion }: CloudTrailRecord,
  { resource, severity }: Detected,
  { account }: AwsEvent,
): Subject => ({
  control: id,
  severity,
  accountId: account,
  region: findingRegion(resource.resourceType, awsRegion),
  resourceType: resource.resourceType,
  resourceId: resource.resourceId,
  ...(resource.name === undefined ? {} : { resourceName: resource.name }),
  ...(resource.arn === undefined ? {} : { arn: resource.arn }),
});

function judgementOf(
  detection: Hit['detection'],
  record: CloudTrailRecord,
  { says, because, resource }: Detected,
  { account }: AwsEvent,
  policy: PolicyInForce,
): Judgement {
  const observedAt = record.eventTime;
  const exemption = exemptionFor(
    policy.exemptions,
    detection.id,
    {
      awsAccountId: account,
      awsRegion: record.awsRegion,
      resourceType: resource.resourceType,
      resourceId: resource.resourceId,
      ...(resource.name === undefined ? {} : { resourceName: resource.name }),
      ...(resource.arn === undefined ? {} : { ARN: resource.arn }),
    },
    observedAt,
  );
  return {
    observedAt,
    configurationStateId: numberOf(record.eventID || record.requestID || ''),
    policyVersion: policyVersion(detection, policy),
    compliance: 'NON_COMPLIANT',
    annotation: says,
    because: [...because],
    change: { state: 'none', properties: [], otherPaths: [] },
    activity: activityOf(record),
    quietUntil: later(observedAt, detection.quietHours * HOUR_MS),
    ...(exemption ? { exemption } : {}),
  };
}

const later = (time: string, by: number): string => new Date(Date.parse(time) + by).toISOString();

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Two events of one millisecond are told apart by their ids: the order key wants a number. */
const numberOf = (eventID: string): string => BigInt(`0x${hashOf(eventID).slice(0, 15)}`).toString();
