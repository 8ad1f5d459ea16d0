import { type CloudTrailRecord, parseCloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { CompliancePolicy, ControlSettings } from '../../contracts/trailseal/compliance-policy';
import type { Reason } from '../../contracts/trailseal/finding';
import { isOffEverywhere, modeFor } from '../scope';
import type { ActivityResource, AnyDetection, Detected, KnownElsewhere, RawRecord } from './detection';
import { bounded } from './reading';
import { accountOf } from './resource';

/** What one detection says of one record. */
export type Hit = {
  readonly detection: AnyDetection;
  readonly record: CloudTrailRecord;
} & (
  | { readonly detected: Detected; readonly crash?: never }
  /** What the detection threw: a bug of ours, to be counted as one. */
  | { readonly crash: unknown; readonly detected?: never }
);

type Settings = Pick<CompliancePolicy, 'controls'> & KnownElsewhere;

/** A detection that is on, with what is set for it. */
interface Listening {
  readonly detection: AnyDetection;
  readonly parameters: unknown;
  readonly settings: ControlSettings | undefined;
}

export interface Detector {
  /**
   * Asks every detection that listens to the record. Most records of a log file concern none: they cost two look-ups,
   * and are never parsed.
   * @param record as JSON.parse left it
   * @throws InvalidInput for what is no record of CloudTrail
   */
  inRaw(record: unknown): readonly Hit[];
  /** Whether any of them listens to it; true, too, for what is no record, which the parser then refuses in words. */
  wants(record: RawRecord): boolean;
  /** The same as inRaw for a record that has been parsed. */
  in(record: CloudTrailRecord): readonly Hit[];
}

/** The parameters of a detection under a policy, its own defaults where that has none. */
export function parametersOf(detection: AnyDetection, policy: Settings): unknown {
  const parameters = policy.controls[detection.id]?.parameters ?? detection.parameters.parse({});
  return detection.completed?.(parameters, policy) ?? parameters;
}

/** Detections that the policy has not switched off for everything. */
export const switchedOn = (detections: readonly AnyDetection[], policy: Settings): readonly AnyDetection[] =>
  detections.filter(({ id }) => !isOffEverywhere(policy.controls[id]));

const NONE: readonly never[] = [];

/** Builds the dispatch, once for many records. */
export function detector(detections: readonly AnyDetection[], policy: Settings): Detector {
  const listening = switchedOn(detections, policy).map(
    (detection): Listening => ({
      detection,
      parameters: parametersOf(detection, policy),
      settings: policy.controls[detection.id],
    }),
  );
  const calls = callsOf(listening);
  const anyCalls = listening.flatMap((listener) => {
    const { anyCall } = listener.detection.listensTo;
    return anyCall === undefined || anyCall.pattern(listener.parameters) === undefined
      ? []
      : [{ listener, holds: (record: RawRecord) => anyCall.holds(record, listener.parameters) }];
  });

  function listenersTo(record: RawRecord, source: string, name: string): readonly Listening[] {
    let found: readonly Listening[] = calls.get(source)?.get(unversioned(source, name)) ?? NONE;
    for (const { listener, holds } of anyCalls) {
      if (holds(record) && !found.includes(listener)) found = [...found, listener];
    }
    return found;
  }
  // An Insights event speaks of calls, and is none.
  const heard = (record: CloudTrailRecord): readonly Listening[] =>
    record.eventCategory === 'Insight'
      ? NONE
      : listenersTo(record as unknown as RawRecord, record.eventSource, record.eventName);

  return {
    inRaw(value) {
      const { eventSource, eventName } = (value ?? {}) as RawRecord;
      if (typeof eventSource !== 'string' || typeof eventName !== 'string') {
        const record = parseCloudTrailRecord(value);
        return hits(heard(record), record);
      }
      const listeners = listenersTo(value as RawRecord, eventSource, eventName);
      return listeners.length === 0 ? NONE : hits(listeners, parseCloudTrailRecord(value));
    },
    wants(record) {
      const { eventSource, eventName } = record;
      if (typeof eventSource !== 'string' || typeof eventName !== 'string') return true;
      return listenersTo(record, eventSource, eventName).length > 0;
    },
    in: (record) => hits(heard(record), record),
  };
}

function hits(listeners: readonly Listening[], record: CloudTrailRecord): Hit[] {
  return listeners.flatMap(({ detection, parameters, settings }): Hit[] => {
    try {
      const found = detection.detect(record, parameters);
      const detected = found && whereOn(found, record, settings);
      return detected === undefined ? [] : [{ detection, record, detected: withinBounds(detected) }];
    } catch (crash) {
      return [{ detection, record, crash }];
    }
  });
}

/** Of what was detected that for whose resource the detection is not off. What counts does so for each of several. */
function whereOn(
  detected: Detected,
  record: CloudTrailRecord,
  settings: ControlSettings | undefined,
): Detected | undefined {
  if (settings?.scopes === undefined) return detected;
  const isOn = ({ resourceType, resourceId, name, arn }: ActivityResource) => {
    const place = { awsAccountId: accountOf(record), awsRegion: record.awsRegion };
    return modeFor(settings, { ...place, resourceType, resourceId, resourceName: name, ARN: arn }) !== 'off';
  };
  if (detected.counts === undefined) return isOn(detected.resource) ? detected : undefined;
  const counts = detected.counts.filter(({ resource }) => isOn(resource));
  return counts.length === 0 ? undefined : { ...detected, counts };
}

/** Whoever calls chooses much of what is said of the call: names are cut where they are read, all else here. */
function withinBounds(detected: Detected): Detected {
  const [first, ...others] = detected.because;
  return {
    ...detected,
    says: bounded(detected.says),
    because: [boundedReason(first), ...others.map(boundedReason)],
  };
}

const boundedReason = (reason: Reason): Reason => ({
  ...reason,
  says: bounded(reason.says),
  value: typeof reason.value === 'string' ? bounded(reason.value) : reason.value,
});

function callsOf(listening: readonly Listening[]): ReadonlyMap<string, ReadonlyMap<string, Listening[]>> {
  const bySource = new Map<string, Map<string, Listening[]>>();
  for (const listener of listening) {
    for (const [source, names] of Object.entries(listener.detection.listensTo.calls ?? {})) {
      const byName = bySource.get(source) ?? new Map<string, Listening[]>();
      bySource.set(source, byName);
      for (const name of names) byName.set(name, [...(byName.get(name) ?? []), listener]);
    }
  }
  return bySource;
}

const LAMBDA = 'lambda.amazonaws.com';

/** Lambda's event names end with the date of the API, and sometimes a version: `UpdateFunctionCode20150331v2`. */
const unversioned = (source: string, name: string): string =>
  source === LAMBDA ? name.replace(/20\d{6}(v\d+)?$/, '') : name;
