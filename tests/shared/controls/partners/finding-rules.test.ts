import type { AwsEvent } from '../../../../shared/contracts/aws/event';
import guardDutyHigh from '../../../../shared/controls/partners/guardduty/guardduty-high-finding';
import securityHubCritical from '../../../../shared/controls/partners/securityhub/securityhub-critical-finding';
import { fixtureLines } from '../../../support/judge-rule';
import { guardDuty, said, securityHub } from './events';

interface Row {
  readonly id: string;
  readonly rule: string;
  readonly expected: boolean;
  readonly event: Record<string, unknown>;
}

const rows = fixtureLines<Row>('partner-events/finding-rules.jsonl');

/** Each of these rules is ours at a threshold. The rows that should not fire are samples. */
const thresholds: Readonly<Record<string, number>> = {
  'AWS.GuardDuty.CriticalSeverityFinding': 9,
  'AWS.GuardDuty.HighSeverityFinding': 7,
  'AWS.GuardDuty.MediumSeverityFinding': 4,
};

const graded = rows.filter(({ rule }) => rule in thresholds);

test.each(graded)(
  '$id: a rule of others fires on it: $expected, and so do we',
  ({ rule, expected, event }) => {
    const finding: AwsEvent = { ...guardDuty(), detail: event };
    expect(said(guardDutyHigh, finding, { minSeverity: thresholds[rule] })).toBe(
      expected ? 'open' : 'sample',
    );
  },
);

/**
 * Whether a decoy was touched is what its rules ask. Security Hub asks how bad a finding is: all four are new, active
 * and high, so all four are told.
 */
const decoys = rows.filter(({ rule }) => rule.startsWith('Decoy.'));

test.each(decoys)('$id is a new finding of high severity', ({ event }) => {
  const finding: AwsEvent = { ...securityHub(), detail: { findings: [event] } };
  expect(said(securityHubCritical, finding)).toBe('open');
});

test('each row is one of these', () => {
  expect([graded.length, decoys.length]).toEqual([6, 4]);
});
