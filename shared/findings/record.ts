import { isDeepStrictEqual } from 'node:util';
import type {
  Finding,
  FindingEventDetail,
  Judgement,
  ObservationLinks,
  Transition,
} from '../contracts/trailseal/finding';
import type { RemediationOutcome } from '../contracts/trailseal/remediation';
import { boundedLinks } from './bounded-links';
import type { LinkFinding, UsedRecord } from './event-links';
import {
  addJudgement,
  type Change,
  findingId,
  nextChangeAt,
  passTime,
  type Subject,
  withLinks,
} from './finding';
import { linksTo } from './observations';
import { addOutcome } from './outcome';

/** A finding as the table holds it: with the number of its last write, and the transitions still to be published. */
export interface StoredFinding {
  readonly finding: Finding;
  readonly seq: number;
  readonly lastTransition?: string;
  readonly outbox: readonly Transition[];
  /** When the sweep has to look at it: a publication that seems lost, an exemption that ends. */
  readonly dueAt?: string;
}

export interface RecordNeeds {
  readonly table: {
    /** Strongly consistent. */
    read(id: string): Promise<StoredFinding | undefined>;
    /** @returns false when the stored `seq` is no longer the expected one; undefined expects that there is none */
    write(next: StoredFinding, expectedSeq: number | undefined): Promise<boolean>;
    /** Empties the outbox, unless the finding was written since; returns whether it did. */
    clear(published: StoredFinding, dueAt: string | undefined): Promise<boolean>;
  };
  readonly bus: { publish(events: readonly FindingEventDetail[]): Promise<void> };
  /** Left out by those who learn nothing of who did what: then a finding keeps the links that it has. */
  readonly link?: LinkFinding;
  /**
   * The calls of what was done about a finding, with their proofs, from what the table knows now; undefined leaves
   * those that are known. It is asked only of findings about which something was done, between reading and writing.
   */
  readonly ownCalls?: (finding: Finding) => Promise<ObservationLinks | undefined>;
  readonly now: () => string;
}

/** The publisher of an outbox entry gets this long before the sweep does it in its place. */
const PUBLISH_WITHIN_MS = 2 * 60 * 1000;

/**
 * While the bus takes nothing, a finding waits with no more transitions than fit into its item: new judgements then
 * fail, and are tried again.
 */
const OUTBOX_LENGTH = 3;

/** DynamoDB takes 400 KB of an item, counted otherwise than as JSON. */
const MOST_BYTES = 380 * 1024;

const bytesOf = (stored: StoredFinding): number => Buffer.byteLength(JSON.stringify(stored));

/** A write is refused only because another one got through, so this many refusals in a row are a pile-up. */
const ATTEMPTS = 12;

/** Too many writers at once: transient, to be tried again. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/**
 * Lets a judgement join its finding: one conditional write of state and outbox together, then publication, then the
 * outbox is cleared. Whatever fails on the way, doing it again ends with the same finding, and the same transitions
 * published at least once.
 *
 * @param used the record of the call that the judgement is about, if it is about one
 * @returns the transitions that this judgement brought about; none for one that is known already
 * @throws Contended, or what table and bus throw
 */
export const recordJudgement = (
  subject: Subject,
  judgement: Judgement,
  needs: RecordNeeds,
  used?: UsedRecord,
): Promise<readonly Transition[]> =>
  update(findingId(subject), (before, now) => addJudgement(before, subject, judgement, now), needs, used);

/**
 * Lets what has become of a remediation join its finding, as `recordJudgement` does a judgement. The same outcome again
 * changes nothing.
 *
 * @param whenMissing is told of a finding that is not there: then nothing is recorded, and whoever reads only the answer
 *   takes it for an outcome that is known already
 * @returns the transition that it brought about, and what else became known with it
 * @throws Contended, or what table and bus throw
 */
export const recordOutcome = (
  outcome: RemediationOutcome,
  needs: RecordNeeds,
  whenMissing: (findingId: string) => void = () => undefined,
): Promise<readonly Transition[]> =>
  update(
    outcome.findingId,
    (before) => {
      if (before) return addOutcome(before, outcome);
      whenMissing(outcome.findingId);
      return undefined;
    },
    needs,
  );

/**
 * Brings into a finding what has become known of who did it, of what was done about it, and of whether the records of
 * that are true.
 */
