import type { ActorSummary, Finding } from '../contracts/trailseal/finding';
import type { Run } from './run';

/** All who may have brought about what a finding is about: named, or candidates. */
export function actorsOf({ judgement, links = [] }: Finding): readonly ActorSummary[] {
  return [
    ...(judgement?.activity ? [judgement.activity.actor] : []),
    ...links.flatMap(({ calls }) => calls.map(({ actor }) => actor)),
  ];
}

/**
 * As an API states them, those who may not approve a run unless compliance.yml lets them: who made the change, and of an
 * undo who asked for it.
 */
export const mayNotApprove = (finding: Finding, { asked }: Pick<Run, 'asked'>): readonly string[] => [
  ...new Set([
    ...actorsOf(finding).flatMap(({ principal, onBehalfOf, issuer }) => [
      principal,
      ...(onBehalfOf ? [onBehalfOf] : []),
      // A federated session is its user's.
      ...(issuer?.includes(':user/') ? [issuer] : []),
    ]),
    ...(asked ? [asked.by] : []),
  ]),
];
