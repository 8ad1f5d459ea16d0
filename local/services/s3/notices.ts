import { randomUUID } from 'node:crypto';
import type { Caller } from '../../access';
import type { Activity, Log } from '../../activity';
import type { Clock } from '../../clock';
import { deliver } from '../../delivery';
import { type Buses, toTheSecond } from '../events';
import type { Topics } from '../sns';
import type { Queues } from '../sqs';
import type { Bucket, ObjectVersion } from './buckets';
import { S3Error } from './errors';
import { urlEncodeKey } from './keys';
import { means, type Notification, type NotificationRule } from './notification';

export interface NoticesWorld {
  topics: Topics;
  queues: Queues;
  buses: Buses;
  /** Where the default bus is. */
  accountId: string;
  region: string;
  activity: Activity;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** What happened to an object. */
export interface ObjectEvent {
  bucket: Bucket;
  version: ObjectVersion;
  /** `s3:ObjectCreated:Put` */
  name: string;
  /** An account id or a service's name. */
  requester: string;
}

const RETRIES = { maximumRetries: 185, maximumAgeSeconds: 24 * 3600 };
const SUBJECT = 'Amazon S3 Notification';

/** Tells topics, queues and the default bus what happens in buckets. */
export class Notices {
  readonly #world: NoticesWorld;
  #events = 0;

  constructor(world: NoticesWorld) {
    this.#world = world;
  }

  /** Tells all whom the bucket's notification configuration names, without waiting for them. */
  tell(event: ObjectEvent): void {
    const { bucket, version, name } = event;
    this.#events += 1;
    const sequencer = this.#sequencer();
    for (const rule of bucket.notification.rules) {
      const { events, prefix, suffix } = rule;
      if (!events.some((pattern) => means(pattern, name))) continue;
      if (!version.key.startsWith(prefix) || !version.key.endsWith(suffix)) continue;
      const text = JSON.stringify({ Records: [this.#record(event, rule, sequencer)] });
      this.#world.activity.start(() => this.#deliver(bucket, rule, text));
    }
    if (bucket.notification.eventBridge) this.#putEvent(event, sequencer);
  }

  /** Sends `s3:TestEvent` to each destination. Throws what S3 answers when one of them doesn't let it in. */
  async test(bucket: Bucket, { rules }: Notification): Promise<void> {
    for (const rule of rules) {
      const text = JSON.stringify({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: new Date(this.#world.clock.now()).toISOString(),
        Bucket: bucket.name,
        RequestId: requestId(),
        HostId: 'local',
      });
      await this.#attempt(bucket, rule, text).catch((error: unknown) => {
        const because = error instanceof Error ? error.message : String(error);
        this.#world.log.error(`S3 can't notify ${rule.arn}: ${because}`);
        throw new S3Error(
          'InvalidArgument',
          `Unable to validate the following destination configurations: ${rule.arn}`,
        );
      });
    }
  }

  async #deliver(bucket: Bucket, rule: NotificationRule, text: string): Promise<void> {
    const failure = await deliver(() => this.#attempt(bucket, rule, text), RETRIES, this.#world);
    if (failure) {
      const { message } = failure.error;
      this.#world.log.error(`${bucket.name} couldn't notify ${rule.arn}, the event is LOST: ${message}`);
    }
  }

  async #attempt(bucket: Bucket, rule: NotificationRule, text: string): Promise<void> {
    const { topics, queues } = this.#world;
    const caller: Caller = {
      kind: 'service',
      name: 's3.amazonaws.com',
      sourceArn: bucket.arn,
      sourceAccount: bucket.owner,
    };
    if (rule.to === 'queue') await queues.deliver(rule.arn, text, { caller });
    else await topics.publishFor(caller, { TopicArn: rule.arn, Subject: SUBJECT, Message: text });
  }

  #record({ bucket, version, name }: ObjectEvent, rule: NotificationRule, sequencer: string): unknown {
    const { key, body, etag, versionId, deleteMarker } = version;
    const created = name.startsWith('s3:ObjectCreated:');
    return {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: bucket.region,
      eventTime: new Date(this.#world.clock.now()).toISOString(),
      eventName: name.slice('s3:'.length),
      userIdentity: { principalId: 'AWS:LOCAL' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': requestId(), 'x-amz-id-2': 'local' },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: rule.id,
        bucket: { name: bucket.name, ownerIdentity: { principalId: 'ALOCAL' }, arn: bucket.arn },
        object: {
          key: urlEncodeKey(key),
          ...(created ? { size: body.length } : {}),
          ...(created || deleteMarker ? { eTag: unquoted(etag) } : {}),
          ...(versionId === 'null' ? {} : { versionId }),
          sequencer,
        },
      },
    };
  }

  /** An event goes to the bus of the bucket's own account and region: another one isn't here. */
  #putEvent({ bucket, version, name, requester }: ObjectEvent, sequencer: string): void {
    const { buses, accountId, region, clock } = this.#world;
    if (bucket.owner !== accountId || bucket.region !== region) return;
    const { key, body, etag, versionId, deleteMarker } = version;
    const created = name.startsWith('s3:ObjectCreated:');
    buses.put(buses.named('default'), {
      version: '0',
      id: randomUUID(),
      'detail-type': created ? 'Object Created' : 'Object Deleted',
      source: 'aws.s3',
      account: bucket.owner,
      time: toTheSecond(clock.now()),
      region: bucket.region,
      resources: [bucket.arn],
      detail: {
        version: '0',
        bucket: { name: bucket.name },
        object: {
          key,
          ...(created ? { size: body.length } : {}),
          ...(created || deleteMarker ? { etag: unquoted(etag) } : {}),
          ...(versionId === 'null' ? {} : { 'version-id': versionId }),
          sequencer,
        },
        'request-id': requestId(),
        requester,
        'source-ip-address': '127.0.0.1',
        reason: created ? 'PutObject' : 'DeleteObject',
        ...(created
          ? {}
          : { 'deletion-type': deleteMarker ? 'Delete Marker Created' : 'Permanently Deleted' }),
      },
    });
  }

  /** Hexadecimal, and larger for what happened later: that alone S3 promises for one key. */
  #sequencer(): string {
    const seconds = Math.floor(this.#world.clock.now() / 1000).toString(16);
    return `00${seconds.padStart(8, '0')}${this.#events.toString(16).padStart(8, '0')}`.toUpperCase();
  }
}

/** As S3 names a request: 16 capital letters and digits. */
export const requestId = (): string => randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();

const unquoted = (etag: string): string => etag.slice(1, -1);