export const relinkFinding = (id: string, needs: RecordNeeds): Promise<readonly Transition[]> =>
  update(id, (before) => before && { finding: before, transitions: [] }, needs);

/** Does what time alone has made due for a finding: publishes what was left over, ends exemptions. */
export const settleFinding = (id: string, needs: RecordNeeds): Promise<readonly Transition[]> =>
  update(id, (before, now) => (before ? passTime(before, now) : undefined), needs);

async function update(
  id: string,
  change: (before: Finding | undefined, now: string) => Change | undefined,
  needs: RecordNeeds,
  used?: UsedRecord,
): Promise<readonly Transition[]> {
  const { table, link, ownCalls, now } = needs;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await table.read(id);
    const at = now();
    const judged = change(stored?.finding, at);
    // Between reading the finding and writing it, so that whoever writes last has seen all that was known.
    const links = judged && (await link?.(judged.finding, used));
    const own = judged?.finding.remediation && (await ownCalls?.(judged.finding));
    const changed = judged && withLinks(stored?.finding, judged, links, own);
    if (!judged || !changed || (stored && isDeepStrictEqual(changed.finding, stored.finding))) {
      if (stored) await publishOutbox(stored, needs);
      return [];
    }
    if (stored && stored.outbox.length >= OUTBOX_LENGTH) {
      await publishOutbox(stored, needs);
      continue;
    }
    const whole = numbered(changed, stored, at);
    const fits = bytesOf(whole) <= MOST_BYTES;
    if (!fits && stored && stored.outbox.length > 0) {
      await publishOutbox(stored, needs);
      continue;
    }
    // What doesn't fit at once comes link by link, our own calls last.
    const step = fits ? changed : withLinks(stored?.finding, judged, oneMore(stored?.finding, links));
    const isStuck = isDeepStrictEqual(step.finding, stored?.finding);
    const next = isStuck ? whole : numbered(step, stored, at);
    if (await table.write(next, stored?.seq)) {
      await publishOutbox(next, needs);
      const brought = next.outbox.slice(stored?.outbox.length ?? 0);
      // Who learned something between our reading and writing found nothing yet in the finding that it changes.
      const isToRelink =
        (link !== undefined && next.finding.links !== undefined) ||
        (ownCalls !== undefined && next.finding.remediation !== undefined);
      const isRelinked = next.finding === changed.finding && judged.finding === stored?.finding;
      return isToRelink && !isRelinked ? [...brought, ...(await relinkFinding(id, needs))] : brought;
    }
  }
  throw new Contended(`finding ${id} was written by others ${ATTEMPTS} times in a row`);
}

/** Of all that is known by now only the first that is new of what a finding showed before. */
function oneMore(
  before: Finding | undefined,
  links: readonly ObservationLinks[] | undefined,
): ObservationLinks[] | undefined {
  let isNew = false;
  return (
    links &&
    boundedLinks(links).map((one) => {
      const known = linksTo(before?.links, one);
      if (known === undefined || isNew) return known ?? one;
      isNew = !isDeepStrictEqual(known, one);
      return one;
    })
  );
}

function numbered(
  { finding, transitions }: Change,
  stored: StoredFinding | undefined,
  at: string,
): StoredFinding {
  const seq = (stored?.seq ?? 0) + 1;
  const outbox = [...(stored?.outbox ?? [])];
  let last = stored?.lastTransition;
  for (const planned of transitions) {
    outbox.push({ ...planned, seq, recordedAt: at, ...(last === undefined ? {} : { after: last }) });
    last = planned.id;
  }
  const dueAt =
    outbox.length > 0 ? new Date(Date.parse(at) + PUBLISH_WITHIN_MS).toISOString() : nextChangeAt(finding);
  return {
    finding,
    seq,
    outbox,
    ...(last === undefined ? {} : { lastTransition: last }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}

async function publishOutbox(stored: StoredFinding, { table, bus }: RecordNeeds): Promise<void> {
  const nextDue = nextChangeAt(stored.finding);
  if (stored.outbox.length === 0) {
    // A due time that has been dealt with must not stay, or the sweep would come back for ever.
    if (stored.dueAt !== nextDue) await table.clear(stored, nextDue);
    return;
  }
  const { history: _, ...finding } = stored.finding;
  await bus.publish(stored.outbox.map((transition) => ({ schemaVersion: '1', transition, finding })));
  // Refused when somebody wrote since: they hold our entries too, and publish them again.
  await table.clear(stored, nextDue);
}
