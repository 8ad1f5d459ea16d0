import { createHash } from 'node:crypto';
import type {
  Exposure,
  Finding,
  HistoryEntry,
  Judgement,
  ResourceRef,
  Severity,
  Transition,
  TransitionKind,
} from '../contracts/trailseal/finding';
import { compareKeys, holdsFrom, keyText } from './order';

const HISTORY_LENGTH = 50;
const ANNOTATION_LENGTH = 200;

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

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 26 characters of base32 (RFC 4648): 130 bits of SHA-256. */
function shortHash(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  let bits = '';
  for (const byte of bytes.subarray(0, 17)) bits += byte.toString(2).padStart(8, '0');
  return Array.from(
    { length: 26 },
    (_, index) => BASE32[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)],
  ).join('');
}

/** Resources of these services exist once for all Regions; AWS Config reports them from one or from each. */
const globalTypes = /^AWS::(IAM|CloudFront|Route53|Organizations|GlobalAccelerator|WAF)::/;

/** The region that a finding about this type is filed under. */
export const findingRegion = (resourceType: string, region: string): string =>
  globalTypes.test(resourceType) ? 'global' : region;

/** The same five give the same id, today and in any other deployment. */
export const findingId = ({ control, accountId, region, resourceType, resourceId }: Subject): string =>
  shortHash([control, accountId, region, resourceType, resourceId].join('\n'));

/** One judgement joins what is known. Pure; the order in which judgements come makes no difference to the finding. */
export function addJudgement(
  before: Finding | undefined,
  subject: Subject,
  judgement: Judgement,
  now: string,
): Change {
  const entry = entryOf(judgement);
  const history = insert(before?.history ?? [], entry);
  const isLatest = (other: HistoryEntry | undefined) => other === entry;
  const evidence = isLatest(latestConclusive(history)) ? judgement : before?.judgement;
  const after = assemble(before && !isLatest(history.at(-1)) ? before : subject, history, evidence, now);
  return { finding: after, transitions: transitionsBetween(before, after, judgement, now) };
}

/** Time alone passes: an exemption may have ended since. */
export function passTime(before: Finding, now: string): Change {
  const after = assemble(before, before.history, before.judgement, now);
  return {
    finding: after,
    transitions: before.judgement
      ? transitionsBetween(before, after, before.judgement, now, 'exemption ended')
      : [],
  };
}

/** When time alone will next change this finding, if ever. */
export const nextChangeAt = (finding: Finding): string | undefined =>
  finding.state === 'exempt' ? finding.judgement?.exemption?.expiresAt : undefined;

const entryOf = ({
  observedAt,
  configurationStateId,
  policyVersion,
  compliance,
  annotation,
  exemption,
}: Judgement): HistoryEntry => ({
  observedAt,
  configurationStateId,
  policyVersion,
  compliance,
  annotation: annotation.slice(0, ANNOTATION_LENGTH),
  ...(exemption ? { exemptUntil: exemption.expiresAt } : {}),
});

/** What holds when one observation was judged twice: a conclusion over none, and the worse one of two. */
const precedence = { INSUFFICIENT_DATA: 0, NOT_APPLICABLE: 1, COMPLIANT: 2, NON_COMPLIANT: 3 } as const;

function insert(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const twin = history.find((other) => keyText(other) === keyText(entry));
  const keep = twin && !outranks(entry, twin) ? twin : entry;
  return [...history.filter((other) => other !== twin), keep].sort(compareKeys).slice(-HISTORY_LENGTH);
}

const outranks = (entry: HistoryEntry, twin: HistoryEntry) =>
  precedence[entry.compliance] > precedence[twin.compliance];

const isConclusive = ({ compliance }: HistoryEntry) => compliance !== 'INSUFFICIENT_DATA';
const latestConclusive = (history: readonly HistoryEntry[]) => history.filter(isConclusive).at(-1);

type State = Finding['state'];

