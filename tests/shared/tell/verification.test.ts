import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import * as z from 'zod';
import type { FindingEventDetail } from '../../../shared/contracts/trailseal/finding';
import type { Problem, Verification } from '../../../shared/controls/control';
import digestChain from '../../../shared/controls/verifications/cloudtrail/cloudtrail-digest-chain';
import logIntegrity from '../../../shared/controls/verifications/cloudtrail/cloudtrail-log-integrity';
import { addJudgement, type Subject } from '../../../shared/findings/finding';
import { alertOf } from '../../../shared/tell/alerts/alert';
import { Alert } from '../../../shared/tell/alerts/alert-schema';
import { emailOf, smsOf, subjectOf } from '../../../shared/tell/alerts/texts';
import { at, fine, open } from '../../support/findings';
import { hostileText } from './hostile-text';

const EXPECTED = '0123456789abcdef'.repeat(4);
const COMPUTED = 'fedcba9876543210'.repeat(4);
const FILE =
  's3://example-logs/org/AWSLogs/o-abcde12345/111122223333/CloudTrail/eu-central-1/2026/01/31/111122223333_CloudTrail_eu-central-1_20260131T0905Z_AbCdEfGh12345678.json.gz';

const altered: Problem = {
  code: 'log-invalid',
  severity: 'critical',
  says: 'the log file is not the one that CloudTrail delivered: its SHA-256 differs',
  file: FILE,
  expected: EXPECTED,
  computed: COMPUTED,
  from: at(9),
  to: at(10),
};

const subjectOfChain = (control: Verification): Subject => ({
  control: control.id,
  severity: control.severity,
  accountId: '111122223333',
  region: 'eu-central-1',
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: 'eu-central-1/main',
  resourceName: 'main',
});

/** The alert of a chain with these problems, by way of the finding that they open, which keeps only so much. */
function alertOfProblems(control: Verification, problems: readonly Problem[]): Alert {
  const verdict = control.judge(problems);
  const because = verdict.compliance === 'NON_COMPLIANT' ? [...verdict.because] : [];
  const judgement = open(at(11), { annotation: because.map(({ says }) => says).join('; '), because });
  const { finding, transitions } = addJudgement(undefined, subjectOfChain(control), judgement, at(11, 1));
  const { history: _, ...summary } = finding;
  const [transition] = transitions;
  if (transition === undefined) throw new Error('nothing was opened');
  const event: FindingEventDetail = {
    schemaVersion: '1',
    transition: { ...transition, seq: 1, recordedAt: at(11, 1) },
    finding: summary,
  };
  return alertOf(event, { control, mode: 'notify' });
}

test('the e-mail of an altered log file', () => {
  expect(emailOf(alertOfProblems(logIntegrity, [altered]))).toMatchInlineSnapshot(`
"CRITICAL - opened - the log file is not the one that CloudTrail delivered: its SHA-256 differs (2026-01-31 09:00 to 2026-01-31 10:00 UTC)
  AWS::CloudTrail::Trail eu-central-1/main (main)
  in account 111122223333, region eu-central-1
  Open since 2026-01-31 11:00:00 UTC.
  Verified at 2026-01-31 11:00:00 UTC.

What is wrong
  - the log file is not the one that CloudTrail delivered: its SHA-256 differs (2026-01-31 09:00 to 2026-01-31 10:00 UTC)
    file     s3://example-logs/org/AWSLogs/o-abcde12345/111122223333/CloudTrail/eu-central-1/2026/01/31/111122223333_CloudTrail_eu-central-1_20260131T0905Z_AbCdEfGh12345678.json.gz
    found    fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210
    expected 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

What you can do
  1. Touch no object in the log bucket: put nothing back, delete nothing, and suspend lifecycle rules that would expire what is left.
  2. Preserve the evidence: copy the named files, all versions of them, and the digests that list them to a bucket in an account that the suspects cannot reach.
  3. Verify the bucket by hand from a machine you trust: trailseal verify s3://BUCKET --start FROM --end TO names each file with the hash it has and the hash it should have.
  4. Look for the file with the hash that the digest states: earlier versions of the object, a replica bucket, a backup, a log collector, CloudTrail Lake.
  5. Compare what you find with the altered file: the records that differ are what somebody wanted to hide, or to plant.
  6. Look the same minutes up in the event history of the Region, which keeps management events for 90 days and which nobody can edit.
  7. Find out who can change the bucket: every principal with s3:PutObject or s3:DeleteObject there, and what they did since the delivery by S3 data events or server access logs.
  8. If a file was never delivered although its digest lists it, open a case with AWS Support and name the digest.

What changed: none
  Nothing was configured: files that CloudTrail delivered were verified.

Who did it: not-applicable
  Files do not say who wrote or removed them: the S3 data events of the bucket do, where they are logged.

Is the record true: not-applicable
  This alert is about the record itself: verify the bucket yourself by trailseal verify.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

Why it matters
  Control: Each log file that a proven digest lists is there as CloudTrail delivered it.
  A log file that differs from the hash in its signed digest, or is gone, was changed after delivery. Intruders do this to remove their own API calls from the record, so the events of these minutes cannot be relied upon.

Frameworks
  NIST SP 800-53 rev. 5: AU-9, AU-10, SI-7, SI-7(1)
  PCI DSS 4.0: 10.3.2, 10.3.3, 10.3.4, A1.2.1
  SOC 2: CC7.3, PI1.3

For reference (names as reported)
  control  cloudtrail-log-integrity
  finding  3GHVW7YB4EIGHYISDL7HNRBQHM
  alert    2BEVAXSAFJ46SKCVVMQT7KSND6
"
`);
});

