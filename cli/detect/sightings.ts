import type { CloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import {
  isInRootSession,
  type RootSession,
  rootKeyOf,
  rootSessionOf,
} from '../../shared/contracts/aws/root-session';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { type Severity, severities } from '../../shared/contracts/trailseal/finding';
import type {
  ActivityResource,
  CountedUnder,
  Detected,
  Rate,
} from '../../shared/controls/detections/detection';
import { type Hit, parametersOf } from '../../shared/controls/detections/detector';
import { type CountedEvent, countedEvent, episodes } from '../../shared/controls/detections/episodes';
import { accountOf } from '../../shared/controls/detections/resource';
import { inRootSession } from '../../shared/controls/detections/root-session';
import { exemptionFor } from '../../shared/findings/exemption';
import { actorOf } from '../../shared/proof/actor/actor';

/** What a detection found. Texts in it come from the record: print them by `printable`. */
export interface Sighting {
  readonly control: string;
  readonly severity: Severity;
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly actor: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly summary: string;
  /** The call failed, and counts all the same. */
  readonly attempted: boolean;
  readonly isExempt: boolean;
}

interface Counted extends CountedEvent {
  readonly sighting: Sighting;
}

/** Turns what detections say of records into sightings: at once, or for those that count or may be joined at the end. */
export class Sightings {
  crashes = 0;
  readonly #rootSessions = new Map<string, RootSession>();
  readonly #rootUses: Hit[] = [];
  readonly #counted = new Map<string, { readonly rate: Rate; readonly events: Counted[] }>();

  constructor(
    private readonly policy: CompliancePolicy,
    private readonly now: string,
    private readonly found: (sighting: Sighting) => void,
  ) {}

  add(hit: Hit): void {
    const { detection, record, detected } = hit;
    if (detected === undefined) {
      this.crashes += 1;
      return;
    }
    const session = rootSessionOf(record);
    if (session !== undefined) this.#rootSessions.set(session.accessKeyId, session);
    if (detection.rate !== undefined && detected.counts !== undefined) {
      const rate = detection.rate(parametersOf(detection, this.policy));
      for (const under of detected.counts) this.#count(hit, detected, under, rate);
    } else if (rootKeyOf(record) !== undefined) {
      this.#rootUses.push(hit);
    } else {
      this.found(this.#sighting(hit, detected, detected.resource));
    }
  }

  /** Tells of what only shows when all has been read. */
  end(): void {
    for (const hit of this.#rootUses) {
      const session = this.#rootSessions.get(rootKeyOf(hit.record) ?? '');
      const detected = hit.detected as Detected;
      const { severity, says } =
        session !== undefined && isInRootSession(hit.record, session)
          ? inRootSession(hit.detection.id, detected, session)
          : detected;
      this.found(this.#sighting(hit, { ...detected, severity, says }, detected.resource));
    }
    for (const { rate, events } of this.#counted.values()) {
      for (const { since, until, count } of episodes(events, rate)) {
        const first = events.find(({ eventTime }) => eventTime === since)?.sighting;
        if (first !== undefined)
          this.found({ ...first, summary: `${first.summary}: the first of ${count} such until ${until}` });
      }
    }
  }

  #count(hit: Hit, detected: Detected, under: CountedUnder, rate: Rate): void {
    const { resource } = under;
    const key = JSON.stringify([
      hit.detection.id,
      accountOf(hit.record),
      resource.resourceType,
      resource.resourceId,
    ]);
    const counted = this.#counted.get(key) ?? { rate, events: [] };
    this.#counted.set(key, counted);
    counted.events.push({
      ...countedEvent(hit.record, under),
      sighting: this.#sighting(hit, detected, resource),
    });
  }

  #sighting(hit: Hit, detected: Detected, resource: ActivityResource): Sighting {
    const { detection, record } = hit;
    return {
      control: detection.id,
      severity: detected.severity,
      eventID: record.eventID,
      eventTime: record.eventTime,
      eventName: record.eventName,
      actor: actorOf(record).principal,
      accountId: accountOf(record),
      region: record.awsRegion,
      resourceType: resource.resourceType,
      resourceId: resource.resourceId,
      summary: detected.says,
      attempted: detected.attempted ?? false,
      isExempt: this.#isExempt(detection.id, record, resource),
    };
  }

  #isExempt(
    control: string,
    record: CloudTrailRecord,
    { resourceType, resourceId, name, arn }: ActivityResource,
  ): boolean {
    const resource = {
      awsAccountId: accountOf(record),
      awsRegion: record.awsRegion,
      resourceType,
      resourceId,
      ...(name === undefined ? {} : { resourceName: name }),
      ...(arn === undefined ? {} : { ARN: arn }),
    };
    return exemptionFor(this.policy.exemptions, control, resource, this.now) !== undefined;
  }
}

/** Worst first, then in the order of time. Total, so that the same files list the same. */
export const worstFirst = (a: Sighting, b: Sighting): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  compare(a.eventTime, b.eventTime) ||
  compare(a.control, b.control) ||
  compare(a.eventID, b.eventID) ||
  compare(a.resourceId, b.resourceId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A sighting as other programs get it, one a line. Stable: what reads it may rely on every key. */
export const sightingLine = ({ control, eventID, eventName, actor, severity, summary }: Sighting) => ({
  control,
  eventID,
  eventName,
  actor,
  severity,
  summary,
});
