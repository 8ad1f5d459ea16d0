import { shortHash } from '../contracts/short-hash';
import type {
  Exposure,
  Finding,
  HistoryEntry,
  Judgement,
  ObservationLinks,
  ResourceRef,
  Severity,
  Transition,
  TransitionKind,
} from '../contracts/trailseal/finding';
import { boundedLinks } from './bounded-links';
import { boundedJudgement, compareTwins, entryOf, isConclusive, laterJudgement } from './judgement';
import { type LinkChange, linkChanges } from './link-transitions';
import { isSameObservation, linksTo, observationsToLink } from './observations';
import { compareKeys, holdsFrom, keyText } from './order';

const HISTORY_LENGTH = 50;

/** What a judgement is about: the five things that name a finding, and the severity that it has now. */
export interface Subject extends ResourceRef {
  readonly control: string;
  readonly severity: Severity;
}

/** A transition before it is numbered and dated by the one that writes it. */
export type PlannedTransition = Omit<Transition, 'seq' | 'recordedAt' | 'after'>;

export interface Change {
  readonly finding: Finding;
  readonly transitions: readonly PlannedTransition[];
}

/** The same five, and the same topic, give the same id, today and in any other deployment. */
export const findingId = ({ control, accountId, region, resourceType, resourceId, topic }: Subject): string =>
  shortHash([control, accountId, region, resourceType, resourceId, ...(topic ? [topic] : [])].join('\n'));

/** One judgement joins what is known. Pure; the order in which judgements come makes no difference to the finding. */
export function addJudgement(
  before: Finding | undefined,
  subject: Subject,
  given: Judgement,
  now: string,
): Change {
  const judgement = boundedJudgement(given);
  const entry = entryOf(judgement);
  const history = insert(before?.history ?? [], entry);
  const evidence = isConclusive(judgement) ? laterJudgement(before?.judgement, judgement) : before?.judgement;
  const at = timeKnown(before, now);
  const after = {
    ...assemble(before && history.at(-1) !== entry ? before : subject, history, evidence, at),
    ...besides(before),
  };
  return { finding: after, transitions: transitionsBetween(before, after, judgement, at) };
}

/** Time alone passes: an exemption may have ended since. */
export function passTime(before: Finding, now: string): Change {
  const at = timeKnown(before, now);
  const after = { ...assemble(before, before.history, before.judgement, at), ...besides(before) };
  return {
    finding: after,
    transitions: before.judgement ? transitionsBetween(before, after, before.judgement, at) : [],
  };
}

/** What no judgement says anything of. */
const besides = (finding: Finding | undefined): Pick<Finding, 'links' | 'remediation'> => ({
  ...(finding?.links ? { links: finding.links } : {}),
  ...(finding?.remediation ? { remediation: finding.remediation } : {}),
});

/**
 * Adds to a change what is known of who brought about what it shows; a link says nothing of the state, and the state
 * nothing of a link.
 * @param links of `observationsToLink`; undefined leaves those that are known
 * @param ownCalls of what was done about it; undefined leaves those that are known
 */
export function withLinks(
  before: Finding | undefined,
  { finding, transitions }: Change,
  links: readonly ObservationLinks[] | undefined,
  ownCalls?: ObservationLinks,
): Change {
  const wanted = observationsToLink(finding);
  const kept = boundedLinks(
    (links ?? finding.links ?? []).filter((one) =>
      wanted.some((observation) => isSameObservation(observation, one)),
    ),
  );
  const { links: _, ...rest } = finding;
  const after: Finding = {
    ...rest,
    ...(kept.length === 0 ? {} : { links: [...kept] }),
    ...withOwnCalls(finding, ownCalls),
  };
  return {
    finding: after,
    transitions: [
      ...transitions.map((planned) => {
        const own = linksTo(kept, planned.late ? planned.was : planned.judgement);
        return own === undefined ? planned : { ...planned, links: own };
      }),
      ...linkChanges(before, after).map((change) => linkTransition(after, change)),
    ],
  };
}

