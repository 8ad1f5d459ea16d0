import type { ConfigHistory } from '../../shared/aws/config-history';
import {
  type ConfigChange,
  type ConfigurationDiff,
  parseConfigChange,
} from '../../shared/contracts/aws/config-change';
import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import type { Compliance } from '../../shared/contracts/trailseal/finding';
import {
  judgeItem,
  judgeUnread,
  type PolicyInForce,
  type RuleJudgement,
  type RulesByType,
} from '../../shared/controls/judge';
import type { ActivityIndex } from '../../shared/findings/activity-index';
import { capturedItem, datedJudgement, subjectOf } from '../../shared/findings/judged-item';
import { type RecordNeeds, recordJudgement } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { type Home, requireCovered } from '../../shared/policy/coverage';

export interface Needs {
  readonly rules: RulesByType;
  readonly policy: PolicyInForce;
  readonly home: Home;
  readonly history: ConfigHistory;
  readonly index: Pick<ActivityIndex, 'putItem'>;
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
}

/** What became of one change: for whoever invokes the function by hand. */
export interface Outcome {
  readonly resource: string;
  readonly judged: readonly {
    readonly control: string;
    readonly compliance: Compliance;
    readonly transitions: readonly string[];
  }[];
}

/**
 * A configuration change becomes judgements, and those join their findings.
 *
 * @returns a handler of `Config Configuration Item Change` events as EventBridge sends them
 * @throws PermanentFailure for an event that AWS did not send, that compliance.yml does not cover, or of another shape
 */
export const evaluateConfiguration =
  ({ rules, policy, home, history, index, record, telemetry }: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    const event = parseAwsEvent(message);
    if (event.source !== 'aws.config') {
      throw new PermanentFailure(
        'source-not-aws',
        `event ${event.id}: expected source aws.config, not ${event.source}`,
      );
    }
    requireCovered(policy, home, event.account, event.region);
    const change = parseConfigChange(event);
    const item = change.kind === 'item' ? change.item : change.summary;
    // Items of IAM and the like say `global`; the event's own Region stands for them.
    const itemRegion = item.awsRegion === 'global' ? event.region : item.awsRegion;
    requireCovered(policy, home, item.awsAccountId, itemRegion);

    const { judgements, read, diff } = await judge(change, { rules, policy, home, history });
    telemetry.count('ItemsJudged', judgements.length > 0 ? 1 : 0);
    if (judgements.length === 0) telemetry.count('ItemsWithoutRule');

    // Before the findings ask who brought it about. Of what an operator sends as a test nobody did.
    if (judgements.length > 0 && event.trailseal === undefined) {
      await index.putItem(
        capturedItem(
          read,
          (diff ?? []).map(({ path }) => path),
          judgements,
        ),
      );
    }
    const judged: Outcome['judged'][number][] = [];
    for (const judgement of judgements) {
      report(judgement, read, telemetry);
      const transitions = await recordJudgement(
        subjectOf(judgement, read),
        { ...datedJudgement(judgement, read, diff, policy), ...event.trailseal },
        record,
      );
      judged.push({
        control: judgement.rule.id,
        compliance: judgement.compliance,
        transitions: transitions.map(({ kind }) => kind),
      });
    }
    return { resource: `${item.resourceType} ${item.resourceId}`, judged };
  };

type JudgeNeeds = Pick<Needs, 'rules' | 'policy' | 'home' | 'history'>;
interface Judged {
  readonly judgements: RuleJudgement[];
  /** The item that was judged: the fetched one, where the event brought only a summary. */
  readonly read: ConfigurationItem;
  readonly diff: ConfigurationDiff;
}

async function judge(change: ConfigChange, { rules, policy, home, history }: JudgeNeeds): Promise<Judged> {
  if (change.kind === 'item') {
    return { judgements: judgeItem(rules, change.item, policy), read: change.item, diff: change.diff };
  }
  const { summary } = change;
  const unread = (why: string) => ({
    judgements: judgeUnread(rules, summary, policy, why),
    read: summary,
    diff: null,
  });
  if (!Object.hasOwn(rules, summary.resourceType)) return unread('no rule judges this type');
  if (summary.awsAccountId !== home.accountId || ![home.region, 'global'].includes(summary.awsRegion)) {
    return unread(
      'the item is too large for an event, and can be fetched in its own account and Region only',
    );
  }
  const fetched = await history.itemCapturedAt(summary);
  return fetched === undefined
    ? unread('the item is too large for an event, and AWS Config has no record of it at its capture time')
    : { judgements: judgeItem(rules, fetched, policy), read: fetched, diff: null };
}

function report(
  { rule, compliance, annotation, crash }: RuleJudgement,
  item: ConfigurationItem,
  telemetry: Telemetry,
): void {
  if (compliance !== 'INSUFFICIENT_DATA') return;
  const details = {
    control: rule.id,
    resourceType: item.resourceType,
    resourceId: item.resourceId,
    annotation,
  };
  telemetry.countBy('InsufficientData', 'control', rule.id);
  if (crash === undefined) telemetry.warn('can not tell', details);
  else {
    telemetry.countBy('RuleFailures', 'control', rule.id);
    telemetry.error('a rule failed', { ...details, error: crash });
  }
}
