import { createHash } from 'node:crypto';
import { isSnapshot } from '../contracts/aws/account-snapshot';
import { type ConfigurationItem, isGone } from '../contracts/aws/configuration-item';
import { expectation, writePath } from '../contracts/parse';
import type { CompliancePolicy, ControlSettings } from '../contracts/trailseal/compliance-policy';
import { type AnyRule, insufficientData, notApplicable, type Reason, type Verdict } from './control';
import { isOffEverywhere, modeFor } from './scope';

/** A policy, and since when this deployment goes by it (ISO 8601): later policies judge the same item anew. */
export interface PolicyInForce extends CompliancePolicy {
  readonly since: string;
}

/** Rules by the resource type that they judge, so that an item meets only its own. */
export type RulesByType = Readonly<Record<string, readonly AnyRule[]>>;

/** What one rule says of one item. */
export interface RuleJudgement {
  readonly rule: AnyRule;
  readonly compliance: Verdict['compliance'];
  /** One line for a person: what is wrong, or why it can't be told. */
  readonly annotation: string;
  readonly because: readonly Reason[];
  readonly policyVersion: string;
  /** What the rule threw, if it did: a bug of ours, to be counted as one. */
  readonly crash?: unknown;
}

/**
 * Judges an item by every rule of its type that the policy has not switched off for it. Never throws: a rule that does
 * says INSUFFICIENT_DATA, and the others still speak.
 */
export const judgeItem = (
  rules: RulesByType,
  item: ConfigurationItem,
  policy: PolicyInForce,
): RuleJudgement[] =>
  applicable(rules, item, policy).map((rule) => {
    if (isGone(item)) return judgement(rule, policy, verdictOfGone(rule, item));
    try {
      return judgement(rule, policy, verdictOf(rule, item, policy));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return {
        ...judgement(rule, policy, insufficientData(`the rule itself failed: ${words}`)),
        crash: error,
      };
    }
  });

/** The same for an item whose configuration could not be had: every rule of its type says INSUFFICIENT_DATA. */
export const judgeUnread = (
  rules: RulesByType,
  item: ConfigurationItem,
  policy: PolicyInForce,
  why: string,
): RuleJudgement[] =>
  applicable(rules, item, policy).map((rule) => judgement(rule, policy, insufficientData(why)));

const applicable = (rules: RulesByType, item: ConfigurationItem, policy: PolicyInForce): readonly AnyRule[] =>
  (Object.hasOwn(rules, item.resourceType) ? (rules[item.resourceType] ?? []) : [])
    .filter(({ ofSnapshots = false }) => ofSnapshots === isSnapshot(item))
    .filter((rule) => isOn(rule, item, policy.controls[rule.id]));

/** What is gone may lack the name that it had in a scope; what was found of it is to be closed all the same. */
const isOn = (rule: AnyRule, item: ConfigurationItem, settings: ControlSettings | undefined): boolean =>
  settings?.scopes !== undefined && isGone(item) && rule.whenDeleted === undefined
    ? !isOffEverywhere(settings)
    : modeFor(settings, item) !== 'off';

function verdictOfGone(
  { whenDeleted }: AnyRule,
  { configurationItemStatus: status }: ConfigurationItem,
): Verdict {
  const isDeleted = status !== 'ResourceNotRecorded';
  return (isDeleted && whenDeleted) || notApplicable(`the resource is gone (${status})`);
}

function verdictOf(rule: AnyRule, item: ConfigurationItem, policy: PolicyInForce): Verdict {
  const facts = rule.reads.safeParse(item);
  if (!facts.success) {
    const [issue] = facts.error.issues;
    return insufficientData(
      issue
        ? `${writePath(issue.path)}: expected ${expectation(issue)}`
        : 'the item has another shape than expected',
    );
  }
  return rule.judge(facts.data, policy.controls[rule.id]?.parameters);
}

function judgement(rule: AnyRule, policy: PolicyInForce, verdict: Verdict): RuleJudgement {
  const because = verdict.compliance === 'NON_COMPLIANT' ? verdict.because : [];
  return {
    rule,
    compliance: verdict.compliance,
    annotation: 'annotation' in verdict ? verdict.annotation : because.map(({ says }) => says).join('; '),
    because,
    policyVersion: policyVersion(rule, policy),
  };
}

/** Since when, a dot, and a hash of the policy and the rule: the text sorts by time, the hash tells what is the same. */
export const policyVersion = (
  rule: Pick<AnyRule, 'id' | 'version'>,
  policy: Pick<PolicyInForce, 'since' | 'hash'>,
): string =>
  `${policy.since}.${createHash('sha256').update(`${policy.hash}\n${rule.id}\n${rule.version}`).digest('hex').slice(0, 12)}`;
