import { randomUUID } from 'node:crypto';
import type { CallLog } from './calls';
import type { Clock } from './clock';
import type { Inbox } from './inbox';
import { isObject, type JsonObject, list } from './json';
import type { Answer } from './protocol';
import { putResource, type SeededWorld } from './seeds';
import type { CloudTrail } from './services/cloudtrail';
import { type ConfigHistory, isRecordable } from './services/config';
import { type Buses, type Event, toTheSecond } from './services/events';
import type { S3 } from './services/s3';
import type { Queues } from './services/sqs';
import type { Stack } from './template';

export interface DoorWorld {
  stack: Stack;
  buses: Buses;
  queues: Queues;
  history: ConfigHistory;
  inbox: Inbox;
  s3: S3;
  cloudtrail: CloudTrail;
  seeded: SeededWorld;
  log: CallLog;
  clock: Clock;
}

/** Where the local-only door is: everything that AWS itself would not offer. */
export const DOOR = '/_trailseal/';

/** A route may answer later. */
type Route = (world: DoorWorld, query: URLSearchParams, body: string) => unknown;

const ROUTES: Record<string, Route> = {
  'GET health': ({ stack }) => ({
    ok: true,
    region: stack.options.region,
    accountId: stack.options.accountId,
  }),
  'GET inbox': ({ inbox }, query) =>
    inbox.deliveries.filter(({ number }) => number > Number(query.get('after') ?? 0)),
  'GET calls': ({ log }) => log.calls,
  'GET queues': ({ queues }) =>
    queues.all().map((queue) => ({ name: queue.settings.name, ...queue.counts() })),
  'POST events': (world, query, body) => ({
    events: putEvents(world, query.get('bus') ?? 'default', parse(body)),
  }),
  'PUT config-items': ({ history }, _, body) => {
    const items = list(parse(body));
    for (const item of items) history.put(item);
    return { items: items.length };
  },
  'PUT buckets': ({ s3 }, _, body) => {
    const { name, owner, region } = readTexts(body, ['name'], ['owner', 'region']);
    s3.createBucket(name ?? '', { ...(owner ? { owner } : {}), ...(region ? { region } : {}) });
    return { bucket: name };
  },
  'PUT resources': ({ seeded }, _, body) => {
    const resources = list(parse(body));
    for (const resource of resources) putResource(seeded, resource);
    return { resources: resources.length };
  },
  'PUT public-keys': ({ stack, cloudtrail }, query, body) => {
    const records = list(parse(body));
    const region = query.get('region') ?? stack.options.region;
    cloudtrail.trails.addPublicKeys(region, records);
    return { region, keys: records.length };
  },
  'PUT trails': ({ cloudtrail }, _, body) => ({
    trails: list(parse(body)).map((trail) => cloudtrail.trails.putTrail(trail).arn),
  }),
  'PUT trail-status': ({ cloudtrail }, query, body) => {
    const trail = query.get('trail') ?? '';
    cloudtrail.trails.setStatus(trail, parse(body));
    return { trail };
  },
  'PUT trail-selectors': ({ cloudtrail }, query, body) => {
    const trail = query.get('trail') ?? '';
    cloudtrail.trails.setSelectors(trail, parse(body));
    return { trail };
  },
  'PUT activity': ({ cloudtrail }, _, body) => {
    const records = list(parse(body));
    cloudtrail.history.add(records);
    return { records: records.length };
  },
  'POST log-notices': async ({ cloudtrail }, _, body) => {
    const value = parse(body);
    const { topicArn = '', bucket = '' } = readTexts(body, ['topicArn', 'bucket'], []);
    const keys = isObject(value) ? list(value['keys']).map(String) : [];
    await cloudtrail.publishLogNotice(topicArn, bucket, keys);
    return { keys: keys.length };
  },
};

/** What AWS says comes in here, where PutEvents refuses to speak for AWS. */
export async function answerAtDoor(
  world: DoorWorld,
  method: string,
  url: URL,
  body: string,
): Promise<Answer> {
  const name = url.pathname.slice(DOOR.length);
  const route = ROUTES[`${method} ${name}`];
  if (!route)
    return json(404, {
      message: `${method} ${url.pathname} isn't here; try: ${Object.keys(ROUTES).join(', ')}`,
    });
  try {
    return json(200, await route(world, url.searchParams, body));
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

/** Puts events onto a bus as an AWS service does, and remembers the configuration items they carry. */
export function putEvents(
  { stack, buses, history, clock }: DoorWorld,
  busName: string,
  body: unknown,
): { id: string }[] {
  const bus = buses.named(busName);
  // All are checked before the first is let in: a file is taken whole or not at all.
  const events = list(body).map((event, i) =>
    readEvent(event, Array.isArray(body) ? `event ${i}: ` : '', stack, clock),
  );
  for (const event of events) {
    const item = isObject(event.detail) ? event.detail['configurationItem'] : undefined;
    // What AWS Config can't have recorded goes on all the same: the function says what is wrong with it.
    if (event.source === 'aws.config' && isRecordable(item)) history.put(item);
    buses.put(bus, event);
  }
  return events.map(({ id }) => ({ id }));
}

function readEvent(value: unknown, which: string, stack: Stack, clock: Clock): Event {
  if (!isObject(value)) throw new Error(`${which}an event must be a JSON object, not ${describe(value)}`);
  const text = (field: string, fallback?: string) => {
    const found = value[field] ?? fallback;
    if (typeof found !== 'string' || found === '') {
      throw new Error(`${which}field "${field}" must be a non-empty string, not ${describe(value[field])}`);
    }
    return found;
  };
  const { accountId, region } = stack.options;
  const event = {
    version: '0' as const,
    id: text('id', randomUUID()),
    'detail-type': text('detail-type'),
    source: text('source'),
    account: text('account', accountId),
    time: text('time', toTheSecond(clock.now())),
    region: text('region', region),
    resources: readResources(value, which),
    detail: value['detail'],
  };
  if (!/^\d{12}$/.test(event.account)) {
    throw new Error(`${which}field "account" must be 12 digits, not ${describe(event.account)}`);
  }
  if (Number.isNaN(Date.parse(event.time))) {
    throw new Error(
      `${which}field "time" must be a time such as 2026-01-31T10:00:00Z, not ${describe(event.time)}`,
    );
  }
  if (!isObject(event.detail)) {
    throw new Error(`${which}field "detail" must be a JSON object, not ${describe(value['detail'])}`);
  }
  return event;
}

function readResources(value: JsonObject, which: string): string[] {
  const resources = value['resources'] ?? [];
  if (Array.isArray(resources) && resources.every((resource) => typeof resource === 'string'))
    return resources;
  throw new Error(`${which}field "resources" must be a list of strings, not ${describe(resources)}`);
}

/** Fields of the body that are strings; throws with the name of one that isn't. */
function readTexts(body: string, required: string[], optional: string[]): Record<string, string | undefined> {
  const value = parse(body);
  if (!isObject(value)) throw new Error(`the body must be a JSON object, not ${describe(value)}`);
  return Object.fromEntries(
    [...required, ...optional].map((field) => {
      const text = value[field];
      if (typeof text === 'string' || (text === undefined && !required.includes(field))) return [field, text];
      throw new Error(`field "${field}" must be a string, not ${describe(text)}`);
    }),
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Error(`the body must be JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) return 'missing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const json = (statusCode: number, body: unknown): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});
