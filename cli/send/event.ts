import * as z from 'zod/mini';
import { parseAs } from '../../shared/contracts/parse';
import { InvalidInput } from '../../shared/contracts/permanent-failure';
import { type EventKind, eventKinds, kindOf } from '../event-kinds';
import { type Found, isRefused, type Refused } from './source';

/** What EventBridge puts around an event; what an event is not sure to need may be left out of a file. */
const Envelope = z.looseObject({
  'detail-type': z.string().check(z.minLength(1)),
  source: z.string().check(z.minLength(1)),
  detail: z.record(z.string(), z.unknown()),
  id: z.optional(z.string().check(z.minLength(1))),
  account: z.optional(z.string().check(z.regex(/^\d{12}$/))),
  region: z.optional(z.string().check(z.minLength(1))),
  time: z.optional(z.string()),
  resources: z.optional(z.array(z.string())),
});
export type Envelope = z.infer<typeof Envelope>;

/** An event that some function takes. */
export interface Sendable {
  readonly place: string;
  readonly event: Envelope;
  readonly kind: EventKind;
}

/** What of the values found can be sent, and why the others can't. */
export const readEvents = (values: readonly (Found | Refused)[]): (Sendable | Refused)[] =>
  values.map((value) => (isRefused(value) ? value : readEvent(value)));

function readEvent({ place, value }: Found): Sendable | Refused {
  const mistaken = mistakenFor(value);
  if (mistaken !== undefined) return { place, because: mistaken };
  try {
    const event = parseAs(Envelope, 'event', value);
    const { source, 'detail-type': detailType, time } = event;
    if (time !== undefined && Number.isNaN(Date.parse(time))) {
      throw new InvalidInput('event', 'time', 'a time such as 2026-01-31T10:00:00Z');
    }
    const kind = kindOf(source, detailType);
    return kind === undefined ? { place, because: notTaken(source, detailType) } : { place, event, kind };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { place, because: error.message };
  }
}

const notTaken = (source: string, detailType: string): string =>
  source === 'trailseal'
    ? // A made-up transition would stand in the way of the alerts of true ones.
      "Trailseal's own events come of its findings alone: send the change that brings one about"
    : `no function takes "${detailType}" from ${source}; taken: ${eventKinds
        .map((kind) => `"${kind.detailType}" from ${kind.source}`)
        .join(', ')}`;

/** What people have at hand that looks much like an event, by a member that only it has. */
function mistakenFor(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || 'detail' in value) return undefined;
  if ('Records' in value)
    return 'expected an event, found a batch of a queue: the event is the body of each of its Records';
  if ('configurationItemCaptureTime' in value)
    return 'expected an event, found a configuration item: AWS Config sends it as detail.configurationItem';
  return undefined;
}

/** The resource that an event is about, for people: `AWS::EC2::SecurityGroup sg-1`; empty when it names none. */
export function subjectOf({ detail }: Envelope): { readonly type?: string; readonly text: string } {
  const item = detail['configurationItem'] ?? detail['configurationItemSummary'];
  if (typeof item !== 'object' || item === null) return { text: '' };
  const { resourceType: type, resourceId: id } = item as Readonly<Record<string, unknown>>;
  const text = [type, id].filter((part) => typeof part === 'string').join(' ');
  return typeof type === 'string' ? { type, text } : { text };
}
