import type { Problem, Severity, Verdict } from '../../../../../shared/controls/control';
import verification from '../../../../../shared/controls/verifications/cloudtrail/cloudtrail-digest-chain';

const gap: Problem = {
  code: 'coverage-gap',
  severity: 'high',
  says: 'no digest covers these hours',
  from: '2026-01-31T09:00:00Z',
  to: '2026-01-31T11:00:00Z',
};
const fork: Problem = {
  code: 'chain-hash-mismatch',
  severity: 'critical',
  says: 'the digest before is another one than this digest points to',
  file: 's3://logs/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/01/31/d.json.gz',
  expected: 'a'.repeat(64),
  computed: 'b'.repeat(64),
};
const expired: Problem = { code: 'history-truncated', severity: 'informational', says: 'older ones expired' };

const gapReason = {
  says: 'no digest covers these hours (2026-01-31 09:00 to 2026-01-31 11:00 UTC)',
  path: 'chain',
  value: null,
  expected: 'an unbroken chain of signed digests',
};
const forkReason = {
  says: fork.says,
  path: fork.file ?? '',
  value: 'b'.repeat(64),
  expected: 'a'.repeat(64),
};

test.each<[name: string, problems: Problem[], verdict: Verdict, severity: Severity]>([
  ['no problem', [], { compliance: 'COMPLIANT' }, 'critical'],
  ['something to know', [expired], { compliance: 'COMPLIANT' }, 'critical'],
  ['a gap', [gap, expired], { compliance: 'NON_COMPLIANT', because: [gapReason] }, 'high'],
  [
    'a gap and a link that does not fit',
    [gap, fork],
    { compliance: 'NON_COMPLIANT', because: [forkReason, gapReason] },
    'critical',
  ],
])('%s', (_, problems, verdict, severity) => {
  expect(verification.judge(problems)).toEqual(verdict);
  expect(verification.severityOf(problems)).toBe(severity);
});
