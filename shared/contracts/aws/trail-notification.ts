import * as z from 'zod/mini';
import { parseAs, parseJson } from '../parse';
import { InvalidInput, PermanentFailure } from '../permanent-failure';
import { parseAwsEvent } from './event';

/** What became of an object in S3. `expired` is the bucket's own lifecycle at work, not somebody's deletion. */
export interface FileNotice {
  readonly bucket: string;
  readonly key: string;
  readonly change: 'created' | 'deleted' | 'expired';
  /** When, ISO 8601; CloudTrail doesn't say. */
  readonly at?: string;
  readonly etag?: string;
  readonly versionId?: string;
}

/**
 * What a message says about files. `ignored` are messages that AWS sends along with them and that announce none: its
 * test messages, and events of S3 about something other than an object's bytes.
 */
export type TrailNotification =
  | { readonly kind: 'files'; readonly files: readonly FileNotice[] }
  | { readonly kind: 'ignored'; readonly because: string };

/** What somebody has announced, and the topic that it came through, if it did. */
export interface Announcement {
  readonly topicArn?: string;
  /** For `parseTrailNotification`, once the topic is known to be ours. */
  readonly content: unknown;
}

/** What CloudTrail publishes as bare text when a topic is configured. Source: CloudTrail User Guide. */
const VALIDATION_MESSAGE = /^\s*CloudTrail validation message\.?\s*$/;

const LogNotice = z.object({
  s3Bucket: z.string(),
  s3ObjectKey: z.union([z.array(z.string()).check(z.minLength(1)), z.string()]),
});

const S3Records = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:s3'),
      eventName: z.string(),
      eventTime: z.optional(z.string()),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          key: z.string(),
          eTag: z.optional(z.string()),
          versionId: z.optional(z.string()),
        }),
      }),
    }),
  ),
});

const S3Detail = z.object({
  bucket: z.object({ name: z.string() }),
  object: z.object({
    key: z.string(),
    etag: z.optional(z.string()),
    'version-id': z.optional(z.string()),
  }),
  reason: z.optional(z.string()),
});

const Delivery = z.object({
  Type: z.literal('Notification'),
  TopicArn: z.string(),
  Message: z.string(),
});

const LambdaDelivery = z.object({
  Records: z.array(z.object({ Sns: z.object({ TopicArn: z.string(), Message: z.string() }) })),
});

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body of a queue's message, which for a validation message with raw delivery is not JSON. */
export const parseMessageBody = (text: string): unknown =>
  VALIDATION_MESSAGE.test(text) ? text : parseJson('message', text);

/**
 * Takes the envelopes off: SNS to a queue, with or without raw delivery, SNS straight to Lambda, or none.
 *
 * @param message a parsed message, or the bare text that CloudTrail validates a topic with
 * @throws InvalidInput naming the field
 */
export function parseAnnouncements(message: unknown): Announcement[] {
  if (!isObject(message)) return [{ content: message }];
  const { Records } = message;
  if (Array.isArray(Records) && Records.some((record) => isObject(record) && 'Sns' in record)) {
    return parseAs(LambdaDelivery, 'SNS event', message).Records.map(({ Sns }) => ({
      topicArn: Sns.TopicArn,
      content: Sns.Message,
    }));
  }
  if ('Type' in message && 'TopicArn' in message) {
    const { TopicArn, Message } = parseAs(Delivery, 'SNS message', message);
    return [{ topicArn: TopicArn, content: Message }];
  }
  return [{ content: message }];
}

/**
 * Reads what announces files of CloudTrail: its own messages, S3's notifications, S3's events of EventBridge. Sources:
 * S3 User Guide, "Event message structure" and "EventBridge event message structure"; CloudTrail User Guide,
 * "Configuring Amazon SNS notifications".
 *
 * @param content parsed, or the text of a message
 * @throws InvalidInput naming the field; PermanentFailure for an event that S3 did not send
 */
export function parseTrailNotification(content: unknown): TrailNotification {
  const message = typeof content === 'string' ? parseMessageBody(content) : content;
  if (typeof message === 'string') return { kind: 'ignored', because: 'CloudTrail validates the topic' };
  if (!isObject(message)) throw unknownMessage();
  if (message['Event'] === 's3:TestEvent') return { kind: 'ignored', because: 'S3 tests the notification' };
  if ('s3Bucket' in message) return logNotice(message);
  if ('Records' in message) return s3Notification(message);
  if ('detail-type' in message) return s3Event(message);
  throw unknownMessage();
}

const unknownMessage = () =>
  new InvalidInput(
    'message',
    '',
    'a notification of CloudTrail or S3 (s3Bucket and s3ObjectKey, Records, or detail-type)',
  );

function logNotice(message: JsonObject): TrailNotification {
  const { s3Bucket, s3ObjectKey } = parseAs(LogNotice, 'notification of CloudTrail', message);
  return {
    kind: 'files',
    files: [s3ObjectKey].flat().map((key) => ({ bucket: s3Bucket, key, change: 'created' })),
  };
}

function s3Notification(message: JsonObject): TrailNotification {
  const { Records } = parseAs(S3Records, 'notification of S3', message);
  const files = Records.flatMap(({ eventName, eventTime, s3 }, index): FileNotice[] => {
    const change = changeNamed(eventName);
    if (change === undefined) return [];
    const { key, eTag, versionId } = s3.object;
    return [
      {
        bucket: s3.bucket.name,
        key: urlDecoded(key, `Records[${index}].s3.object.key`),
        change,
        ...(eventTime === undefined ? {} : { at: eventTime }),
        ...(eTag === undefined ? {} : { etag: eTag }),
        ...(versionId === undefined ? {} : { versionId }),
      },
    ];
  });
  return files.length > 0 ? { kind: 'files', files } : notAboutBytes;
}

function s3Event(message: JsonObject): TrailNotification {
  const event = parseAwsEvent(message);
  if (event.source !== 'aws.s3') {
    throw new PermanentFailure(
      'source-not-aws',
      `event ${event.id}: expected source aws.s3, not ${event.source}`,
    );
  }
  const detailType = event['detail-type'];
  if (detailType !== 'Object Created' && detailType !== 'Object Deleted') return notAboutBytes;
  const { bucket, object, reason } = parseAs(S3Detail, `S3 event ${event.id}: detail`, event.detail);
  const { key, etag, 'version-id': versionId } = object;
  const change =
    detailType === 'Object Created' ? 'created' : reason === 'Lifecycle Expiration' ? 'expired' : 'deleted';
  return {
    kind: 'files',
    files: [
      {
        bucket: bucket.name,
        key,
        change,
        at: event.time,
        ...(etag === undefined ? {} : { etag }),
        ...(versionId === undefined ? {} : { versionId }),
      },
    ],
  };
}

const notAboutBytes: TrailNotification = { kind: 'ignored', because: 'the bytes of no object changed' };

/** S3 says `ObjectCreated:Put` or, in tests of its own, `s3:ObjectCreated:Put`. */
function changeNamed(eventName: string): FileNotice['change'] | undefined {
  const name = eventName.replace(/^s3:/, '');
  if (name.startsWith('ObjectCreated:')) return 'created';
  if (name.startsWith('ObjectRemoved:')) return 'deleted';
  return name.startsWith('LifecycleExpiration:') ? 'expired' : undefined;
}

/** Keys in S3's notifications are encoded as in a form: `+` is a space. */
function urlDecoded(key: string, field: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new InvalidInput('notification of S3', field, 'a URL-encoded key');
  }
}