function withOwnCalls(
  { remediation }: Finding,
  ownCalls: ObservationLinks | undefined,
): Pick<Finding, 'remediation'> {
  const [calls] = ownCalls ? boundedLinks([ownCalls]) : [];
  return remediation && calls ? { remediation: { ...remediation, calls } } : {};
}

const linkTransition = (finding: Finding, { kind, links, cause }: LinkChange): PlannedTransition => ({
  id: shortHash([finding.id, kind, cause].join('\n')),
  kind,
  findingId: finding.id,
  cause,
  links,
  ...asItStands(finding),
});

/** What a transition that says nothing of the state carries of the finding. */
export const asItStands = ({
  judgement,
  exposure,
  state,
}: Finding): Pick<PlannedTransition, 'judgement' | 'exposure'> => ({
  ...(judgement ? { judgement } : {}),
  ...(exposure && state !== 'exempt' ? { exposure } : {}),
});

/** Not before what a finding shows to have happened: another clock may have been ahead of ours. */
function timeKnown(before: Finding | undefined, now: string): string {
  const { exemption, quietUntil } = before?.judgement ?? {};
  const shown =
    before?.state === 'open' ? exemption?.expiresAt : before?.state === 'resolved' ? quietUntil : undefined;
  return shown !== undefined && shown > now ? shown : now;
}

/** When time alone will next change this finding, if ever. */
export function nextChangeAt({ state, judgement }: Finding): string | undefined {
  const { exemption, quietUntil } = judgement ?? {};
  if (state === 'exempt') return earlier(exemption?.expiresAt, quietUntil);
  return state === 'open' ? quietUntil : undefined;
}

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** The last judgements, always with the one that made the state, however many came after it and could not tell. */
function insert(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const twin = history.find((other) => compareKeys(other, entry) === 0);
  const keep = twin && compareTwins(entry, twin) <= 0 ? twin : entry;
  const joined = [...history.filter((other) => other !== twin), keep].sort(compareKeys);
  const recent = joined.slice(-HISTORY_LENGTH);
  const conclusive = joined.findLast(isConclusive);
  return conclusive === undefined || recent.includes(conclusive) ? recent : [conclusive, ...recent.slice(1)];
}

type State = Finding['state'];

interface Held {
  readonly entry: HistoryEntry;
  readonly at: string;
}

/**
 * The judgements that ever held, oldest first, each with the instant from which it did. A newer policy's word on an
 * item never held when a later item had been observed before that policy came into force.
 */
function judgementsThatHeld(history: readonly HistoryEntry[]): Held[] {
  const conclusive = history.filter(isConclusive);
  const newestFirst: Held[] = [];
  for (const [index, entry] of [...conclusive.entries()].reverse()) {
    const at = holdsFrom(entry, conclusive[index - 1]);
    const later = newestFirst.at(-1);
    if (later === undefined || at <= later.at) newestFirst.push({ entry, at });
  }
  return newestFirst.reverse();
}

interface StateSince {
  readonly at: string;
  readonly state: State;
  /** By something that happened then. */
  readonly happened?: true;
}

/** From when which state held, oldest first: what the history says, with what ended by itself put in. */
function statesOverTime(history: readonly HistoryEntry[], now: string): StateSince[] {
  const held = judgementsThatHeld(history);
  return held.flatMap(({ entry, at }, index): StateSince[] => {
    if (entry.compliance !== 'NON_COMPLIANT') return [{ at, state: 'resolved' }];
    const next = held[index + 1];
    const hasCome = (time: string) => time > at && (next === undefined ? time <= now : time < next.at);
    const { exemptUntil, quietUntil } = entry;
    // Judged anew, by a later policy, when it was long over.
    if (quietUntil !== undefined && quietUntil <= at) return [{ at, state: 'resolved' }];
    const isExempt = exemptUntil !== undefined && exemptUntil > at;
    const isQuiet = quietUntil !== undefined && hasCome(quietUntil);
    const isOver = isExempt && hasCome(exemptUntil) && !(isQuiet && quietUntil <= exemptUntil);
    return [
      { at, state: isExempt ? 'exempt' : 'open', ...(quietUntil === undefined ? {} : { happened: true }) },
      ...(isOver ? [{ at: exemptUntil, state: 'open' as const }] : []),
      ...(isQuiet ? [{ at: quietUntil, state: 'resolved' as const }] : []),
    ];
  });
}

