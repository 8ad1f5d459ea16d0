import type { UnresolvedFindings } from '../../shared/aws/unresolved-findings';
import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import type { Finding, FindingSummary, Transition } from '../../shared/contracts/trailseal/finding';
import type { AnyRule } from '../../shared/controls/control';
import { judgeItem, judgeUnread, type PolicyInForce } from '../../shared/controls/judge';
import type { ActivityIndex } from '../../shared/findings/activity-index';
import { findingId } from '../../shared/findings/finding';
import { capturedItem, datedJudgement, subjectOf } from '../../shared/findings/judged-item';
import { type RecordNeeds, recordJudgement } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import { itemOf, type Look, type Seen } from './look';
import { isNews, mendedBetween } from './news';

export interface SettleNeeds {
  readonly policy: PolicyInForce;
  readonly unresolved: UnresolvedFindings;
  readonly index: Pick<ActivityIndex, 'putItem'>;
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
}

/** What became of one look. */
export interface Settled {
  readonly judged: number;
  /** Kinds of the transitions that it brought about. */
  readonly transitions: readonly string[];
  readonly failures: readonly unknown[];
}

const AT_ONCE = 8;

/**
 * Of these the calls that change what is judged name the resource. An access key gets old by itself, and what the
 * calls of AWS Config name is the recorder: any other call on a user or an account would be taken for the cause.
 */
const indexed: readonly string[] = ['AWS::CloudTrail::Trail', 'AWS::EC2::VPC'];

/**
 * Judges what was seen; then what is unresolved, and was not seen: it is gone where the look was whole; where it was
 * not, nobody can tell. Each for itself: a failure of one keeps none of the others from being recorded.
 */
export async function settle(
  needs: SettleNeeds,
  rule: AnyRule,
  look: Look,
  unresolved: readonly FindingSummary[],
): Promise<Settled> {
  const seenIds = new Set(look.seen.map(({ item }) => idOf(rule, item)));
  const missing = await inParallel(
    unresolved.filter(({ control, id }) => control === rule.id && !seenIds.has(id)),
    AT_ONCE,
    (finding) => missed(finding, look),
  );
  const failures: unknown[] = [];
  const transitions = await inParallel([...look.seen, ...missing.flat()], AT_ONCE, async (seen) => {
    try {
      return await settleOne(needs, rule, seen);
    } catch (error) {
      failures.push(error);
      const { resourceType, resourceId } = seen.item;
      needs.telemetry.error('a judgement failed, or was not recorded', {
        control: rule.id,
        resourceType,
        resourceId,
        error,
      });
      return [];
    }
  });
  needs.telemetry.count('ItemsJudged', look.seen.length);
  return { judged: look.seen.length, transitions: transitions.flat(), failures };
}

const idOf = (rule: AnyRule, item: ConfigurationItem): string =>
  findingId(subjectOf({ rule } as Parameters<typeof subjectOf>[0], item));

/** What a finding is about, of which nothing was seen. */
async function missed(finding: FindingSummary, look: Look): Promise<Seen[]> {
  const found = await look.missed(finding);
  if (found === 'elsewhere') return [];
  if (found !== 'gone' && 'item' in found) return [found];
  const { accountId, region, resourceType, resourceId, resourceName, arn } = finding;
  const thing = {
    awsRegion: region,
    resourceType,
    resourceId,
    ...(resourceName === undefined ? {} : { resourceName }),
    ...(arn === undefined ? {} : { ARN: arn }),
  };
  return [
    found === 'gone'
      ? { item: itemOf(accountId, look.at, thing, {}, 'ResourceDeleted') }
      : { item: itemOf(accountId, look.at, thing, {}), unread: found.unread },
  ];
}

async function settleOne(
  { policy, index, record, telemetry }: SettleNeeds,
  rule: AnyRule,
  { item, unread }: Seen,
): Promise<string[]> {
  const rules = { [item.resourceType]: [rule] };
  const [judgement] =
    unread === undefined ? judgeItem(rules, item, policy) : judgeUnread(rules, item, policy, unread);
  // Off for this resource.
  if (judgement === undefined) return [];
  if (judgement.compliance === 'INSUFFICIENT_DATA') telemetry.countBy('InsufficientData', 'control', rule.id);
  const subject = subjectOf(judgement, item);
  const dated = datedJudgement(judgement, item, null, policy);
  const before = (await record.table.read(findingId(subject)))?.finding;
  const isIndexed = indexed.includes(item.resourceType) && judgement.compliance !== 'INSUFFICIENT_DATA';
  const mended = mendedBetween(before, dated);
  const news = mended ? [mended, dated] : isNews(before, dated) ? [dated] : [];
  const transitions: Transition[] = [];
  for (const one of news) {
    const { observedAt, configurationStateId } = one;
    const observed = { ...item, configurationItemCaptureTime: observedAt, configurationStateId };
    // Before the finding asks who brought it about.
    if (isIndexed) await index.putItem(capturedItem(observed, pathsOfChange(before, dated), [judgement]));
    transitions.push(...(await recordJudgement(subject, one, record)));
  }
  if (judgement.crash !== undefined) {
    telemetry.countBy('RuleFailures', 'control', rule.id);
    throw judgement.crash;
  }
  return transitions.map(({ kind }) => kind);
}

/** What does not hold now, or did not before: that it changed is all that is known of the change. */
const pathsOfChange = (
  before: Finding | undefined,
  { because }: Pick<Finding['judgement'] & object, 'because'>,
): string[] => {
  const paths = [...because, ...(before?.judgement?.because ?? [])].map(({ path }) => path);
  return paths.length === 0 ? ['nothing'] : [...new Set(paths)];
};
