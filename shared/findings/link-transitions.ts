import type {
  Call,
  Finding,
  ObservationLinks,
  Transition,
  TransitionKind,
} from '../contracts/trailseal/finding';
import { proofStateOf } from '../proof/card';
import { linksTo } from './observations';

/** A change of what is known of who did it, and of whether the record of that is true. */
export interface LinkChange {
  readonly kind: Extract<TransitionKind, 'Attributed' | 'Sealed' | 'Unproven' | 'Contradicted'>;
  readonly links: ObservationLinks;
  /** What tells it apart from other changes of the same finding. */
  readonly cause: string;
}

/**
 * What became known of observations that a finding showed before. What is known when an observation first shows is
 * part of the transition that it brings about.
 */
export function linkChanges(before: Finding | undefined, after: Finding): LinkChange[] {
  if (before === undefined) return [];
  return [
    ...(after.links ?? []).flatMap((links) => {
      const known = linksTo(before.links, links);
      return known === undefined ? [] : changesOf(known, links);
    }),
    ...ownChanges(before, after),
  ];
}

function changesOf(known: ObservationLinks, links: ObservationLinks): LinkChange[] {
  const about = `${links.observedAt}|${links.configurationStateId}`;
  const [before, calls] = [idsOf(known), idsOf(links)];
  // Who heard that somebody did it has to hear, too, that it is not so.
  const isAttributed = calls !== before && links.calls.length + known.calls.length > 0;
  return [
    ...(isAttributed
      ? [{ kind: 'Attributed' as const, links, cause: `${about}|calls ${calls} after ${before}` }]
      : []),
    ...proofChange(known.calls, links, about),
  ];
}

const OWN = 'run ';

/** Of our own calls everybody knows who made them: only what becomes of their proofs is news. */
function ownChanges({ remediation: known }: Finding, { remediation }: Finding): LinkChange[] {
  if (remediation?.calls === undefined) return [];
  return proofChange(known?.calls?.calls ?? [], remediation.calls, `${OWN}${remediation.run}`);
}

/** Whether a transition is about the calls of a remediation, and not about who did what it mends. */
export const isOfOwnCalls = ({ cause, links }: Pick<Transition, 'cause' | 'links'>): boolean =>
  links !== undefined && cause.startsWith(OWN);

function proofChange(known: readonly Call[], links: ObservationLinks, about: string): LinkChange[] {
  const [was, is] = [proofStateOf(known), proofStateOf(links.calls)];
  const kind = proofKinds[is];
  // That something won't be proven is news only to whom a proof was promised.
  const isNews = was !== is && (is !== 'missing' || was === 'pending');
  // Each contradiction is one of its own.
  const isContradictedAnew =
    is === 'contradicted' && contradictionsOf(known) !== contradictionsOf(links.calls);
  return kind !== undefined && (isNews || isContradictedAnew)
    ? [{ kind, links, cause: `${about}|proof of ${idsOf(links)}|${contradictionsOf(links.calls)}` }]
    : [];
}

const proofKinds: Readonly<Partial<Record<ReturnType<typeof proofStateOf>, LinkChange['kind']>>> = {
  proven: 'Sealed',
  missing: 'Unproven',
  contradicted: 'Contradicted',
};

const contradictionsOf = (calls: readonly Call[]): string =>
  calls
    .filter(({ proof }) => proof.state === 'contradicted')
    .map(({ eventID, proof }) => `${eventID} ${proof.reason}`)
    .join(' ');

const idsOf = ({ actor, calls }: ObservationLinks): string =>
  `${actor} ${calls.map(({ eventID }) => eventID).join(' ')}`;
