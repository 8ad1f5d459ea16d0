import { type CloudTrailRecord, parseActivityEvent } from '../../shared/contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { ActivityIndex, ResourceKey } from '../../shared/findings/activity-index';
import type { OwnEvents } from '../../shared/findings/own-calls';
import { type RecordNeeds, relinkFinding } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { type Home, requireCovered } from '../../shared/policy/coverage';
import { mutates } from '../../shared/proof/activity/mutates';
import { ownCallIn } from '../../shared/remediations/own-event';

export interface Needs {
  readonly policy: CompliancePolicy;
  readonly home: Home;
  readonly index: Pick<ActivityIndex, 'putCall' | 'items'>;
  /** Left out where nothing is remediated, as in a replay. */
  readonly own?: {
    readonly events: Pick<OwnEvents, 'put'>;
    /** ARN of the role of remediations in an account. */
    role(accountId: string): string;
  };
  readonly record: RecordNeeds;
  readonly telemetry: Telemetry;
}

/** What became of one event: for whoever invokes the function by hand. */
export interface Outcome {
  readonly event: string;
  /** How many resources it is filed under. */
  readonly resources: number;
  /** Findings that wait for such a call. */
  readonly findings: readonly string[];
}

/** AWS Config may capture an item that doesn't show yet what was done a moment before. */
const OVERLAP_MS = 5 * 60_000;
/** No item that was captured later is looked for: it looks for its calls itself when it comes. */
const ITEMS_WITHIN_MS = 24 * 3_600_000;

/**
 * Files a call that changed something under the resources that it names, and lets the findings know whose items were
 * captured before the call was heard of. A call of our own remediations it files under their finding besides.
 *
 * @returns a handler of CloudTrail's events as EventBridge sends them
 * @throws PermanentFailure for an event that AWS did not send, that compliance.yml does not cover, or of another shape
 */
export const indexActivity =
  ({ policy, home, index, own, record: recordNeeds, telemetry }: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    const event = parseAwsEvent(message);
    const { record } = parseActivityEvent(event);
    requireCovered(policy, home, event.account, event.region);
    // What an operator sends as a test never names anybody.
    if (event.trailseal !== undefined) return { event: record.eventID, resources: 0, findings: [] };
    const ours = own && ownCallIn(record, own.role(event.account));
    if (ours) await own.events.put({ ...ours, record: event.detail as JsonObject });
    const findings = new Set<string>(ours ? [ours.findingId] : []);
    const keys = hasChangedSomething(record) ? await index.putCall(event.detail as JsonObject) : [];
    telemetry.count('CallsIndexed', keys.length > 0 ? 1 : 0);
    for (const key of keys) for (const id of await findingsOf(key, record, index)) findings.add(id);
    for (const id of findings) await relinkFinding(id, recordNeeds);
    return { event: record.eventID, resources: keys.length, findings: [...findings] };
  };

const hasChangedSomething = (record: CloudTrailRecord): boolean =>
  mutates(record) && record.errorCode === undefined && record.addendum === undefined;

/** The findings about items that were captured after the call, with no other between that could not show it. */
async function findingsOf(
  key: ResourceKey,
  { eventTime }: CloudTrailRecord,
  index: Needs['index'],
): Promise<string[]> {
  const until = new Date(Date.parse(eventTime) + ITEMS_WITHIN_MS).toISOString();
  const items = await index.items([key], eventTime, until);
  const found: string[] = [];
  for (const { capturedAt, findings } of items) {
    found.push(...findings);
    if (Date.parse(capturedAt) >= Date.parse(eventTime) + OVERLAP_MS) break;
  }
  return found;
}
