import type { Call, Finding } from '../../shared/contracts/trailseal/finding';
import type { Control } from '../../shared/controls/control';
import type { ActorLink } from '../../shared/tell/alerts/links';
import { counted } from '../table';
import { type Card, callsOf, cardOf } from './links';
import { columnLines, type Line } from './page';
import { PROOF_COLOURS } from './proof-lines';
import { REMEDIATION_COLOURS, remediationBriefly } from './remediation-lines';
import { timeText } from './story';

/** The four links in a line each: what somebody needs who has one look only. */
export function glanceLines(finding: Finding, kind: Control['kind'] | undefined): Line[] {
  const { change, actor, proof, remediation } = cardOf(finding, kind);
  const doneColour = REMEDIATION_COLOURS[remediation];
  const colour = proof.state === 'not-applicable' ? undefined : PROOF_COLOURS[proof.state];
  return columnLines([
    {
      cells: ['What changed', change],
      text: change === 'reported' ? "AWS Config's word, which is not signed" : '',
    },
    { cells: ['Who did it', actor.state], text: whoBriefly(actor, callsOf(finding)) },
    {
      cells: ['Is the record true', proof.state],
      text: proofBriefly(finding, proof),
      ...(colour === undefined ? {} : { colour }),
    },
    {
      cells: ['What was done', remediation],
      text: remediationBriefly(finding),
      ...(doneColour === undefined ? {} : { colour: doneColour }),
    },
  ]);
}

function whoBriefly(
  { activity, reason, candidates = [], omitted = 0 }: Card['actor'],
  calls: readonly Call[],
): string {
  if (activity !== undefined) {
    const { actor, eventName, eventTime, eventID } = activity;
    const others = calls.filter((call) => call.eventID !== eventID).length;
    const more = others === 0 ? '' : `; ${counted(others, 'more call')} below`;
    return `${actor.principal}: ${eventName} at ${timeText(eventTime)} UTC${more}`;
  }
  const count = candidates.length + omitted;
  if (count > 0) return count === 1 ? 'one call may have done it' : `one of ${count} calls may have done it`;
  return reasons[reason] ?? reason;
}

const reasons: Readonly<Record<ActorLink['reason'], string>> = {
  'not-yet': 'no call that explains it is known yet',
  'not-found': 'no call that explains it was found',
  'about-the-record': 'this is about files of CloudTrail',
  'operator-test': 'an operator sent this as a test',
  'word-of-another-service': 'another service found this',
};

function proofBriefly(finding: Finding, { state, reason }: Card['proof']): string {
  if (state === 'not-applicable') return reasons[reason] ?? reason;
  const calls = callsOf(finding);
  if (reason === 'no-call') return 'no call is known';
  const proven = calls.filter(({ proof }) => proof.state === 'proven').length;
  return [
    ...(state === 'missing' || state === 'contradicted' ? [reason] : []),
    ...(calls.length === 0 ? [] : [`${proven} of ${counted(calls.length, 'call')} proven`]),
  ].join('; ');
}
