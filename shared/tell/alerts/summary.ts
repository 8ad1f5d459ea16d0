import { type Severity, severities } from '../../contracts/trailseal/finding';
import type { Alert, AlertContext } from './alert';
import { alertControl } from './alert-control';
import { type BurstWindow, endOf, summaryDueAt, summaryId } from './burst';
import type { FoldedAlert } from './folded';
import { kindWord } from './kind-words';

/** The alerts of a window that were not sent by themselves. */
export interface FoldedOfWindow {
  /** The first of them, oldest first; never empty. */
  readonly listed: readonly [FoldedAlert, ...FoldedAlert[]];
  readonly count: number;
  readonly worst: Severity;
}

/** How many a summary lists. */
export const LISTED = 50;

/**
 * One alert that stands for many of a control. It fits the schema of alerts: finding and resource are those of the
 * first that it lists.
 */
export function summaryAlertOf(
  window: BurstWindow,
  { listed, count, worst }: FoldedOfWindow,
  { control, mode }: AlertContext,
): Alert {
  const [first] = listed;
  const { findingId, seq, accountId, region, resourceType, resourceId } = first;
  const omitted = count - listed.length;
  return {
    schemaVersion: '1',
    alertId: summaryId(window),
    messageType: 'Summary',
    status: listed.some(({ status }) => status === 'open') ? 'open' : first.status,
    severity: worst,
    recordedAt: summaryDueAt(window),
    finding: { id: findingId, seq },
    control: alertControl(window.control, control),
    resource: { accountId, region, resourceType, resourceId },
    summary: `${count} more ${count === 1 ? 'alert' : 'alerts'} of this control in ten minutes: ${countsOf(listed, omitted)}`,
    because: [],
    links: severalLinks(mode ?? 'notify'),
    whatToDo: [],
    folded: {
      from: window.from,
      to: endOf(window),
      count,
      listed: [...listed],
      ...(omitted > 0 ? { omitted } : {}),
    },
  };
}

function countsOf(listed: readonly FoldedAlert[], omitted: number): string {
  const kinds = new Map<string, number>();
  for (const { messageType } of listed) kinds.set(messageType, (kinds.get(messageType) ?? 0) + 1);
  const accounts = new Set(listed.map(({ accountId }) => accountId)).size;
  const counts = [...kinds].map(([kind, count]) => `${count} ${kindWord(kind)}`);
  const rest = omitted > 0 ? [`${omitted} not listed`] : [];
  const least = omitted > 0 ? 'at least ' : '';
  return `${[...counts, ...rest].join(', ')}; in ${least}${accounts} ${accounts === 1 ? 'account' : 'accounts'}`;
}

const severalLinks = (mode: string): Alert['links'] => ({
  change: { state: 'none', properties: [], otherPaths: [] },
  actor: { state: 'not-applicable', reason: 'several-alerts', says: 'Each finding has its own answer.' },
  proof: { state: 'not-applicable', reason: 'several-alerts', says: 'Each finding has its own answer.' },
  remediation: { state: 'none', mode, says: 'Each finding has its own answer.' },
});

/** The worst of severities. */
export const worstOf = (found: Iterable<Severity>): Severity => {
  const all = new Set(found);
  return severities.find((severity) => all.has(severity)) ?? 'informational';
};
