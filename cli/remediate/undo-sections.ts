import { paragraph, type Section } from '../show/page';
import { reported } from '../show/reported';
import { RUN_STATES } from '../show/run-lines';
import { timeText } from '../show/story';
import { changedLines, planSections, threeWay } from './plan-sections';
import type { UndoPreview } from './undo-preview';

/** What an undo would do, for people. */
export function undoSections(preview: UndoPreview): Section[] {
  const { finding, run, comesBack, exposesAgain, mustBeApproved, unreadable, changedSince, plan, refusal } =
    preview;
  const at = run.begunAt ?? run.steps.at(-1)?.at ?? '';
  return [
    {
      title: `Undo of ${run.remediation}, for ${finding.control}`,
      lines: [
        paragraph(
          `${finding.resourceType} ${reported(finding.resourceId)} in account ${finding.accountId}, region ${finding.region}`,
        ),
        paragraph(`Run ${run.id} of ${timeText(at)} UTC is ${RUN_STATES[run.state]}.`),
      ],
    },
    { title: 'What would come back, by what was stored', lines: changedLines(comesBack) },
    {
      title: 'What it exposes again',
      lines:
        exposesAgain === undefined
          ? []
          : [
              { text: exposesAgain, colour: 'red' },
              ...(mustBeApproved
                ? [
                    paragraph(
                      `Severity ${finding.severity}: it waits for an approval of its own, by somebody else.`,
                    ),
                  ]
                : []),
            ],
    },
    {
      title: 'What others changed since',
      lines: [
        ...threeWay(changedSince),
        ...(changedSince.length > 0 && refusal === undefined
          ? [{ text: 'This is overridden, as it is forced.', colour: 'red' as const }]
          : []),
      ],
    },
    {
      title: 'What is there now',
      lines:
        unreadable === undefined
          ? [paragraph(changedSince.length === 0 ? 'It is as it was left.' : 'It is not as it was left.')]
          : [
              {
                text: `It could not be read with your credentials: ${reported(unreadable)}`,
                colour: 'yellow',
              },
              paragraph(
                'Whether it is still as it was left is found out by the function, which refuses otherwise.',
              ),
            ],
    },
    ...(plan === undefined ? [] : planSections(plan)),
  ];
}

/** The same for programs. */
export const undoRecord = ({
  finding,
  run,
  plan,
  refusal,
  exposesAgain,
  unreadable,
  ...rest
}: UndoPreview) => ({
  finding: finding.id,
  run: run.id,
  state: run.state,
  severity: finding.severity,
  ...rest,
  exposesAgain: exposesAgain ?? null,
  unreadable: unreadable ?? null,
  plan: plan ?? null,
  refusal: refusal ?? null,
});

/** What can be done where it is refused. */
export const whatElse = ({ refusal }: UndoPreview): string[] => [
  ...(refusal?.code === 'changed-since'
    ? ['Override what others changed: --force. Or change it by hand']
    : []),
  ...(refusal?.code !== 'changed-since' && refusal?.instead !== undefined ? [reported(refusal.instead)] : []),
];
