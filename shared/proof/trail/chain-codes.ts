import type { Severity } from '../../contracts/trailseal/finding';
import type { Status } from './verdict';

export type TrailControl = 'cloudtrail-digest-chain' | 'cloudtrail-log-integrity';

export interface CodeMeaning {
  readonly severity: Severity;
  /** What `verify` exits with when there is nothing worse: 1 is something found. */
  readonly exit: 0 | 1;
  /** What makes it less grave. */
  readonly milder?: { readonly severity: Severity; readonly exit: 0 | 1; readonly when: string };
  readonly control: TrailControl;
  readonly means: string;
  readonly whatToDo: string;
  /** `mended`: over when it no longer holds. `history`: what has happened stays so; closes by itself after a time. */
  readonly closes: 'mended' | 'history';
}

/** After how many days a fact of history is no longer open. */
export const HISTORY_DAYS = 7;

const chain = { control: 'cloudtrail-digest-chain', exit: 1 } as const;
const log = { control: 'cloudtrail-log-integrity', exit: 1 } as const;

/** The one place that says what a code means and how grave it is. */
export const chainCodes = {
  'chain-hash-mismatch': {
    ...chain,
    severity: 'critical',
    means: 'A proven digest states another SHA-256 of its predecessor than that file has.',
    whatToDo:
      'Look for an older version or a copy of the predecessor that has the stated hash, and find out who wrote to that key since.',
    closes: 'mended',
  },
  'chain-signature-mismatch': {
    ...chain,
    severity: 'high',
    means: "A proven digest states another signature of its predecessor than that object's metadata holds.",
    whatToDo:
      'Compare the metadata with an older version of the object, and find out who copied or rewrote it.',
    closes: 'mended',
  },
  'chain-fork': {
    ...chain,
    severity: 'critical',
    means:
      'Two proven digests of one chain cover the same time or follow the same predecessor, or one is passed over by its successor.',
    whatToDo:
      'Keep both files, list who created, deleted or updated the trail in these hours, and ask AWS Support which one is right.',
    closes: 'history',
  },
  'chain-rollback': {
    ...chain,
    severity: 'critical',
    means: 'The chain now says something older or other than what was verified before.',
    whatToDo:
      'Keep the bucket as it is, and compare its versions and copies with the hash that was verified, which is given as expected.',
    closes: 'mended',
  },
  'chain-restart': {
    ...chain,
    severity: 'high',
    milder: {
      severity: 'medium',
      exit: 1,
      when: 'GetTrailStatus names a start of logging between the two digests',
    },
    means:
      'A digest names no predecessor although older ones exist: logging or validation was stopped, or the trail was deleted and made again.',
    whatToDo:
      'Find StopLogging, DeleteTrail, UpdateTrail and StartLogging in these hours by another trail or the event history, and ask who made the call.',
    closes: 'history',
  },
  'coverage-gap': {
    ...chain,
    severity: 'high',
    means: 'No digest covers these hours: what was delivered then, or removed since, can not be proven.',
    whatToDo:
      'Take what happened in these hours from another source: the event history of CloudTrail, another trail, AWS Config.',
    closes: 'history',
  },
  'tail-missing': {
    ...chain,
    severity: 'critical',
    milder: {
      severity: 'high',
      exit: 1,
      when: 'only log files, not GetTrailStatus, tell of the later hours',
    },
    means:
      'Later digests must exist but are not there: GetTrailStatus names a delivery, or log files are stamped later, than the newest digest explains.',
    whatToDo:
      'Look for deleted versions in the digest folder and for DeleteObject calls on it, and restore them from a version, replica or backup.',
    closes: 'mended',
  },
  'tail-overdue': {
    ...chain,
    severity: 'critical',
    milder: { severity: 'medium', exit: 1, when: 'it is at most 6 hours overdue' },
    means: 'No digest has come for more than 2 hours beyond the hour in which the next one was due.',
    whatToDo:
      'See GetTrailStatus for a delivery error, and whether the policy of the bucket or its key still lets CloudTrail write.',
    closes: 'mended',
  },
  'trail-stopped': {
    ...chain,
    severity: 'high',
    means: 'The trail does not log, does not exist any more, or has log file validation switched off.',
    whatToDo: 'Start logging and validation again, and find out who stopped it.',
    closes: 'mended',
  },
  'history-truncated': {
    ...chain,
    severity: 'medium',
    milder: {
      severity: 'informational',
      exit: 0,
      when: "the bucket's own lifecycle expires files of that age",
    },
    means:
      'The oldest digest has a predecessor that is not there, and nothing older is: history begins here.',
    whatToDo:
      'If the bucket is meant to keep files for longer, find out who deleted them or who changed its lifecycle.',
    closes: 'history',
  },
  'no-digests': {
    ...chain,
    severity: 'high',
    means: 'There is no digest at all where there should be some.',
    whatToDo:
      'Check that the trail has log file validation switched on, and that account, Region, prefix and time are those that you mean.',
    closes: 'mended',
  },
  'bucket-moved': {
    ...chain,
    severity: 'medium',
    milder: {
      severity: 'informational',
      exit: 0,
      when: 'DescribeTrails names the bucket to which the chain moved',
    },
    means: 'From this digest on, the chain lies in another bucket or under another prefix.',
    whatToDo: 'Confirm that the move was meant: an UpdateTrail call shows who made it.',
    closes: 'history',
  },
  'ambiguous-trail-names': {
    ...chain,
    severity: 'informational',
    exit: 0,
    means: 'Two trails of one name but different home Regions deliver for the same account and Region.',
    whatToDo: 'Nothing has to be done: they are verified as two chains; give one of them another name.',
    closes: 'mended',
  },
  'digest-late': {
    ...chain,
    severity: 'informational',
    exit: 0,
    means: 'A digest that was missing, or could not be read, is there now.',
    whatToDo: 'Nothing has to be done, if its verdict is valid.',
    closes: 'history',
  },
  'digest-invalid': {
    ...chain,
    severity: 'critical',
    means: 'A digest was read and is wrong: altered, moved, malformed, or signed by someone else.',
    whatToDo:
      'Keep the object, look for its older versions and copies, and find out who wrote to it; its hours are unproven until it is restored.',
    closes: 'mended',
  },
  'digest-missing': {
    ...chain,
    severity: 'critical',
    means: 'A proven digest names a predecessor that is not there.',
    whatToDo: 'Restore it from a version, replica or backup, and find out who deleted it.',
    closes: 'mended',
  },
  'digest-unsigned': {
    ...chain,
    severity: 'high',
    milder: { severity: 'medium', exit: 1, when: 'a proven successor states the hash of its bytes' },
    means: 'The metadata of a digest holds no signature.',
    whatToDo: 'Look for an older version that has it: copies made without their metadata lose the signature.',
    closes: 'mended',
  },
  'digest-unknown-key': {
    ...chain,
    severity: 'high',
    milder: { severity: 'medium', exit: 1, when: 'a proven successor states the hash of its bytes' },
    means: 'A digest is signed with a key that ListPublicKeys does not know, or that was not in force.',
    whatToDo:
      'Ask ListPublicKeys in the Region of the digest for the time of the digest, and give its answer by --public-keys.',
    closes: 'mended',
  },
  'digest-unverifiable': {
    ...chain,
    severity: 'medium',
    means: 'A digest, or the key that it is signed with, could not be read this time; it is tried again.',
    whatToDo:
      'Give the verifier the right to read it, or restore it from its archive; nothing is known to be wrong.',
    closes: 'mended',
  },
  'log-invalid': {
    ...log,
    severity: 'critical',
    means: 'A log file is not what the digest states.',
    whatToDo:
      'Keep the object, compare it with its older versions and copies, and find out who wrote to it; its events are unproven.',
    closes: 'mended',
  },
  'log-missing': {
    ...log,
    severity: 'critical',
    means: 'A log file that a proven digest lists is not there.',
    whatToDo: 'Restore it from a version, replica or backup, and find out who deleted it.',
    closes: 'mended',
  },
  'log-unverifiable': {
    ...log,
    severity: 'medium',
    means: 'A log file could not be read this time; it is tried again.',
    whatToDo:
      'Give the verifier the right to read and decrypt it, or restore it from its archive; nothing is known to be wrong.',
    closes: 'mended',
  },
  'unreferenced-log': {
    ...log,
    severity: 'high',
    means:
      'No digest lists a log file, although those of its hours are verified and a day has passed without a backfill.',
    whatToDo:
      'Do not trust its events; see who put it there, and whether a trail without validation delivers to the same folder.',
    closes: 'mended',
  },
  'verified-file-altered': {
    ...chain,
    severity: 'critical',
    means: 'A file that was verified before has other content or another signature now.',
    whatToDo: 'Keep the object, restore the version that was verified, and find out who wrote over it.',
    closes: 'mended',
  },
  'verified-file-deleted': {
    ...chain,
    severity: 'critical',
    means: 'A file that was verified before is gone.',
    whatToDo: 'Restore it from a version, replica or backup, and find out who deleted it.',
    closes: 'mended',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

export type ChainCode = keyof typeof chainCodes;

export const meaningOf = (code: ChainCode): CodeMeaning => chainCodes[code];

/** What each status of a file exits with, and under which code it becomes a finding; none for what can't have it. */
export const statusCodes: Readonly<
  Record<Status, { readonly exit: 0 | 1; readonly digest?: ChainCode; readonly log?: ChainCode }>
> = {
  valid: { exit: 0 },
  invalid: { exit: 1, digest: 'digest-invalid', log: 'log-invalid' },
  missing: { exit: 1, digest: 'digest-missing', log: 'log-missing' },
  'unknown-key': { exit: 1, digest: 'digest-unknown-key' },
  unsigned: { exit: 1, digest: 'digest-unsigned' },
  unreferenced: { exit: 1, log: 'unreferenced-log' },
  unverifiable: { exit: 1, digest: 'digest-unverifiable', log: 'log-unverifiable' },
};
