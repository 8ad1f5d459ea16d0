import * as z from 'zod';
import type { CompliancePolicy, ControlSettings } from '../../shared/contracts/trailseal/compliance-policy';
import type { AnyRule } from '../../shared/controls/control';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import { frameworksOf } from '../frameworks';

export const parameterSchema = (rule: AnyRule): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(rule.parameters, { io: 'input' });

/** What a deployment with this policy does about a control; undefined where the policy is not known. */
export const settingsOf = (
  rule: AnyRule,
  policy: CompliancePolicy | undefined,
): ControlSettings | undefined => policy?.controls[rule.id];

/** All that there is to say of a control, as other programs get it. `settings` is what compliance.yml says. */
export const controlRecord = (rule: AnyRule, policy: CompliancePolicy | undefined) => ({
  kind: 'control',
  id: rule.id,
  version: rule.version,
  title: rule.title,
  severity: rule.severity,
  rationale: rule.rationale,
  whatToDo: rule.whatToDo,
  resourceTypes: rule.resourceTypes,
  reads: pathsRead(rule),
  exemptible: rule.exemptible,
  aliases: aliasesOf(rule),
  frameworks: Object.fromEntries(frameworksOf(rule).map(({ key, items }) => [key, items])),
  parameters: parameterSchema(rule),
  settings: settingsOf(rule, policy) ?? null,
});
