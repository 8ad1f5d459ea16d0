import type { Call, ProofReason } from '../../contracts/trailseal/finding';
import type { ProofCard } from '../../proof/card';

const HOUR = 3_600_000;
/** Digests come hourly and some time after the log files: within this time nearly every proof has closed. */
const EXPECTED_WITHIN = 2 * HOUR;

/** What the proof of an alert's calls comes to, for somebody who reads it at night. */
export function proofWords(
  state: ProofCard['state'],
  reason: ProofCard['reason'],
  calls: readonly Call[],
): string {
  switch (state) {
    case 'pending':
      return `Not known yet. CloudTrail signs its log files by digests that come hourly: expect the proof by ${expectedBy(calls)} UTC, about two hours after the call.`;
    case 'proven':
      return calls.length === 1
        ? 'Yes. The record of this call stands in a log file of CloudTrail whose hash a signed and verified digest holds.'
        : 'Yes. The record of each of these calls stands in a log file of CloudTrail whose hash a signed and verified digest holds.';
    case 'contradicted':
      return reason === 'other-content' ? contradicted['other-content'] : contradicted['not-logged'];
    case 'missing':
      return missing[reason ?? 'late'];
  }
}

function expectedBy(calls: readonly Call[]): string {
  const times = calls
    .filter(({ proof }) => proof.state === 'pending')
    .map(({ eventTime }) => Date.parse(eventTime))
    .filter((time) => !Number.isNaN(time));
  if (times.length === 0) return 'the next digests,';
  return new Date(Math.max(...times) + EXPECTED_WITHIN).toISOString().slice(0, 16).replace('T', ' ');
}

const contradicted = {
  'other-content':
    'NO. A verified log file of CloudTrail holds this very event with other content. Either the event that raised this alert was forged, or what it tells was changed on its way: do not rely on who it names.',
  'not-logged':
    'NO. CloudTrail itself knows this call, every log file of that time is there and whole, and none holds its record: it was kept out of the log, or the event was forged.',
} as const;

const missing: Readonly<Record<ProofReason | 'no-call', string>> = {
  'no-call': 'No call is known, so there is no record that could be proven.',
  'not-watched':
    'No record was looked for: no trail that compliance.yml names under trails.buckets was watched, logging and validated where and when this was called.',
  'not-selected':
    'It can not be proven: the settings of the watched trails leave such calls out of their log files, or are not known for that time.',
  late: 'It could not be proven in time: digests or log files in which the record may stand did not come, or could not be read. trailseal verify says which.',
  'log-altered':
    'It can not be proven: a log file or digest in which the record may stand is altered or gone. Find out who did that; the alerts of trail integrity name the file.',
  'no-witness':
    'It is not proven: the record stands in no log file, and nothing but the event itself says that the call was made. Take who it names with caution.',
  // Only ever of what is contradicted; said all the same, should a later version know them here.
  'not-logged': contradicted['not-logged'],
  'other-content': contradicted['other-content'],
};

/** What to do when the record says otherwise. */
export const whenContradicted = (findingId: string): string[] => [
  'Treat the log of this account as tampered with, or this event as forged, until you know which. Do not act on whom it names.',
  `Keep the evidence: run trailseal evidence ${findingId} now, and let nobody change or delete the trail, its bucket or its key.`,
  'Look up the event id in the event history of CloudTrail (aws cloudtrail lookup-events), and compare it with the log file named below.',
  'Find out who could write to the bucket of the trail, change its settings, or send events to the buses of Trailseal since then.',
  'Wake whoever answers for security incidents in your company, and open a case with AWS Support that names the event id and the log file.',
];
