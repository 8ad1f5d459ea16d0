import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { Control } from '../../shared/controls/control';
import { remediationByControl, remediations } from '../../shared/remediations';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import { type Line, paragraph } from '../show/page';

/** What mends a control: what compliance.yml chooses, or else what is made for it; undefined where nothing is. */
export function remediationOf(
  { id }: Control,
  policy: CompliancePolicy | undefined,
): AnyRemediation | undefined {
  const chosen = policy?.controls[id]?.remediation?.id;
  return chosen === undefined
    ? remediationByControl.get(id)
    : remediations.find((remediation) => remediation.id === chosen);
}

/** What is done, when without asking, and whether there is a way back. */
export function mendingLines(remediation: AnyRemediation | undefined): Line[] {
  if (!remediation) return [];
  const { id, title, autoWhen, permissions, exposesAgain } = remediation;
  const way =
    permissions.undo.length === 0
      ? 'It is not undone.'
      : exposesAgain
        ? `It can be undone, by an approval of its own: ${exposesAgain}`
        : 'It can be undone.';
  return [
    paragraph(`${title} (${id}).`),
    paragraph(
      'never' in autoWhen
        ? `Only by approval: ${autoWhen.never}`
        : `Mode auto, which asks nobody, is for where this holds: ${autoWhen.says}`,
    ),
    paragraph(way),
  ];
}
