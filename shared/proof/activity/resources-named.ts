import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import { arnParts } from './arn';
import { type KnownType, knownTypes, typesOf } from './resources';
import { type Effect, type Touched, touchedIn } from './resources/resource-calls';
import { textsAt } from './values-at';

/** A resource as a call names it: one that goes by a name and an id may come twice. */
export interface NamedResource {
  /** AWS Config's name of the type. */
  readonly type: string;
  /** What AWS Config has as resourceId or resourceName, or at the end of the ARN. */
  readonly id: string;
  readonly arn?: string;
}

/** The account that a record speaks of. Undefined for the few that don't say. */
export const accountOf = ({ recipientAccountId, userIdentity }: CloudTrailRecord): string | undefined =>
  recipientAccountId ?? userIdentity.accountId;

/** The API's name of a call: some services put the version of their API behind it. */
export const apiName = (eventName: string): string => eventName.replace(/\d{8}(v\d+)?$|\d{4}_\d\d_\d\d$/, '');

/** Longer ones are no names of AWS. */
const LONGEST = 2048;

/**
 * The resources that a call names as what it works on, of the types that the tables under resources/ cover. Also of a
 * call that failed: that is the caller's business. What it merely refers to is not among them.
 */
export function resourcesNamed(record: CloudTrailRecord): NamedResource[] {
  const found = new Map<string, NamedResource>();
  const api = apiName(record.eventName);
  for (const type of typesOf(record.eventSource)) {
    if (type.onlyListed && !type.effects.has(api)) continue;
    for (const resource of namedOf(type, record)) found.set(keyOf(resource), resource);
  }
  const all = [...found.values()];
  const withArn = new Set(
    all.filter(({ arn }) => arn !== undefined).map(({ type, id }) => keyOf({ type, id })),
  );
  // An ARN says whose it is: the bare name beside it would pass for the caller's own.
  return all.filter((resource) => resource.arn !== undefined || !withArn.has(keyOf(resource)));
}

const keyOf = ({ type, id, arn = '' }: NamedResource): string => `${type}\n${id}\n${arn}`;

function* namedOf(type: KnownType, record: CloudTrailRecord): Generator<NamedResource> {
  if (type.scope === 'account' || type.scope === 'regional-account') {
    const account = accountOf(record);
    if (account !== undefined) yield { type: type.type, id: account };
    return;
  }
  for (const path of type.named) {
    for (const parameters of [record.requestParameters, record.responseElements]) {
      for (const text of textsAt(parameters, path)) yield* resourceIn(text, type);
    }
  }
  for (const { ARN } of record.resources ?? []) if (ARN !== undefined) yield* resourceIn(ARN, type);
}

function* resourceIn(text: string, type: KnownType): Generator<NamedResource> {
  if (text.length > LONGEST) return;
  const id = idIn(text, type);
  if (id !== undefined) yield { type: type.type, id, ...(text.startsWith('arn:') ? { arn: text } : {}) };
}

/** What a text names, if it names something of that type. */
function idIn(text: string, { type, arn, text: plain }: KnownType): string | undefined {
  if (!text.startsWith('arn:')) return plain === undefined ? text : plain.exec(text)?.[1];
  const parts = arnParts(text);
  return parts !== undefined && parts.service === serviceOf(type)
    ? arn?.exec(parts.resource)?.[1]
    : undefined;
}

/** `ec2` of `AWS::EC2::Instance`, as ARNs spell it. */
const serviceOf = (type: string): string => (type.split('::')[1] ?? '').toLowerCase();

/** What AWS Config calls a resource. */
export interface ItemName {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly arn?: string;
}

/**
 * The ids by which calls may name a resource: an item is joined to the calls that name one of them. RDS and IAM know
 * their resources by other ids than their API's callers do.
 */
export function idsOf({ resourceType, resourceId, resourceName, arn }: ItemName): string[] {
  const texts = [resourceId, resourceName, arn].filter((text) => text !== undefined);
  const ids = knownTypes(resourceType).flatMap((type) =>
    texts.flatMap((text) => {
      const id = idIn(text, type);
      return id === undefined ? [] : [id];
    }),
  );
  return [...new Set([resourceId, ...ids])];
}

/** What a call does to resources of a type, as far as the tables tell; undefined when they don't know the call. */
export interface KnownEffect extends Effect {
  readonly touches: Touched;
}

export function effectOn(resourceType: string, record: CloudTrailRecord): KnownEffect | undefined {
  const api = apiName(record.eventName);
  for (const { type, effects } of typesOf(record.eventSource)) {
    const effect = type === resourceType ? effects.get(api) : undefined;
    if (effect !== undefined)
      return { ...effect, touches: touchedIn(effect.touches, record.requestParameters) };
  }
  return undefined;
}

/** Where calls of global services are recorded, in the partition of a Region. */
export const globalRegion = (region: string): string => {
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return region.startsWith('cn-') ? 'cn-north-1' : 'us-east-1';
};

/** Where a type's resources are known: calls that change a global one may come from any Region. */
export const isGlobal = (resourceType: string): boolean =>
  knownTypes(resourceType).some(({ scope }) => scope === 'global' || scope === 'account');
