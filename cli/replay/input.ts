import type { Readable } from 'node:stream';
import type { Home } from '../../shared/policy/coverage';
import { Failure } from '../failure';
import { findFiles } from '../input/files';
import { readJson } from '../input/json-records';
import type { Problem } from '../input/problem';
import { foundIn, type Incoming } from './incoming';
import type { Delivery } from './simulation';

export interface Input {
  /** In the order of the files. */
  readonly incoming: readonly Incoming[];
  readonly problems: readonly Problem[];
  /** Events and messages that no rule of ours takes. */
  readonly others: number;
  /** Files in folders that are of other kinds. */
  readonly otherFiles: number;
}

export interface Source {
  /** That names of files start from. */
  readonly folder: string;
  /** Asked for only where it is read. */
  standardInput(): Readable;
  readonly stop: AbortSignal;
}

/** Reads all events, and all configuration items as the events that would have brought them. */
export async function readInput(names: readonly string[], source: Source): Promise<Input> {
  const found = await findFiles(names, source.folder);
  const incoming: Incoming[] = [];
  const problems: Problem[] = [...found.problems];
  let others = 0;
  for (const file of found.files) {
    for await (const record of readJson(file, source)) {
      if (record.kind === 'problem') {
        problems.push(record);
        continue;
      }
      if (record.isAround) continue;
      for (const one of foundIn(record.value)) {
        if (one.kind === 'event') incoming.push(one.incoming);
        else if (one.kind === 'other') others += 1;
        else
          problems.push({ kind: 'problem', file: file.name, position: record.position, reason: one.reason });
      }
    }
  }
  return { incoming, problems, others, otherFiles: found.others };
}

/** The events as AWS would have delivered them: each when it happened, those of one instant in the order of the files. */
export function deliveriesOf(incoming: readonly Incoming[], { region }: Home): Delivery[] {
  const first = incoming.reduce((least, { at = least }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  let known = Number.isFinite(first) ? first : 0;
  return incoming
    .map(({ at, event }, index): Delivery => {
      // What does not say when it happened came with what stands before it.
      known = at ?? known;
      return { at: known, event: { id: `replayed-${index + 1}`, region, ...event } };
    })
    .sort((a, b) => a.at - b.at);
}

/**
 * Where the stack is taken to run: what was asked for, or else the account and the Region of the first event.
 * @throws Failure when no event says so
 */
export function homeOf(
  incoming: readonly Incoming[],
  asked: { readonly account?: string; readonly region?: string },
): Home {
  const inTime = incoming.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const first = (field: 'account' | 'region') =>
    inTime.map(({ event }) => event[field]).find((value) => typeof value === 'string');
  const accountId = asked.account ?? first('account');
  if (accountId === undefined) {
    throw new Failure('No event says which account it is of', ['Name it: --account ID --region REGION']);
  }
  return { accountId, region: asked.region ?? first('region') ?? 'us-east-1' };
}