/** From when which state held, oldest first: what the history says, with the ends of exemptions put in. */
function statesOverTime(history: readonly HistoryEntry[], now: string): { at: string; state: State }[] {
  const conclusive = history.filter(isConclusive);
  return conclusive.flatMap((entry, index): { at: string; state: State }[] => {
    const at = holdsFrom(entry, conclusive[index - 1]);
    if (entry.compliance !== 'NON_COMPLIANT') return [{ at, state: 'resolved' }];
    const { exemptUntil } = entry;
    if (exemptUntil === undefined || exemptUntil <= at) return [{ at, state: 'open' }];
    const until = conclusive[index + 1]?.observedAt ?? now;
    return exemptUntil <= until
      ? [
          { at, state: 'exempt' },
          { at: exemptUntil, state: 'open' },
        ]
      : [{ at, state: 'exempt' }];
  });
}

/** The times in which a control did not hold and nothing excused it, oldest first. */
function exposures(history: readonly HistoryEntry[], now: string): Exposure[] {
  const found: Exposure[] = [];
  let open: Exposure | undefined;
  for (const [index, { at, state }] of statesOverTime(history, now).entries()) {
    if (state === 'open')
      open ??= { from: at, ...(index === 0 && history.length >= HISTORY_LENGTH ? { atLeast: true } : {}) };
    else if (open) {
      found.push({ ...open, to: at });
      open = undefined;
    }
  }
  return open ? [...found, open] : found;
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
  because?: string,
): PlannedTransition[] {
  const cause = [keyText(judgement), ...(because ? [because] : [])].join('|');
  const plan = (
    kind: TransitionKind,
    more: Partial<PlannedTransition> = {},
    suffix = '',
  ): PlannedTransition => ({
    id: shortHash([after.id, kind, cause + suffix].join('\n')),
    kind,
    findingId: after.id,
    cause: cause + suffix,
    ...(after.judgement ? { judgement: after.judgement } : {}),
    ...more,
  });
  const told = before ? exposures(before.history, now) : [];
  const known = exposures(after.history, now);
  const kind = kindOfChange(before, after, told.length > 0);
  const wasOpen = before?.state === 'open';
  const exposure = wasOpen || after.state === 'open' ? known.at(-1) : undefined;
  const planned = kind
    ? [
        plan(kind, {
          ...(exposure ? { exposure } : {}),
          ...(wasOpen && before.judgement ? { was: before.judgement } : {}),
        }),
      ]
    : [];

  const hidden = known.filter(
    (closed) =>
      closed.to !== undefined && closed.to > closed.from && !told.some((other) => overlap(closed, other)),
  );
  return [
    ...hidden.map((closed) =>
      plan('Resolved', { exposure: closed, was: judgement, late: true }, `|hidden since ${closed.from}`),
    ),
    ...planned,
  ];
}

function kindOfChange(
  before: Finding | undefined,
  after: Finding,
  wasOpenBefore: boolean,
): TransitionKind | undefined {
  const from = before?.state ?? 'resolved';
  if (from === 'open' && after.state === 'open') {
    return sameComplaint(before?.judgement, after.judgement) ? undefined : 'Updated';
  }
  if (from === after.state) return undefined;
  if (after.state === 'open') return wasOpenBefore ? 'Reopened' : 'Opened';
  return after.state === 'exempt' ? 'Exempted' : 'Resolved';
}

/** By what the reasons say: AWS lists the same permissions in another order now and then, so paths may move. */
const sameComplaint = (a: Judgement | undefined, b: Judgement | undefined) => complaint(a) === complaint(b);
const complaint = (judgement: Judgement | undefined) =>
  [...new Set(judgement?.because.map(({ says }) => says) ?? [])].sort().join('\n');

const overlap = (a: Exposure, b: Exposure) =>
  (b.to === undefined || a.from < b.to) && (a.to === undefined || b.from < a.to);
