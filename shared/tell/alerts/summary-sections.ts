import type { Alert } from './alert';
import { asReported } from './as-reported';
import { controlSections, type Section } from './control-sections';
import { timeText as at } from './duration';
import type { Folded, FoldedAlert } from './folded';
import { kindWord } from './kind-words';

/** The e-mail of a summary: what it lists, and how to see the rest. */
export function summarySections(title: string, alert: Alert, folded: Folded): Section[] {
  const { count, listed, omitted = 0, from, to } = folded;
  return [
    [
      title,
      [
        `Many alerts of one control came at once, from ${at(from)} to ${at(to)}.`,
        'The first of them were sent one by one; this message stands for the others.',
        'What it lists is as it was when it was recorded: later messages of a finding may have come before this one.',
      ],
    ],
    [
      `What it stands for: ${count} ${count === 1 ? 'alert' : 'alerts'}`,
      [...listed.map(foldedLine), ...(omitted > 0 ? [`and ${omitted} more`] : [])],
    ],
    [
      'How to see them all',
      [
        `trailseal findings --control ${alert.control.id}`,
        'trailseal show FINDING, for one of them with its evidence',
      ],
    ],
    ...controlSections(alert),
    ['For reference', [`control  ${alert.control.id}`, `alert    ${alert.alertId}`]],
  ];
}

const foldedLine = ({ messageType, late, severity, findingId, ...where }: FoldedAlert): string =>
  [
    findingId,
    late ? 'was open' : kindWord(messageType),
    severity,
    asReported(where.accountId, 12),
    asReported(where.region, 20),
    asReported(where.resourceId, 80),
  ].join('  ');
