import { isSnapshot } from '../contracts/aws/account-snapshot';
import type { ConfigurationDiff } from '../contracts/aws/config-change';
import { type ConfigurationItem, isGone } from '../contracts/aws/configuration-item';
import type { Judgement } from '../contracts/trailseal/finding';
import { findingRegion } from '../contracts/trailseal/finding-region';
import type { PolicyInForce, RuleJudgement } from '../controls/judge';
import { pathsRead } from '../controls/reads';
import { changeLink } from '../proof/change';
import type { CapturedItem } from './activity-index';
import { exemptionFor } from './exemption';
import { findingId, type Subject } from './finding';

/** What a rule's judgement of an item is about: the same, whoever brought the item. */
export const subjectOf = ({ rule }: RuleJudgement, item: ConfigurationItem): Subject => ({
  control: rule.id,
  severity: rule.severity,
  accountId: item.awsAccountId,
  region: findingRegion(item.resourceType, item.awsRegion),
  resourceType: item.resourceType,
  resourceId: item.resourceId,
  ...(item.resourceName === undefined ? {} : { resourceName: item.resourceName }),
  ...(item.ARN === undefined ? {} : { arn: item.ARN }),
});

/** CloudFormation marks what it manages with these. */
const STACK_TAGS = 'aws:cloudformation:';

/** The item as far as it takes to find out who brought it about. */
export function capturedItem(
  item: ConfigurationItem,
  changedPaths: readonly string[],
  judgements: readonly RuleJudgement[],
): CapturedItem {
  const tags = Object.entries(item.tags).filter(([name]) => name.startsWith(STACK_TAGS));
  return {
    account: item.awsAccountId,
    region: item.awsRegion,
    resourceType: item.resourceType,
    resourceId: item.resourceId,
    ...(item.resourceName === undefined ? {} : { resourceName: item.resourceName }),
    ...(item.ARN === undefined ? {} : { arn: item.ARN }),
    capturedAt: item.configurationItemCaptureTime,
    configurationStateId: item.configurationStateId,
    changedPaths: [...changedPaths],
    ...(isGone(item) ? { isGone: true } : {}),
    ...(isSnapshot(item) ? { isSnapshot: true } : {}),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
    findings: judgements.map((judgement) => findingId(subjectOf(judgement, item))),
  };
}

/** A rule's judgement of an item as its finding takes it. */
export function datedJudgement(
  { rule, compliance, annotation, because, policyVersion }: RuleJudgement,
  item: ConfigurationItem,
  diff: ConfigurationDiff,
  policy: PolicyInForce,
): Judgement {
  const observedAt = item.configurationItemCaptureTime;
  // As of the observation, not of now: the same item under the same policy is the same judgement, however late.
  const exemption =
    compliance === 'NON_COMPLIANT' ? exemptionFor(policy.exemptions, rule.id, item, observedAt) : undefined;
  return {
    observedAt,
    configurationStateId: item.configurationStateId,
    policyVersion,
    compliance,
    annotation,
    because: [...because],
    change: changeLink(diff, pathsRead(rule)),
    ...(exemption ? { exemption } : {}),
  };
}
