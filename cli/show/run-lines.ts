import type { RemediationStep } from '../../shared/contracts/trailseal/remediation';
import { isOver, type Run } from '../../shared/remediations/run';
import { columnLines, type Line, paragraph } from './page';
import { reported } from './reported';
import { timeText } from './story';

/** Where a run stands, in words. */
export const RUN_STATES: Readonly<Record<Run['state'], string>> = {
  planned: 'proposed',
  refused: 'refused',
  captured: 'begun',
  applying: 'being made',
  applied: 'applied',
  unconfirmed: 'unconfirmed',
  failed: 'failed',
  undone: 'undone',
};

export const RUN_COLOURS: Readonly<Partial<Record<Run['state'], Line['colour']>>> = {
  planned: 'yellow',
  applied: 'green',
  undone: 'green',
  unconfirmed: 'yellow',
  failed: 'red',
};

/** Whether somebody can approve it now. */
export const waitsForApproval = (run: Run, now: Date): boolean =>
  run.state === 'planned' && run.asks !== undefined && now.toISOString() < run.asks.expiresAt;

/** A run for people: where it stands, what it waits for, and every step of it. */
export function runLines(run: Run, now: Date): Line[] {
  const colour = RUN_COLOURS[run.state];
  const { id, does, of, remediation, mode, asks, asked, approval, planHash } = run;
  return [
    {
      text: `${does === 'fix' ? 'The fix' : 'The undo'} ${reported(remediation, 100)} is ${RUN_STATES[run.state]}${mode === '' ? '' : `, mode ${reported(mode, 20)}`}: run ${id}${of === undefined ? '' : `, which undoes run ${of}`}.`,
      ...(colour === undefined ? {} : { colour }),
    },
    ...(planHash === undefined ? [] : [paragraph(`Its plan has the hash ${planHash}.`)]),
    ...(asked === undefined
      ? []
      : [
          paragraph(
            `Asked for by ${reported(asked.by)} at ${timeText(asked.at)} UTC${asked.forced ? ', forced' : ''}.`,
          ),
        ]),
    ...(approval === undefined
      ? []
      : [paragraph(`Approved by ${reported(approval.approver)} at ${timeText(approval.at)} UTC.`)]),
    ...(asks === undefined || isOver(run) ? [] : [waitingLine(run, asks.expiresAt, now)]),
    ...columnLines(run.steps.map(stepRow)),
  ];
}

const waitingLine = (run: Run, expiresAt: string, now: Date): Line =>
  waitsForApproval(run, now)
    ? paragraph(
        `It waits for an approval until ${timeText(expiresAt)} UTC: trailseal approve ${run.findingId}`,
      )
    : paragraph(
        `Nobody approved it until ${timeText(expiresAt)} UTC. Ask again: trailseal remediate ${run.findingId} --apply`,
      );

function stepRow(step: RemediationStep) {
  const colour = step.result === undefined || step.result === 'done' ? RUN_COLOURS[step.state] : 'yellow';
  return {
    cells: [timeText(step.at), RUN_STATES[step.state]],
    text: stepText(step),
    ...(colour === undefined || step.state === 'planned' ? {} : { colour }),
  };
}

function stepText({ call, result, requestId, error, refusal, says }: RemediationStep): string {
  const cameOfIt = {
    done: 'done',
    refused: 'refused by AWS',
    unknown: 'no answer came, so it may have worked',
  };
  return [
    ...(call === undefined
      ? []
      : [`call ${call + 1}: ${result === undefined ? 'no answer is recorded' : cameOfIt[result]}`]),
    ...(requestId === undefined ? [] : [`request ${reported(requestId, 80)}`]),
    ...(error === undefined ? [] : [`${reported(error.code, 80)}: ${reported(error.says)}`]),
    ...(refusal === undefined
      ? []
      : [
          `${refusal.code}: ${reported(refusal.says)}`,
          ...(refusal.instead === undefined ? [] : [reported(refusal.instead)]),
        ]),
    ...(says === undefined ? [] : [reported(says)]),
  ].join('; ');
}
