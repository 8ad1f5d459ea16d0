import type { Problem, Severity, Verdict } from '../../../../../shared/controls/control';
import verification from '../../../../../shared/controls/verifications/cloudtrail/cloudtrail-log-integrity';

const file = 's3://logs/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/01/31/l.json.gz';
const altered: Problem = {
  code: 'log-invalid',
  severity: 'critical',
  says: 'the log file is another one than was delivered',
  file,
  expected: 'a'.repeat(64),
  computed: 'b'.repeat(64),
};
const unread: Problem = { code: 'log-unverifiable', severity: 'medium', says: 'access is denied', file };

const alteredReason = { says: altered.says, path: file, value: 'b'.repeat(64), expected: 'a'.repeat(64) };
const unreadReason = {
  says: unread.says,
  path: file,
  value: null,
  expected: 'the file as its digest states it',
};

test.each<[name: string, problems: Problem[], verdict: Verdict, severity: Severity]>([
  ['no problem', [], { compliance: 'COMPLIANT' }, 'critical'],
  [
    'a file that can not be read',
    [unread],
    { compliance: 'NON_COMPLIANT', because: [unreadReason] },
    'medium',
  ],
  [
    'an altered file beside it',
    [unread, altered],
    { compliance: 'NON_COMPLIANT', because: [alteredReason, unreadReason] },
    'critical',
  ],
])('%s', (_, problems, verdict, severity) => {
  expect(verification.judge(problems)).toEqual(verdict);
  expect(verification.severityOf(problems)).toBe(severity);
});
