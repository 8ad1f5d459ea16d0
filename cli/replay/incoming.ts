import { parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import {
  type ConfigurationItem,
  parseConfigurationItem,
} from '../../shared/contracts/aws/configuration-item';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import { kindOf } from '../event-kinds';

/** An event on its way in, or what is to be made one. */
export interface Incoming {
  /** Milliseconds since 1970; undefined when the event does not say when it happened. */
  readonly at: number | undefined;
  readonly event: Fields;
}

/** What a value of a file holds. */
export type Found =
  | { readonly kind: 'event'; readonly incoming: Incoming }
  /** Something that none of our rules takes, such as an event of another service. */
  | { readonly kind: 'other' }
  | { readonly kind: 'mistake'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const DETAIL_TYPE = 'Config Configuration Item Change';
const SOURCE = 'aws.config';

/** SQS around SNS around EventBridge around a notification is the most that AWS makes. */
const DEEPEST = 8;

/** One thing that a value can be. */
interface Shape {
  fits(value: Fields): boolean;
  open(value: Fields, depth: number): Found[];
}

/** The first that fits. */
const shapes: readonly Shape[] = [
  {
    // An event as EventBridge has it. What is wrong within it is for the function to find.
    fits: (value) => 'detail-type' in value && 'detail' in value,
    open: (event) => [
      kindOf(String(event['source']), String(event['detail-type']))
        ? { kind: 'event', incoming: { at: timeOf(event), event } }
        : { kind: 'other' },
    ],
  },
  {
    // What AWS Config says by SNS, which is the detail of the event; also other things, as that a snapshot is there.
    fits: ({ messageType }) => typeof messageType === 'string',
    open: (message) => {
      const item = message['configurationItem'] ?? message['configurationItemSummary'];
      return item === undefined ? [{ kind: 'other' }] : [eventAround(item, message)];
    },
  },
  {
    fits: (value) =>
      'resourceType' in value &&
      ('configurationItemStatus' in value || 'configurationItemCaptureTime' in value),
    open: (item) => [
      eventAround(item, {
        recordVersion: '1.3',
        messageType: 'ConfigurationItemChangeNotification',
        notificationCreationTime: item['configurationItemCaptureTime'],
        configurationItemDiff: null,
        configurationItem: item,
      }),
    ],
  },
  {
    // A record of CloudTrail's log files, which is the detail of the event.
    fits: (value) =>
      'eventSource' in value && 'eventName' in value && 'eventTime' in value && !('s3' in value),
    open: (record) => [eventAroundRecord(record)],
  },
  ...['configurationItems', 'baseConfigurationItems', 'Records', 'Messages'].map(
    (list): Shape => ({
      fits: (value) => Array.isArray(value[list]),
      open: (value, depth) => foundIn(value[list], depth),
    }),
  ),
  // Messages of SQS, SNS and Lambda, whose text is what was sent.
  ...['body', 'Body', 'Message', 'invokingEvent'].map(
    (text): Shape => ({
      fits: (value) => typeof value[text] === 'string',
      open: (value, depth) => foundInText(String(value[text]), depth),
    }),
  ),
];

/** The events in a value: an event, a configuration item, or one of the envelopes that AWS puts around them. */
export function foundIn(value: unknown, depth = 0): Found[] {
  if (depth > DEEPEST) return [mistake(`expected at most ${DEEPEST} envelopes around an event`)];
  if (Array.isArray(value)) return value.flatMap((entry) => foundIn(entry, depth + 1));
  const shape = isFields(value) ? shapes.find(({ fits }) => fits(value)) : undefined;
  return shape && isFields(value)
    ? shape.open(value, depth + 1)
    : [mistake(`expected an event of EventBridge or a configuration item, found ${described(value)}`)];
}

function foundInText(text: string, depth: number): Found[] {
  try {
    return foundIn(JSON.parse(text), depth);
  } catch (error) {
    return [mistake(`expected JSON in the message (${(error as Error).message})`)];
  }
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsConsoleSignIn: 'AWS Console Sign In via CloudTrail',
  AwsConsoleAction: 'AWS Console Action via CloudTrail',
  AwsServiceEvent: 'AWS Service Event via CloudTrail',
};

/** The event that would have brought a record, at the time of the call. */
function eventAroundRecord(value: Fields): Found {
  try {
    const {
      eventID,
      eventSource,
      eventTime,
      eventType,
      eventCategory,
      awsRegion,
      recipientAccountId,
      userIdentity,
    } = parseCloudTrailRecord(value);
    const account = recipientAccountId ?? userIdentity.accountId;
    const insight = eventCategory === 'Insight' ? 'AWS Insight via CloudTrail' : undefined;
    return {
      kind: 'event',
      incoming: {
        at: Date.parse(eventTime),
        event: {
          version: '0',
          id: eventID,
          'detail-type': insight ?? DETAIL_TYPES[eventType ?? ''] ?? 'AWS API Call via CloudTrail',
          source: `aws.${eventSource.replace(/\.amazonaws\.com$/, '')}`,
          ...(account === undefined ? {} : { account }),
          region: awsRegion,
          time: eventTime,
          resources: [],
          detail: value,
        },
      },
    };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return mistake(error.message);
  }
}

/** The event that would have brought an item, at the time when it was captured. */
function eventAround(value: unknown, detail: Fields): Found {
  try {
    const { awsAccountId, awsRegion, ARN, configurationItemCaptureTime } = parseConfigurationItem(value);
    return {
      kind: 'event',
      incoming: {
        at: Date.parse(configurationItemCaptureTime),
        event: {
          version: '0',
          'detail-type': DETAIL_TYPE,
          source: SOURCE,
          account: awsAccountId,
          // What exists once for all Regions comes through one of them; which one, the item does not say.
          ...(isRegion(awsRegion) ? { region: awsRegion } : {}),
          time: configurationItemCaptureTime,
          resources: ARN === undefined ? [] : [ARN],
          detail,
        },
      },
    };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return mistake(error.message);
  }
}

const isRegion = (region: string): boolean => region !== 'global' && region !== 'unknown';

/** When an event happened, by its own word or by that of what it is about. */
function timeOf({ time, detail }: Fields): number | undefined {
  const { configurationItem, configurationItemSummary } = isFields(detail) ? detail : {};
  const item = configurationItem ?? configurationItemSummary;
  const captured = isFields(item) ? item['configurationItemCaptureTime'] : undefined;
  return [time, captured]
    .map((text) => (typeof text === 'string' ? Date.parse(text) : Number.NaN))
    .find((milliseconds) => !Number.isNaN(milliseconds));
}

const mistake = (reason: string): Found => ({ kind: 'mistake', reason });

function described(value: unknown): string {
  if (!isFields(value)) return value === null ? 'null' : `a ${typeof value}`;
  const names = Object.keys(value).slice(0, 6).join(', ');
  return names === '' ? 'an empty object' : `an object with ${names}`;
}

/** What AWS Config would answer, had it recorded the items of these events. */
export function historyOf(
  incoming: readonly Incoming[],
): (summary: ConfigurationItem) => ConfigurationItem | undefined {
  const items = new Map<string, unknown[]>();
  const keyOf = (type: unknown, id: unknown) => JSON.stringify([type, id]);
  for (const { event } of incoming) {
    const { configurationItem: item } = isFields(event['detail']) ? event['detail'] : {};
    if (!isFields(item)) continue;
    const key = keyOf(item['resourceType'], item['resourceId']);
    const known = items.get(key);
    if (known === undefined) items.set(key, [item]);
    else known.push(item);
  }
  return (summary) =>
    (items.get(keyOf(summary.resourceType, summary.resourceId)) ?? [])
      .flatMap((item) => parsedOrNone(item, summary))
      .find(
        (item) =>
          item.awsAccountId === summary.awsAccountId &&
          (item.configurationStateId === summary.configurationStateId ||
            item.configurationItemCaptureTime === summary.configurationItemCaptureTime),
      );
}

function parsedOrNone(item: unknown, origin: ConfigurationItem): ConfigurationItem[] {
  try {
    return [parseConfigurationItem(item, origin)];
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    // The function that gets it says what is wrong with it.
    return [];
  }
}
