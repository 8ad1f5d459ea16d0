import {
  type ConfigurationItem,
  type ItemOrigin,
  parseConfigurationItem,
} from '../../shared/contracts/aws/configuration-item';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import type { InputFile } from './files';
import { type JsonRecord, type JsonSource, readJson } from './json-records';
import type { Position, Problem } from './problem';

/** What a file has to say about a resource. */
export type ItemRecord = {
  readonly file: string;
  readonly position: Position;
} & Said;

type Said =
  | { readonly kind: 'item'; readonly item: ConfigurationItem }
  /** The notice of an item that was too large to come with it: all of the item but its configuration. */
  | { readonly kind: 'oversized'; readonly summary: ConfigurationItem; readonly why: string }
  /** A message of AWS Config about something else, such as the delivery of a snapshot. */
  | { readonly kind: 'other-message'; readonly messageType: string };

type Found = Said | { readonly kind: 'mistake'; readonly reason: string };

/**
 * The configuration items of a file, in whichever encoding and envelope AWS hands them out: snapshot and history
 * files, answers of the API, events, invocations of custom rules, notifications by way of SNS and SQS. What a value is
 * shows in the value, not in the file's name.
 */
export async function* readConfigurationItems(
  file: InputFile,
  source: JsonSource,
): AsyncGenerator<ItemRecord | Problem> {
  for await (const record of readJson(file, source)) {
    if (record.kind === 'problem') yield record;
    else for (const found of itemRecords(record)) yield found;
  }
}

function* itemRecords({ file, position, value, isAround }: JsonRecord): Generator<ItemRecord | Problem> {
  for (const found of isAround ? leftOut(value) : itemsIn(value, { path: '', origin: {}, depth: 0 })) {
    if (found.kind === 'mistake') yield { kind: 'problem', file, position, reason: found.reason };
    else yield { file, position, ...found };
  }
}

/** Where in a record we are. */
interface Place {
  /** `Records[0].body`; empty for the record itself. */
  readonly path: string;
  /** Whose the items are that don't say so. */
  readonly origin: ItemOrigin;
  /** How many envelopes are around it. */
  readonly depth: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** One way in which AWS hands out items. */
interface Envelope {
  fits(value: Fields): boolean;
  open(value: Fields, place: Place): Iterable<Found>;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** More envelopes than SQS around SNS around EventBridge are none that AWS makes. */
const DEEPEST = 8;

/** The first that fits. Source of each shape: the AWS documentation of the service that it names. */
const envelopes: readonly Envelope[] = [
  {
    // A configuration item. An envelope's own fields never have these names.
    fits: (value) =>
      'resourceType' in value &&
      ['configurationItemStatus', 'configurationItemCaptureTime', 'configuration'].some(
        (key) => key in value,
      ),
    open: (item, { path, origin }) => [itemFound(item, path, origin)],
  },
  {
    // AWS Config: snapshot and history files, GetResourceConfigHistory, BatchGetResourceConfig.
    fits: ({ configurationItems, baseConfigurationItems }) =>
      Array.isArray(configurationItems) || Array.isArray(baseConfigurationItems),
    *open(answer, place) {
      yield* entriesOf(answer, 'configurationItems', place);
      yield* entriesOf(answer, 'baseConfigurationItems', place);
      yield* leftOut(answer);
    },
  },
  {
    // AWS Config: what its notifications and events say, by themselves or as a file on S3.
    fits: ({ messageType }) => typeof messageType === 'string',
    open: messageFound,
  },
  {
    // EventBridge, from AWS Config.
    fits: (event) => 'detail-type' in event && isFields(event['detail']) && isFromConfig(event),
    open: ({ detail, account, region }, place) =>
      itemsIn(detail, within(place, 'detail', originOf(account, region))),
  },
  {
    // AWS Config: the invocation of a custom rule's function.
    fits: ({ invokingEvent }) => typeof invokingEvent === 'string',
    open: ({ invokingEvent, accountId }, place) =>
      itemsInText(invokingEvent, within(place, 'invokingEvent', originOf(accountId))),
  },
  {
    // SNS, to SQS and to HTTP.
    fits: ({ Type, Message }) => typeof Type === 'string' && typeof Message === 'string',
    open: ({ Type, Message }, place) =>
      Type === 'Notification'
        ? itemsInText(Message, within(place, 'Message'))
        : [{ kind: 'other-message', messageType: String(Type) }],
  },
  {
    // Lambda, from SQS, or one record of it; from SNS below.
    fits: ({ Records }) => Array.isArray(Records),
    open: (batch, place) => entriesOf(batch, 'Records', place),
  },
  {
    fits: ({ body, messageId }) => typeof body === 'string' && typeof messageId === 'string',
    open: ({ body }, place) => itemsInText(body, within(place, 'body')),
  },
  {
    fits: ({ Sns }) => isFields(Sns) && typeof Sns['Message'] === 'string',
    open: ({ Sns }, place) => itemsInText((Sns as Fields)['Message'], within(place, 'Sns.Message')),
  },
  {
    // SQS: the answer of ReceiveMessage, or one message of it.
    fits: ({ Messages }) => Array.isArray(Messages),
    open: (answer, place) => entriesOf(answer, 'Messages', place),
  },
  {
    fits: ({ Body, MessageId }) => typeof Body === 'string' && typeof MessageId === 'string',
    open: ({ Body }, place) => itemsInText(Body, within(place, 'Body')),
  },
];

function itemsIn(value: unknown, place: Place): Iterable<Found> {
  if (place.depth > DEEPEST) return [mistake(place.path, `is in more than ${DEEPEST} envelopes`)];
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => [...itemsIn(entry, within(place, `[${index}]`))]);
  }
  const envelope = isFields(value) ? envelopes.find(({ fits }) => fits(value)) : undefined;
  return envelope && isFields(value)
    ? envelope.open(value, place)
    : [mistake(place.path, unknownShape(value))];
}

