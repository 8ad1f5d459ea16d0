import { NotSimulated } from '../../aws-error';
import { matchesWildcard } from '../../iam';
import type { Operation } from '../../service';
import { allOf, type KindName, refuse } from './errors';
import { type DryRunnable, type Regions, reading } from './operations';
import type { Ec2Region, Tags } from './state';

export interface Filter {
  Name?: string;
  Values?: string[];
}

interface Listing<T> {
  kind: KindName;
  /** The member of the input with the ids. */
  ids: string;
  /** The member of the input with the filters. */
  filters?: string;
  /** The member of the answer with what was found. */
  found: string;
  /** How many at least and at most MaxResults may say. */
  pages: [least: number, most: number];
  all(ec2: Ec2Region): ReadonlyMap<string, T>;
  tags(one: T): Tags;
  /** What a filter looks at. */
  fields: Readonly<Record<string, (one: T, ec2: Ec2Region) => readonly string[]>>;
  describe(one: T, ec2: Ec2Region): unknown;
  /** What has to be said beside ids and filters. */
  narrow?(all: T[], input: Record<string, unknown>, ec2: Ec2Region): T[];
}

type ListingInput = DryRunnable & { MaxResults?: number; NextToken?: string } & Record<string, unknown>;

/** An operation that lists what was asked for by id, by filters, page by page. */
export function describing<T>(regions: Regions, action: string, listing: Listing<T>): Operation {
  return reading<ListingInput>(regions, action, (ec2, input) => {
    const ids = (input[listing.ids] as string[] | undefined) ?? [];
    const all = listing.all(ec2);
    const { MaxResults, NextToken } = input;
    if (ids.length > 0 && MaxResults !== undefined) {
      const both = `The parameter ${listing.ids} cannot be used with the parameter maxResults`;
      throw refuse('InvalidParameterCombination', both);
    }
    const named = ids.length > 0 ? allOf(listing.kind, all, ids) : [...all.values()];
    const filters = (input[listing.filters ?? 'Filters'] as Filter[] | undefined) ?? [];
    const narrowed = listing.narrow?.(named, input, ec2) ?? named;
    const found = narrowed.filter((one) => filters.every((filter) => passes(one, filter, listing, ec2)));
    const page = pageOf(found, { MaxResults, NextToken }, listing.pages);
    return {
      [listing.found]: page.items.map((one) => listing.describe(one, ec2)),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    };
  });
}

/** Values of one filter are alternatives; `*` and `?` stand for characters. */
function passes<T>(one: T, { Name = '', Values = [] }: Filter, listing: Listing<T>, ec2: Ec2Region): boolean {
  const actual = valuesOf(one, Name, listing, ec2);
  return Values.some((value) => actual.some((text) => matchesWildcard(text, value)));
}

function valuesOf<T>(one: T, name: string, listing: Listing<T>, ec2: Ec2Region): readonly string[] {
  const tags = listing.tags(one);
  if (name === 'tag-key') return Object.keys(tags);
  if (name.startsWith('tag:')) {
    const value = tags[name.slice('tag:'.length)];
    return value === undefined ? [] : [value];
  }
  const field = listing.fields[name];
  if (!field) throw new NotSimulated(`Filter ${name}`);
  return field(one, ec2);
}

function pageOf<T>(
  all: readonly T[],
  { MaxResults, NextToken }: { MaxResults: number | undefined; NextToken: string | undefined },
  [least, most]: [number, number],
): { items: readonly T[]; next?: string } {
  if (MaxResults !== undefined && (MaxResults < least || MaxResults > most)) {
    const range = `Expecting a value in the range of ${least} to ${most}.`;
    throw refuse(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. ${range}`,
    );
  }
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) {
    throw refuse('InvalidParameterValue', 'Unable to parse pagination token');
  }
  const end = from + (MaxResults ?? most);
  return {
    items: all.slice(from, end),
    ...(end < all.length ? { next: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}
