import type { CloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import { type RootSession, rootSessionOf } from '../../shared/contracts/aws/root-session';
import { mutates } from '../../shared/proof/activity/mutates';
import {
  accountOf,
  idsOf,
  type NamedResource,
  resourcesNamed,
} from '../../shared/proof/activity/resources-named';
import { type Actor, actorOf } from '../../shared/proof/actor/actor';

/** A call that changed the resource, or failed to. */
export interface Change {
  readonly record: CloudTrailRecord;
  readonly resource: NamedResource;
  readonly actor: Actor;
}

/** Gathers the calls that change one resource, out of any records in any order. */
export class Changes {
  readonly #calls = new Map<
    string,
    { readonly record: CloudTrailRecord; readonly resource: NamedResource }
  >();
  readonly #rootSessions: RootSession[] = [];

  /** @param resource its id, its name or its ARN */
  constructor(
    private readonly resource: string,
    private readonly withFailed: boolean,
  ) {}

  /** Whether a record can be of use, as it came. */
  wants(record: Readonly<Record<string, unknown>>): boolean {
    if (record['eventName'] === 'AssumeRoot') return true;
    return record['readOnly'] !== true && (this.withFailed || typeof record['errorCode'] !== 'string');
  }

  addRootSession(session: RootSession): void {
    this.#rootSessions.push(session);
  }

  add(record: CloudTrailRecord): void {
    const session = rootSessionOf(record);
    if (session !== undefined) this.addRootSession(session);
    if (!mutates(record) || (record.errorCode !== undefined && !this.withFailed)) return;
    const resource = resourcesNamed(record).find((named) => this.#isIt(named));
    // A record may be in several files: as a log, as an event, and in the copies of several trails.
    if (resource !== undefined)
      this.#calls.set(record.eventID || JSON.stringify(record), { record, resource });
  }

  /** The newest last. */
  inOrder(): Change[] {
    return [...this.#calls.values()]
      .map(({ record, resource }) => ({
        record,
        resource,
        actor: actorOf(record, { rootSessions: this.#rootSessions }),
      }))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  #isIt({ type, id, arn }: NamedResource): boolean {
    if (id === this.resource || arn === this.resource) return true;
    // An ARN of the resource, where the call has its name only.
    return arn === undefined && idsOf({ resourceType: type, resourceId: this.resource }).includes(id);
  }
}

const keyOf = ({ record: { eventTime, eventID } }: Change): string => `${eventTime}\n${eventID}`;

/** One line of ndjson. Fields are stable; `null` where CloudTrail doesn't say. */
export const changeRecord = ({ record, resource, actor }: Change) => ({
  eventTime: record.eventTime,
  eventID: record.eventID,
  eventSource: record.eventSource,
  eventName: record.eventName,
  errorCode: record.errorCode ?? null,
  accountId: accountOf(record) ?? null,
  region: record.awsRegion,
  resourceType: resource.type,
  resourceId: resource.id,
  actor: actor.principal,
  actorType: actor.type,
  issuer: actor.issuer ?? null,
  assumedBy: actor.assumedBy ?? null,
  mfa: actor.mfa ?? null,
  console: actor.console,
  invokedBy: actor.invokedBy ?? null,
  sourceIp: actor.sourceIp ?? null,
  userAgent: actor.userAgent ?? null,
  accessKeyId: actor.accessKeyId ?? null,
});
