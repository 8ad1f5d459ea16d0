import { createHash } from 'node:crypto';
import type { Alert } from './alert';
import { asReported } from './as-reported';
import type { FoldedAlert } from './folded';
import { quietKinds } from './follow-up';

const MINUTE = 60_000;

/** As many alerts of one control as somebody still reads one by one; what is more in a window becomes one summary. */
export const SENT_BY_THEMSELVES = 10;

/** Within the delay that SQS can give a message, the grace included. */
const WINDOW_MS = 10 * MINUTE;

/**
 * A summary is made so long after its window: whoever was adding to it when the window closed has done so by then, or
 * died of the function's timeout.
 */
const GRACE_MS = 2 * MINUTE;

/** The time in which alerts of a control are counted together. */
export interface BurstWindow {
  readonly control: string;
  /** Its first instant, ISO 8601. */
  readonly from: string;
}

/** The window that an alert counts in: by when its transition was first taken, which no repetition changes. */
export const windowOf = (control: string, firstTakenAt: string): BurstWindow => ({
  control,
  from: new Date(Math.floor(Date.parse(firstTakenAt) / WINDOW_MS) * WINDOW_MS).toISOString(),
});

const after = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();

/** The first instant that is no longer in it. */
export const endOf = ({ from }: BurstWindow): string => after(from, WINDOW_MS);

/** When its summary can be made. */
export const summaryDueAt = (window: BurstWindow): string => after(endOf(window), GRACE_MS);

/** Somebody has to act on each of these: what a remediation has left, or what the record says otherwise. */
const told: readonly string[] = [
  'Contradicted',
  'Unconfirmed',
  'Failed',
  'Undone',
] satisfies Alert['messageType'][];

/**
 * Whether an alert may be listed instead of sent. Never what is critical, or says that a record is contradicted or a
 * remediation in doubt or undone, or keeps a card up to date for a machine; and an operator's tests neither go into it
 * nor fill it.
 */
export const mayFold = ({ severity, messageType, test }: Alert): boolean =>
  severity !== 'critical' &&
  test !== true &&
  !told.includes(messageType) &&
  messageType !== 'Summary' &&
  !quietKinds.includes(messageType);

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The alertId of a window's summary: like any other, the same for every delivery. */
export function summaryId({ control, from }: BurstWindow): string {
  const digest = createHash('sha256').update(['summary', control, from].join('\n')).digest();
  return Array.from(digest.subarray(0, 26), (byte) => BASE32[byte % 32]).join('');
}

/** What a summary keeps of an alert. Fifty of them have to fit into one message, so texts are cut and cleaned. */
export const foldedAlertOf = ({
  alertId,
  messageType,
  status,
  severity,
  late,
  recordedAt,
  finding,
  resource,
}: Alert): FoldedAlert => ({
  alertId,
  messageType: messageType as FoldedAlert['messageType'],
  status,
  severity,
  ...(late ? { late } : {}),
  recordedAt,
  findingId: finding.id,
  seq: finding.seq,
  accountId: asReported(resource.accountId, 20),
  region: asReported(resource.region, 40),
  resourceType: asReported(resource.resourceType, 100),
  resourceId: asReported(resource.resourceId, 200),
});
