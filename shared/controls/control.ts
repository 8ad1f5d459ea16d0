import type * as z from 'zod/mini';
import type { Reason, Severity } from '../contracts/trailseal/finding';
import type { AnyDetection } from './detections/detection';
import type { AnyPartner } from './partners/partner';
import type { Verification } from './verifications/verification';

export type { Compliance, Reason, Severity } from '../contracts/trailseal/finding';
export type { AnyDetection, Detected, Detection } from './detections/detection';
export type { AnyPartner, Partner } from './partners/partner';
export type { Problem } from './verifications/problem';
export type { Verification } from './verifications/verification';

/** What a control answers. A reason is in the type, so that a finding always says why. */
export type Verdict =
  | { readonly compliance: 'COMPLIANT' }
  | { readonly compliance: 'NON_COMPLIANT'; readonly because: readonly [Reason, ...Reason[]] }
  | { readonly compliance: 'NOT_APPLICABLE' | 'INSUFFICIENT_DATA'; readonly annotation: string };

export const compliant: Verdict = { compliance: 'COMPLIANT' };
export const notApplicable = (annotation: string): Verdict => ({ compliance: 'NOT_APPLICABLE', annotation });
export const insufficientData = (annotation: string): Verdict => ({
  compliance: 'INSUFFICIENT_DATA',
  annotation,
});

/** COMPLIANT when nothing speaks against it, else NON_COMPLIANT because of all that does. */
export const compliantUnless = ([first, ...rest]: readonly Reason[]): Verdict =>
  first === undefined ? compliant : { compliance: 'NON_COMPLIANT', because: [first, ...rest] };

/** The items of public frameworks that a control answers to. `cis` is by version of CIS AWS Foundations. */
export interface Frameworks {
  readonly cis: Readonly<Record<string, string>>;
  readonly securityHub: readonly string[];
  readonly awsConfig: readonly string[];
  readonly nist80053r5: readonly string[];
  readonly pciDss4: readonly string[];
  readonly soc2: readonly string[];
}

/** What a control is, for people: every field is printed somewhere, so none may be left out. */
export interface ControlMetadata {
  readonly id: string;
  /** Raised when the verdict on some item changes: part of the policy version that findings are ordered by. */
  readonly version: number;
  /** The passing state, as a sentence. */
  readonly title: string;
  readonly severity: Severity;
  /** What can happen when it fails. */
  readonly rationale: string;
  /** What a person can do about it, step by step. */
  readonly whatToDo: readonly [string, ...string[]];
  readonly frameworks: Frameworks;
  /** False for what guards the evidence itself: an exemption there would blind the alert that matters most. */
  readonly exemptible: boolean;
}

/** A control that reads a configuration item. `reads` names all that it looks at, and nothing else reaches `judge`. */
export interface Rule<Facts = unknown, Parameters = unknown> extends ControlMetadata {
  readonly kind: 'rule';
  readonly resourceTypes: readonly [string, ...string[]];
  /** It judges what AWS Config does not record, and evaluate-account reads: snapshots, and no item of AWS Config. */
  readonly ofSnapshots?: true;
  readonly reads: z.ZodMiniType<Facts>;
  readonly parameters: z.ZodMiniType<Parameters>;
  /** What it says of a deleted resource, where having none is the worst state. NOT_APPLICABLE if left out. */
  readonly whenDeleted?: Verdict;
  /** Pure. Scope, deleted resources, items of another shape and crashes are the engine's business. */
  judge(facts: Facts, parameters: Parameters): Verdict;
}

/** A rule whose facts and parameters only it knows. */
export type AnyRule = Rule;

export type Control = AnyRule | Verification | AnyDetection | AnyPartner;

export const isRule = (control: Control): control is AnyRule => control.kind === 'rule';

export const isDetection = (control: Control): control is AnyDetection => control.kind === 'detection';

export const isPartner = (control: Control): control is AnyPartner => control.kind === 'partner';

/** Ties the type of what `judge` gets to the schemas that it was read with. */
export const defineRule = <Facts, Parameters>(
  rule: Omit<Rule<Facts, Parameters>, 'kind'>,
): Rule<Facts, Parameters> => ({
  kind: 'rule',
  ...rule,
});
