import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Refusal } from '../../shared/contracts/trailseal/remediation';
import { actorsOf } from '../../shared/remediations/actors';
import {
  capReached,
  exempt,
  managedByIac,
  noLongerSo,
  protectedByTag,
} from '../../shared/remediations/guards';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import type { Preview, Seen } from './preview';

/** The guards that ask only for what is known here; the others are asked by the function, before anything is done. */
export function inTheWay(
  { finding, known, directions, occasion, counted, latest }: Seen,
  captured: Json | undefined,
  judged: Preview['judged'],
): Refusal[] {
  const tags = captured === undefined ? 'not-read' : known.remediation.tags(captured);
  const actor = actorsOf(finding).find(({ invokedBy = '', iac = '' }) =>
    /cloudformation/i.test(invokedBy + iac),
  );
  const made = counted.filter((id) => id !== latest?.id).length;
  return [
    ...(finding.judgement?.origin === 'operator'
      ? [
          {
            code: 'cannot' as const,
            says: 'An operator sent it as a test: such a finding is never remediated.',
          },
        ]
      : []),
    ...(finding.state === 'open'
      ? []
      : [{ code: 'no-longer-so' as const, says: `The finding is ${finding.state}, not open.` }]),
    exempt({ exemption: directions.exemption(finding, occasion.at) }),
    managedByIac({ tags: tags === 'not-read' ? 'none' : tags, ...(actor === undefined ? {} : { actor }) }),
    ...(tags === 'not-read' ? [] : [protectedByTag({ tags, protectedTags: directions.protectedTags })]),
    ...(judged === undefined ? [] : [noLongerSo({ judged })]),
    capReached({ made, cap: known.cap }),
  ].filter((refusal) => refusal !== undefined);
}

/** What else is looked at before anything is done. */
export const notLookedAt = (remediation: AnyRemediation, captured: Json | undefined): string[] => [
  ...(captured === undefined || remediation.tags(captured) === 'not-read' ? ['its tags'] : []),
  'whether the change was our own',
  ...(remediation.restoresEvidence ? [] : ['whether the chains of digests are whole']),
];