/** The times in which a control did not hold and nothing excused it, oldest first. */
function exposures(history: readonly HistoryEntry[], now: string): Exposure[] {
  const found: Exposure[] = [];
  let open: Exposure | undefined;
  let times = 0;
  const counted = (exposure: Exposure): Exposure => (times > 1 ? { ...exposure, times } : exposure);
  for (const [index, { at, state, happened }] of statesOverTime(history, now).entries()) {
    if (state === 'open') {
      open ??= { from: at, ...(index === 0 && history.length >= HISTORY_LENGTH ? { atLeast: true } : {}) };
      times += happened ? 1 : 0;
    } else if (open) {
      found.push(counted({ ...open, to: at }));
      open = undefined;
      times = 0;
    }
  }
  return open ? [...found, counted(open)] : found;
}

function assemble(
  subject: Subject,
  history: readonly HistoryEntry[],
  judgement: Judgement | undefined,
  now: string,
): Finding {
  const exposure = exposures(history, now).at(-1);
  const newest = history.at(-1);
  return {
    id: findingId(subject),
    control: subject.control,
    severity: subject.severity,
    accountId: subject.accountId,
    region: subject.region,
    resourceType: subject.resourceType,
    resourceId: subject.resourceId,
    ...(subject.resourceName === undefined ? {} : { resourceName: subject.resourceName }),
    ...(subject.arn === undefined ? {} : { arn: subject.arn }),
    ...(subject.topic === undefined ? {} : { topic: subject.topic }),
    state: statesOverTime(history, now).at(-1)?.state ?? 'resolved',
    ...(exposure ? { exposure } : {}),
    ...(judgement ? { judgement } : {}),
    ...(newest && !isConclusive(newest)
      ? { unsettled: { observedAt: newest.observedAt, annotation: newest.annotation } }
      : {}),
    history: [...history],
  };
}

function transitionsBetween(
  before: Finding | undefined,
  after: Finding,
  judgement: Judgement,
  now: string,
): PlannedTransition[] {
  const plan = (
    kind: TransitionKind,
    cause: string,
    more: Pick<Partial<PlannedTransition>, 'was' | 'exposure' | 'late'>,
  ): PlannedTransition => ({
    id: shortHash([after.id, kind, cause].join('\n')),
    kind,
    findingId: after.id,
    cause,
    ...(after.judgement ? { judgement: after.judgement } : {}),
    ...more,
  });
  const known = exposures(after.history, now);
  const told = before ? exposuresTold(before, now) : [];
  const hidden = known
    .filter(({ from, to }) => to !== undefined && to > from)
    .filter((closed) => !told.some((other) => contains(other, closed)))
    .map((exposure) =>
      plan('Resolved', `${keyOf(judgement)}|hidden since ${exposure.from}`, {
        exposure,
        was: evidenceOf(exposure, judgement, before),
        late: true,
      }),
    );
  const kind = kindOfChange(before, after, told);
  if (kind === undefined) return hidden;
  const exposure = exposureToTell(before, after, told, known);
  return [
    ...hidden,
    plan(kind, causeOf(kind, after, judgement), {
      ...(exposure ? { exposure } : {}),
      ...(before?.state === 'open' && before.judgement ? { was: before.judgement } : {}),
    }),
  ];
}

/** The exposures that a finding has shown: nobody has heard yet of what ended by itself since. */
const exposuresTold = (finding: Finding, now: string): Exposure[] =>
  exposures(finding.history, timeShown(finding, now));

