import type { ActorSummary, Finding } from '../../shared/contracts/trailseal/finding';

/** All who may have brought about what a finding is about: named, or candidates. */
export function actorsOf({ judgement, links = [] }: Finding): readonly ActorSummary[] {
  return [
    ...(judgement?.activity ? [judgement.activity.actor] : []),
    ...links.flatMap(({ calls }) => calls.map(({ actor }) => actor)),
  ];
}

/** As an API states them, for whoever may not approve. */
export const namesOf = (actors: readonly ActorSummary[]): string[] =>
  [
    ...new Set(
      actors.flatMap(({ principal, onBehalfOf }) => [principal, ...(onBehalfOf ? [onBehalfOf] : [])]),
    ),
  ].sort();
