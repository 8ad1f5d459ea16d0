import { diffLines } from '../../shared/remediations/shown';
import { type Line, listed, paragraph, type Section } from '../show/page';
import { reported } from '../show/reported';
import { runLines, waitsForApproval } from '../show/run-lines';
import { planSections, rightsOf } from './plan-sections';
import type { Preview } from './preview';

/** A preview for people. */
export function previewSections(preview: Preview, now: Date): Section[] {
  const { finding, remediation, plan } = preview;
  return [
    {
      title: `${remediation.id}, for ${finding.control}`,
      lines: [
        paragraph(`${remediation.title}.`),
        paragraph(
          `${finding.resourceType} ${reported(finding.resourceId)} in account ${finding.accountId}, region ${finding.region}`,
        ),
      ],
    },
    { title: 'What is there now', lines: nowLines(preview) },
    ...(plan === undefined ? [] : planSections(plan)),
    { title: 'The way back', lines: wayBackLines(preview) },
    { title: 'Whether it may be made', lines: modeLines(preview) },
    { title: 'The latest run', lines: latestLines(preview, now) },
    { title: 'What you can do', lines: nextLines(preview, now).map(listed) },
    { title: 'For reference', lines: plan === undefined ? [] : [paragraph(`plan ${plan.hash}`)] },
  ];
}

function nowLines({ unreadable, refusal, judged, from }: Preview): Line[] {
  if (unreadable !== undefined)
    return [
      {
        text: `It could not be read with your credentials: ${reported(unreadable)}`,
        colour: 'yellow',
      },
      paragraph(
        from === 'stored'
          ? 'The plan below is the stored one of the latest run, made from what was there then.'
          : 'No plan is stored.',
      ),
    ];
  return [
    ...(judged === undefined ? [] : [paragraph(judgedText(judged))]),
    ...(refusal === undefined ? [] : [paragraph(reported(refusal.says))]),
  ];
}

const judgedText = (judged: NonNullable<Preview['judged']>): string =>
  judged === 'not-judged'
    ? 'Read with your credentials. The control has nothing to judge again: only the remediation says whether there is something to do.'
    : `Read with your credentials, and judged again by the control: ${judged}.`;

function wayBackLines({ wayBack, finding }: Preview): Line[] {
  if (wayBack === undefined) return [];
  if (!wayBack.reversible) return [{ text: `There is none: ${reported(wayBack.because)}`, colour: 'yellow' }];
  const { exposesAgain, mustBeApproved, to } = wayBack;
  return [
    paragraph(`What is there now is kept, and comes back by: trailseal undo ${finding.id}`),
    ...(exposesAgain === false
      ? []
      : [
          paragraph(
            `Then: ${exposesAgain}${mustBeApproved ? ` As this is of severity ${finding.severity}, the undo needs an approval of its own.` : ''}`,
          ),
        ]),
    ...to.map((says) => listed(reported(says))),
  ];
}

function modeLines({ file, mode, holds, lowered, inTheWay, notLookedAt, plan }: Preview): Line[] {
  const says =
    mode === 'unknown'
      ? 'compliance.yml is not known here, so neither is the mode that it sets.'
      : `${file} says ${mode} for this resource${holds === mode ? '' : `, which comes to ${holds}`}. What is deployed holds.`;
  return [
    paragraph(says),
    ...lowered.map((why) => listed(reported(why))),
    ...inTheWay.map(
      ({ code, says: why, instead }): Line => ({
        ...listed(`${code}: ${reported(why)}${instead === undefined ? '' : ` ${reported(instead)}`}`),
        colour: 'yellow',
      }),
    ),
    ...(plan === undefined ? [] : [paragraph(`Looked at only when it is made: ${notLookedAt.join(', ')}.`)]),
  ];
}

function latestLines({ latest, plan, from }: Preview, now: Date): Line[] {
  if (latest === undefined) return [paragraph('There is none.')];
  const isCompared = from === 'now' && plan !== undefined && latest.planHash !== undefined;
  return [
    ...runLines(latest, now),
    ...(isCompared && latest.does === 'fix'
      ? [
          paragraph(
            plan.hash === latest.planHash
              ? 'The plan above is the very plan of this run.'
              : 'The plan above is another one: the resource or compliance.yml is not as it was for this run.',
          ),
        ]
      : []),
  ];
}

/** What comes next, where something can. */
function nextLines({ finding, plan, mode, latest, inTheWay }: Preview, now: Date): string[] {
  if (latest !== undefined && waitsForApproval(latest, now))
    return [`Approve it: trailseal approve ${finding.id}`];
  if (plan === undefined || inTheWay.length > 0) return [];
  if (mode === 'approve' || mode === 'auto') return [`Ask for it: trailseal remediate ${finding.id} --apply`];
  return mode === 'unknown' ? [] : [toSwitchOn(finding.control)];
}

export const toSwitchOn = (control: string): string =>
  `To have it made: in compliance.yml set mode: approve under controls, ${control}, or for some resources only under its scopes, and deploy it`;

/** A preview for programs. */
export function previewRecord(preview: Preview) {
  const { finding, remediation, file, plan, latest, ...rest } = preview;
  return {
    finding: finding.id,
    control: finding.control,
    severity: finding.severity,
    remediation: remediation.id,
    policyFile: file ?? null,
    mode: rest.mode,
    holds: rest.holds,
    lowered: rest.lowered,
    inTheWay: rest.inTheWay,
    notLookedAt: rest.notLookedAt,
    judged: rest.judged ?? null,
    unreadable: rest.unreadable ?? null,
    refusal: rest.refusal ?? null,
    from: rest.from ?? null,
    plan: plan ?? null,
    diff: plan === undefined ? [] : diffLines(plan),
    rights: plan === undefined ? null : rightsOf(plan),
    wayBack: rest.wayBack ?? null,
    mayNotApprove: rest.actorMayApprove ? [] : rest.mayNotApprove,
    run: latest === undefined ? null : runRecord(latest),
  };
}

/** A run without what only whoever works on it needs, and without the nonce by which it is approved. */
export function runRecord(run: NonNullable<Preview['latest']>) {
  const { answers, outbox, seq, asks, approval, ...told } = run;
  const { nonce: _, ...approved } = approval ?? {};
  return {
    ...told,
    ...(asks === undefined ? {} : { asks: { expiresAt: asks.expiresAt } }),
    ...(approval === undefined ? {} : { approval: approved }),
  };
}