function timeShown({ state, judgement }: Finding, now: string): string {
  if (state === 'exempt') return '';
  const { quietUntil } = judgement ?? {};
  return state === 'open' && quietUntil !== undefined && quietUntil <= now ? justBefore(quietUntil) : now;
}

const justBefore = (time: string): string => new Date(Date.parse(time) - 1).toISOString();

/**
 * What makes a state is its judgement, with the exemption that holds or has ended, and for an update the complaint:
 * not whatever came in meanwhile. One key may bring about a transition twice when its observation is judged twice.
 */
function causeOf(kind: TransitionKind, { state, judgement, exposure }: Finding, latest: Judgement): string {
  if (judgement === undefined) return '';
  const key = keyOf(judgement);
  if (kind === 'Updated') {
    const learnedFrom =
      keyText(latest) === keyText(judgement) ? '' : `|since ${exposure?.from} by ${keyText(latest)}`;
    return `${key}${learnedFrom}|complaint ${shortHash(complaint(judgement)).slice(0, 8)}`;
  }
  const { expiresAt } = judgement.exemption ?? {};
  if (expiresAt === undefined || state === 'resolved') return key;
  return `${key}|exemption ${state === 'exempt' ? 'until' : 'ended'} ${expiresAt}`;
}

/** Names a judgement, together with when what it is about is over. */
const keyOf = (judgement: Judgement): string =>
  keyText(judgement) + (judgement.quietUntil === undefined ? '' : `|quiet at ${judgement.quietUntil}`);

/** The exposure that goes on, or the one that has ended now; none when the finding wasn't and isn't open. */
function exposureToTell(
  before: Finding | undefined,
  after: Finding,
  told: readonly Exposure[],
  known: readonly Exposure[],
): Exposure | undefined {
  const latest = known.at(-1);
  if (after.state === 'open') return latest;
  const begun = before?.state === 'open' ? told.at(-1) : undefined;
  if (begun === undefined) return undefined;
  const ended = latest?.to !== undefined && latest.to >= begun.from ? latest : undefined;
  // An older observation that came late may say that it never was: whoever heard of it must hear of its end.
  return ended ?? { from: begun.from, to: begun.from };
}

/** The judgement that an exposure rests on: the one that has just come, or the one known whose exemption ended. */
const evidenceOf = ({ to = '' }: Exposure, judgement: Judgement, before: Finding | undefined): Judgement =>
  judgement.compliance === 'NON_COMPLIANT' && judgement.observedAt < to
    ? judgement
    : (before?.judgement ?? judgement);

function kindOfChange(
  before: Finding | undefined,
  after: Finding,
  told: readonly Exposure[],
): TransitionKind | undefined {
  const from = before?.state ?? 'resolved';
  if (from === 'open' && after.state === 'open') {
    // An older observation that came late may show that it has been open for longer than people were told.
    const isLonger = (after.exposure?.from ?? '') < (told.at(-1)?.from ?? '');
    return isLonger || !sameComplaint(before?.judgement, after.judgement) ? 'Updated' : undefined;
  }
  if (from === after.state) return undefined;
  if (after.state === 'open') return told.length > 0 ? 'Reopened' : 'Opened';
  return after.state === 'exempt' ? 'Exempted' : 'Resolved';
}

/** By what the reasons say: AWS lists the same permissions in another order now and then, so paths may move. */
const sameComplaint = (a: Judgement | undefined, b: Judgement | undefined) => complaint(a) === complaint(b);
const complaint = (judgement: Judgement | undefined) =>
  // An operator's test that AWS confirms is news.
  [judgement?.origin ?? 'aws', ...[...new Set(judgement?.because.map(({ says }) => says) ?? [])].sort()].join(
    '\n',
  );

const contains = (told: Exposure, exposure: Exposure) =>
  told.from <= exposure.from &&
  (told.to === undefined || (exposure.to !== undefined && exposure.to <= told.to));
