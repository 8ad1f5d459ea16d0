import * as z from 'zod';
import type { CompliancePolicy, ControlSettings } from '../../shared/contracts/trailseal/compliance-policy';
import { type Control, isDetection, isPartner, isRule } from '../../shared/controls/control';
import { heardBy } from '../../shared/controls/detections/heard';
import { findingsTaken } from '../../shared/controls/partners/partner';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import { frameworksOf } from '../frameworks';

export const parameterSchema = (control: Control): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(control.parameters, { io: 'input' });

/** What a deployment with this policy does about a control; undefined where the policy is not known. */
export const settingsOf = (
  control: Control,
  policy: CompliancePolicy | undefined,
): ControlSettings | undefined => policy?.controls[control.id];

/** All that there is to say of a control, as other programs get it. `settings` is what compliance.yml says. */
export const controlRecord = (control: Control, policy: CompliancePolicy | undefined) => ({
  kind: 'control',
  id: control.id,
  version: control.version,
  title: control.title,
  severity: control.severity,
  rationale: control.rationale,
  whatToDo: control.whatToDo,
  resourceTypes: control.resourceTypes,
  judgedBy: control.kind,
  reads: isRule(control) ? pathsRead(control) : [],
  verifies: 'verifies' in control ? control.verifies : null,
  listensTo: isDetection(control) ? heardBy(control) : isPartner(control) ? [findingsTaken(control)] : [],
  attack: isDetection(control) ? control.attack : [],
  exemptible: control.exemptible,
  aliases: aliasesOf(control),
  frameworks: Object.fromEntries(frameworksOf(control).map(({ key, items }) => [key, items])),
  parameters: parameterSchema(control),
  settings: settingsOf(control, policy) ?? null,
});
