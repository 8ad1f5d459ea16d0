import { createHash } from 'node:crypto';
import type { ActivityTable, Counted } from '../../shared/aws/activity-table';
import { type CloudTrailRecord, parseActivityEvent } from '../../shared/contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import { type AwsEvent, parseAwsEvent } from '../../shared/contracts/aws/event';
import type { Judgement } from '../../shared/contracts/trailseal/finding';
import { findingRegion } from '../../shared/contracts/trailseal/finding-region';
import type { Detected, Rate } from '../../shared/controls/detections/detection';
import { type Detector, type Hit, parametersOf } from '../../shared/controls/detections/detector';
import { countedEvent } from '../../shared/controls/detections/episodes';
import { type PolicyInForce, policyVersion } from '../../shared/controls/judge';
import { exemptionFor } from '../../shared/findings/exemption';
import type { Subject } from '../../shared/findings/finding';
import { stateIdOfEvent } from '../../shared/findings/observations';
import { type RecordNeeds, recordJudgement } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { type Home, requireCovered } from '../../shared/policy/coverage';
import { activityOf } from '../../shared/proof/actor/activity';

import { newInEpisodes } from './new-in-episodes';
import { inItsSession, usesOfStarted } from './root-uses';

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
    // Nobody's test makes a use of root less grave.
    const uses = event.trailseal === undefined ? await usesOfStarted(record, needs.activity) : [];
    for (const use of uses)
      detected.push({ control: use.subject.control, transitions: await note(use, needs) });
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
    const found = findingOf(detection, record, detected, event, policy);
    kinds.push(...(await note(await inItsSession(record, found, activity), needs)));
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

type Found = Pick<Counted, 'subject' | 'judgement' | 'used'>;

const note = async ({ subject, judgement, used }: Found, { record }: Needs): Promise<string[]> =>
  (await recordJudgement(subject, judgement, record, used)).map(({ kind }) => kind);

const findingOf = (
  detection: Hit['detection'],
  record: CloudTrailRecord,
  detected: Detected,
  event: AwsEvent,
  policy: PolicyInForce,
): Found => ({
  subject: subjectOf(detection, record, detected, event),
  judgement: { ...judgementOf(detection, record, detected, event, policy), ...event.trailseal },
  // Of what an operator sends as a test there is no record to wait for.
  ...(event.trailseal === undefined ? { used: event.detail as JsonObject } : {}),
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
  ...(resource.topic === undefined ? {} : { topic: resource.topic }),
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
    configurationStateId: stateIdOfEvent(record.eventID || record.requestID || ''),
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