/** Items in a text that holds JSON. Notifications by mail begin with words for people. */
function itemsInText(text: unknown, place: Place): Iterable<Found> {
  const json = String(text);
  let value: unknown;
  try {
    value = JSON.parse(json.slice(Math.max(0, json.search(/[{[]/))));
  } catch (error) {
    return [mistake(place.path, `expected JSON (${(error as Error).message})`)];
  }
  return itemsIn(value, place);
}

const entriesOf = (envelope: Fields, list: string, place: Place): Found[] => {
  const entries = envelope[list];
  return Array.isArray(entries)
    ? entries.flatMap((entry, index) => [...itemsIn(entry, within(place, `${list}[${index}]`))])
    : [];
};

function* leftOut(around: unknown): Generator<Found> {
  const keys = isFields(around) ? around['unprocessedResourceKeys'] : undefined;
  if (Array.isArray(keys) && keys.length > 0) {
    yield mistake(
      'unprocessedResourceKeys',
      `AWS Config left out ${keys.length} of the resources it was asked for`,
    );
  }
}

function* messageFound(message: Fields, { path, origin }: Place): Generator<Found> {
  const { messageType, configurationItem, configurationItemSummary } = message;
  if (isFields(configurationItem) || Array.isArray(configurationItem)) {
    yield itemFound(configurationItem, inside(path, 'configurationItem'), origin);
  } else if (isFields(configurationItemSummary)) {
    const found = itemFound(configurationItemSummary, inside(path, 'configurationItemSummary'), origin);
    yield found.kind === 'item'
      ? { kind: 'oversized', summary: found.item, why: whyOversized(message) }
      : found;
  } else if (aboutItems.test(String(messageType))) {
    yield mistake(path, `${messageType} without a configuration item`);
  } else {
    yield { kind: 'other-message', messageType: String(messageType) };
  }
}

const aboutItems = /^(Oversized)?ConfigurationItemChange/;

function whyOversized({ s3DeliverySummary }: Fields): string {
  const why = 'the item is too large for a notification, which came without its configuration';
  const { s3BucketLocation, errorMessage } = isFields(s3DeliverySummary) ? s3DeliverySummary : {};
  if (typeof s3BucketLocation === 'string') return `${why}; AWS Config put it at s3://${s3BucketLocation}`;
  return typeof errorMessage === 'string'
    ? `${why}, and AWS Config could not put it on S3: ${errorMessage}`
    : why;
}

function itemFound(value: unknown, path: string, origin: ItemOrigin): Found {
  try {
    return { kind: 'item', item: parseConfigurationItem(value, origin) };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return mistake(path, error.message);
  }
}

const originOf = (account: unknown, region?: unknown): ItemOrigin => ({
  ...(typeof account === 'string' ? { awsAccountId: account } : {}),
  ...(typeof region === 'string' ? { awsRegion: region } : {}),
});

const isFromConfig = ({ source, 'detail-type': type }: Fields): boolean =>
  source === 'aws.config' || String(type).startsWith('Config ');

const inside = (path: string, step: string): string =>
  path === '' || step.startsWith('[') ? path + step : `${path}.${step}`;

const within = ({ path, origin, depth }: Place, step: string, around: ItemOrigin = {}): Place => ({
  path: inside(path, step),
  origin: { ...origin, ...around },
  depth: depth + 1,
});

const mistake = (path: string, reason: string): Found => ({
  kind: 'mistake',
  reason: path === '' ? reason : `${path}: ${reason}`,
});

/** How many names are enough to see what something is. */
const NAMES = 6;

function unknownShape(value: unknown): string {
  const expected = 'expected a configuration item or an envelope that AWS puts around it';
  if (!isFields(value)) return `${expected}, found ${value === null ? 'null' : `a ${typeof value}`}`;
  if ('detail-type' in value)
    return `${expected}, found an event "${value['detail-type']}" of ${value['source']}`;
  const names = Object.keys(value);
  const shown = names.slice(0, NAMES).join(', ');
  if (names.length === 0) return `${expected}, found an empty object`;
  return `${expected}, found an object with ${shown}${names.length > NAMES ? ' …' : ''}`;
}
