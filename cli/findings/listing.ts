import type { FindingsReader } from '../../shared/aws/findings-reader';
import { parseAs } from '../../shared/contracts/parse';
import { InvalidInput } from '../../shared/contracts/permanent-failure';
import { FindingSummary, type Severity, severities } from '../../shared/contracts/trailseal/finding';

export type State = FindingSummary['state'];

export const STATES = ['open', 'exempt', 'resolved'] as const satisfies readonly State[];

export interface Selection {
  readonly accounts: readonly string[];
  readonly states: readonly State[];
  readonly severities?: readonly Severity[];
  readonly controls?: readonly string[];
  /** Also resolved ones that never were open: a control that has always held. */
  readonly neverOpen: boolean;
}

export interface Listing {
  /** Worst first, then longest open. */
  readonly findings: readonly FindingSummary[];
  /** Why some could not be read: another version of Trailseal may have written them. */
  readonly unreadable: readonly string[];
}

/** The findings that are meant, as they are now. */
export async function listFindings(
  reader: FindingsReader,
  selection: Selection,
  now: Date,
): Promise<Listing> {
  const { accounts, states } = selection;
  const lists = await Promise.all(
    accounts.flatMap((account) => states.map((state) => reader.idsOf(account, state))),
  );
  const findings: FindingSummary[] = [];
  const unreadable: string[] = [];
  // The index lags behind: one that changes just now may be listed in two states.
  for (const stored of await reader.summaries([...new Set(lists.flat())])) {
    try {
      const finding = readSummary(stored);
      if (isSelected(finding, selection)) findings.push(finding);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      unreadable.push(error.message);
    }
  }
  return { findings: inOrder(findings, now), unreadable };
}

/** @throws InvalidInput naming the finding, the field and what was expected there */
export const readSummary = (stored: unknown): FindingSummary =>
  parseAs(FindingSummary, `finding ${idOf(stored)}`, stored) as FindingSummary;

const idOf = (stored: unknown): string =>
  typeof stored === 'object' && stored !== null && 'id' in stored ? String(stored.id) : 'without an id';

export const isSelected = (
  finding: FindingSummary,
  { states, severities: wanted, controls, neverOpen }: Omit<Selection, 'accounts'>,
): boolean =>
  states.includes(finding.state) &&
  (wanted === undefined || wanted.includes(finding.severity)) &&
  (controls === undefined || controls.includes(finding.control)) &&
  (neverOpen || finding.state !== 'resolved' || finding.exposure !== undefined);

/** Seconds of the latest exposure, which goes on while a finding is open; undefined when there was none. */
export function exposedSeconds(
  { exposure }: Pick<FindingSummary, 'exposure'>,
  now: Date,
): number | undefined {
  if (exposure === undefined) return undefined;
  const end = exposure.to === undefined ? now.getTime() : Date.parse(exposure.to);
  return Math.max(0, Math.round((end - Date.parse(exposure.from)) / 1000));
}

export function inOrder(findings: readonly FindingSummary[], now: Date): FindingSummary[] {
  const rank = ({ severity }: FindingSummary) => severities.indexOf(severity);
  const length = (finding: FindingSummary) => exposedSeconds(finding, now) ?? -1;
  return findings.toSorted((a, b) => rank(a) - rank(b) || length(b) - length(a) || (a.id < b.id ? -1 : 1));
}