test('a hash and a common key survive whole, so that they can be compared and pasted', () => {
  const lines = emailOf(alertOfProblems(logIntegrity, [altered])).split('\n');
  expect(lines).toContain(`    file     ${FILE}`);
  expect(lines).toContain(`    found    ${COMPUTED}`);
  expect(lines).toContain(`    expected ${EXPECTED}`);
});

test('of thousands of files it says how many, and shows the worst ones whole', () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({
    ...altered,
    file: FILE.replace('AbCdEfGh', String(10_000_000 + index)),
  }));
  const alert = alertOfProblems(logIntegrity, many);
  expect(alert.because).toHaveLength(10);
  const text = emailOf(alert);
  expect(text).toContain('5000 problems (5000 log-invalid) (2026-01-31 09:00 to 2026-01-31 10:00 UTC)');
  expect(text.split(COMPUTED)).toHaveLength(10);
});

test('what is wrong with the chain names no file, and two long signatures stay apart', () => {
  const signature = 'ab'.repeat(256);
  const text = emailOf(
    alertOfProblems(digestChain, [
      { code: 'coverage-gap', severity: 'high', says: 'no digest covers these hours', from: at(9) },
      {
        code: 'chain-signature-mismatch',
        severity: 'critical',
        says: 'the digest before has another signature than this digest states',
        expected: signature,
        computed: `${signature.slice(0, -1)}c`,
      },
    ]),
  );
  expect(text).toContain('    expected an unbroken chain of signed digests\n');
  expect(text).not.toContain('    file ');
  const [found, expected] = ['found   ', 'expected'].map(
    (word) => new RegExp(`${word} (ab.*\\))`).exec(text)?.[1],
  );
  expect(found).toMatch(/^(ab){16}\.\.\. \(512 characters, SHA-256 [0-9a-f]{64}\)$/);
  expect(expected).toMatch(/^(ab){16}\.\.\. \(512 characters, SHA-256 [0-9a-f]{64}\)$/);
  expect(found).not.toBe(expected);
});

test('for machines: the kind of control, and links that say why they do not apply', () => {
  const alert = alertOfProblems(logIntegrity, [altered]);
  expect(alert).toMatchObject({
    control: { id: 'cloudtrail-log-integrity', kind: 'verification' },
    because: [{ path: FILE, value: COMPUTED, expected: EXPECTED }],
    links: {
      change: { state: 'none' },
      actor: { state: 'not-applicable' },
      proof: { state: 'not-applicable' },
    },
  });
  const isAlert = new Ajv2020({ strict: false }).compile(z.toJSONSchema(Alert, { io: 'input' }));
  expect(isAlert(JSON.parse(JSON.stringify(alert)))).toBe(true);
});

test('subject and text message fit', () => {
  const alert = alertOfProblems(logIntegrity, [altered]);
  expect(subjectOf(alert)).toBe('[CRITICAL] cloudtrail-log-integrity eu-central-1/main 111122223333');
  expect(smsOf(alert)).toMatch(/^CRITICAL opened: cloudtrail-log-integrity eu-central-1\/main .{1,80}$/);
});

test('a closing message says since when it was verified', () => {
  const judgement = open(at(9), { because: [{ says: 'gone', path: FILE, value: null, expected: 'it' }] });
  const subject = subjectOfChain(logIntegrity);
  const opened = addJudgement(undefined, subject, judgement, at(9)).finding;
  const { finding, transitions } = addJudgement(opened, subject, fine(at(12)), at(12));
  const { history: _, ...summary } = finding;
  const [transition] = transitions;
  if (transition === undefined) throw new Error('nothing was resolved');
  const text = emailOf(
    alertOf(
      { schemaVersion: '1', transition: { ...transition, seq: 2, recordedAt: at(12) }, finding: summary },
      { control: logIntegrity, mode: 'notify' },
    ),
  );
  expect(text).toContain('  Verified at 2026-01-31 12:00:00 UTC.\n');
  expect(text).not.toContain('AWS Config at');
});

test('no key or value adds a line, a link, or a character that misleads', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const told = (word: string) =>
        emailOf(
          alertOfProblems(logIntegrity, [
            { ...altered, says: word, file: `s3://example.com/${word}`, expected: word, computed: word },
          ]),
        );
      const email = told(text);
      const ours = 's3://BUCKET';
      expect(email.replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]/u,
      );
      expect(email.replaceAll(ours, '')).not.toMatch(/(?<!\[):\/\/|[^\s.][.。][\p{L}\p{M}]{2}|\\\\/iu);
      expect(email.split('\n').length).toBe(told('plain').split('\n').length);
    }),
    { numRuns: 500 },
  );
});
