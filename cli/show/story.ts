import type { FindingRows } from '../../shared/aws/findings-reader';
import type { Compliance, Finding, HistoryEntry, Transition } from '../../shared/contracts/trailseal/finding';
import { columnLines, type Line, listed } from './page';

/** `2026-01-31 09:00:00`, which is in UTC: titles say so. */
export const timeText = (time: string): string => time.slice(0, 19).replace('T', ' ');

const COLOURS: Readonly<Partial<Record<Compliance, Line['colour']>>> = {
  COMPLIANT: 'green',
  NON_COMPLIANT: 'red',
  INSUFFICIENT_DATA: 'yellow',
};

/** What was observed, oldest first. The same again and again is one line. */
export function historyLines(history: Finding['history']): Line[] {
  const runs: { first: HistoryEntry; last: HistoryEntry; count: number }[] = [];
  for (const entry of history) {
    const run = runs.at(-1);
    if (run !== undefined && sameWords(run.last, entry)) {
      run.last = entry;
      run.count += 1;
    } else runs.push({ first: entry, last: entry, count: 1 });
  }
  return columnLines(
    runs.map(({ first, last, count }) => {
      const colour = COLOURS[first.compliance];
      return {
        cells: [timeText(first.observedAt), first.compliance],
        text: [
          first.annotation,
          ...(first.exemptUntil === undefined ? [] : [`exempt until ${timeText(first.exemptUntil)}`]),
          ...(count === 1 ? [] : [`${count} times, last ${timeText(last.observedAt)}`]),
        ]
          .filter((words) => words !== '')
          .join('; '),
        ...(colour === undefined ? {} : { colour }),
      };
    }),
  );
}

const sameWords = (a: HistoryEntry, b: HistoryEntry): boolean =>
  a.compliance === b.compliance && a.annotation === b.annotation && a.exemptUntil === b.exemptUntil;

/** Who was told of which transition and when, oldest first; then those that wait to be published. */
export function transitionLines({ state, claims }: FindingRows, now: Date): Line[] {
  const told = claims
    .map((claim) => ({ ...claim, seq: Number(claim['seq'] ?? 0), doneAt: textIn(claim, 'doneAt') }))
    .sort((a, b) => a.seq - b.seq || compare(a.doneAt ?? '~', b.doneAt ?? '~'))
    .map((claim) => ({
      cells: [
        claim.doneAt === undefined ? '' : timeText(claim.doneAt),
        textIn(claim, 'kind') ?? '?',
        claim.consumer,
      ],
      text: outcomeText(claim, now),
      ...(claim.doneAt === undefined ? { colour: 'yellow' as const } : {}),
    }));
  return [...columnLines(told), ...unpublished(state['outbox'])];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const textIn = (row: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  typeof row[name] === 'string' ? row[name] : undefined;

function outcomeText(claim: Readonly<Record<string, unknown>>, now: Date): string {
  if (claim['doneAt'] !== undefined) return textIn(claim, 'outcome') ?? 'done';
  const lease = textIn(claim, 'leaseUntil');
  if (lease === undefined) return 'not done, and will be tried again';
  return lease > now.toISOString()
    ? 'being done'
    : `begun and not finished: its time ran out at ${timeText(lease)}`;
}

function unpublished(outbox: unknown): Line[] {
  if (!Array.isArray(outbox)) return [];
  return (outbox as readonly Partial<Transition>[]).map(({ kind = '?', recordedAt = '' }) => ({
    ...listed(`${kind}, recorded at ${timeText(recordedAt)}, is not published yet`),
    colour: 'yellow',
  }));
}
