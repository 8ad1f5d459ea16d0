import type { Finding, ObservationLinks, TransitionKind } from '../contracts/trailseal/finding';
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
  return (after.links ?? []).flatMap((links) => {
    const known = linksTo(before.links, links);
    return known === undefined ? [] : changesOf(known, links);
  });
}

function changesOf(known: ObservationLinks, links: ObservationLinks): LinkChange[] {
  const changes: LinkChange[] = [];
  const about = `${links.observedAt}|${links.configurationStateId}`;
  const [before, calls] = [idsOf(known), idsOf(links)];
  // Who heard that somebody did it has to hear, too, that it is not so.
  if (calls !== before && links.calls.length + known.calls.length > 0) {
    changes.push({ kind: 'Attributed', links, cause: `${about}|calls ${calls} after ${before}` });
  }
  const [was, is] = [proofStateOf(known.calls), proofStateOf(links.calls)];
  const kind = proofKinds[is];
  // That something won't be proven is news only to whom a proof was promised.
  const isNews = was !== is && (is !== 'missing' || was === 'pending');
  // Each contradiction is one of its own.
  const isContradictedAnew = is === 'contradicted' && contradictionsOf(known) !== contradictionsOf(links);
  if (kind !== undefined && (isNews || isContradictedAnew)) {
    changes.push({ kind, links, cause: `${about}|proof of ${calls}|${contradictionsOf(links)}` });
  }
  return changes;
}

const proofKinds: Readonly<Partial<Record<ReturnType<typeof proofStateOf>, LinkChange['kind']>>> = {
  proven: 'Sealed',
  missing: 'Unproven',
  contradicted: 'Contradicted',
};

const contradictionsOf = ({ calls }: ObservationLinks): string =>
  calls
    .filter(({ proof }) => proof.state === 'contradicted')
    .map(({ eventID, proof }) => `${eventID} ${proof.reason}`)
    .join(' ');

const idsOf = ({ actor, calls }: ObservationLinks): string =>
  `${actor} ${calls.map(({ eventID }) => eventID).join(' ')}`;
