import { type FindingSummary, severities } from '../../shared/contracts/trailseal/finding';
import { durationText } from '../../shared/tell/alerts/duration';
import { paintedBySeverity } from '../severity';
import { type Column, counted, type TextStyle, tableText, tally } from '../table';
import { exposedSeconds, STATES } from './listing';

export interface Report {
  /** All that were found, worst first. */
  readonly found: readonly FindingSummary[];
  /** As many of them as are to be listed. */
  readonly listed: readonly FindingSummary[];
  readonly accounts: readonly string[];
  readonly states: readonly string[];
  readonly now: Date;
}

/** A finding as other programs get it: as the bus has it, and how long it is or was open. */
export const findingRecord = (finding: FindingSummary, now: Date) => ({
  kind: 'finding',
  ...finding,
  exposedSeconds: exposedSeconds(finding, now) ?? null,
});

export const summaryRecord = ({ found, listed, accounts, states }: Report) => ({
  kind: 'summary',
  accounts,
  states,
  found: found.length,
  listed: listed.length,
  bySeverity: countsOf(found.map(({ severity }) => severity)),
  byState: countsOf(found.map(({ state }) => state)),
});

const countsOf = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

/** How long it is or was open; at least so long where its history no longer reaches back to the beginning. */
export function exposedText(finding: FindingSummary, now: Date): string {
  const seconds = exposedSeconds(finding, now);
  if (seconds === undefined) return '-';
  return `${finding.exposure?.atLeast ? '≥ ' : ''}${durationText(seconds)}`;
}

/** A line each where they fit, then the totals and what to do next. */
export function renderText(report: Report, style: TextStyle): string {
  const { found, listed, states, now } = report;
  if (found.length === 0) return `No ${states.join(' or ')} findings in ${accountsText(report)}.\n`;
  const severity: Column<FindingSummary> = { title: 'SEVERITY', text: (finding) => finding.severity };
  const control: Column<FindingSummary> = { title: 'CONTROL', text: (finding) => finding.control };
  const resource: Column<FindingSummary> = { title: 'RESOURCE', text: ({ resourceId }) => resourceId };
  const region: Column<FindingSummary> = { title: 'REGION', text: (finding) => finding.region };
  const account: Column<FindingSummary> = { title: 'ACCOUNT', text: ({ accountId }) => accountId };
  const since: Column<FindingSummary> = { title: 'OPEN FOR', text: (finding) => exposedText(finding, now) };
  const id: Column<FindingSummary> = { title: 'ID', text: (finding) => finding.id };
  const shortId: Column<FindingSummary> = { title: 'ID', text: (finding) => finding.id.slice(0, SHORT_ID) };
  // All are open, unless others were asked for.
  const state: Column<FindingSummary>[] =
    states.join() === 'open' ? [] : [{ title: 'STATE', text: (finding) => finding.state }];
  const below = ({ resourceId, region: where, accountId }: FindingSummary) =>
    `${resourceId} ${where} ${accountId}`;
  const table = tableText(
    listed,
    [
      { columns: [severity, ...state, control, resource, region, account, since, id] },
      // With what tells findings apart first: the end may be cut.
      { columns: [severity, ...state, since, id, control], below },
      { columns: [severity, ...state, since, shortId, control], below },
    ],
    style,
    paintedBySeverity(style.paint),
  );
  return `${table}\n\n${totalsText(report)}\n`;
}

/** Long enough to tell some hundred thousand findings apart. */
const SHORT_ID = 10;

const accountsText = ({ accounts }: Report): string =>
  accounts.length === 1 ? `account ${accounts.join()}` : counted(accounts.length, 'account');

function totalsText(report: Report): string {
  const { found, listed, states } = report;
  const bySeverity = tally(
    found.map(({ severity }) => severity),
    severities,
  );
  const byState =
    states.length > 1
      ? ` (${tally(
          found.map(({ state }) => state),
          STATES,
        )})`
      : '';
  const kind = states.length > 1 ? 'finding' : `${states.join()} finding`;
  const cut = listed.length < found.length ? ` The worst ${listed.length} are listed.` : '';
  const unsettled = found.filter((finding) => finding.unsettled !== undefined).length;
  const unsure =
    unsettled === 0
      ? ''
      : ` Of ${unsettled} a later observation could not be judged: the state is from before.`;
  return `${counted(found.length, kind)} in ${accountsText(report)}${byState}: ${bySeverity}.${cut}${unsure} One in full: trailseal show ID`;
}
