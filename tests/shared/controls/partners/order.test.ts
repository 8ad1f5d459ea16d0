import fc from 'fast-check';
import type { AwsEvent } from '../../../../shared/contracts/aws/event';
import type { Finding, Judgement } from '../../../../shared/contracts/trailseal/finding';
import configConformance from '../../../../shared/controls/partners/config/config-conformance-open';
import guardDutyHigh from '../../../../shared/controls/partners/guardduty/guardduty-high-finding';
import inspectorCritical from '../../../../shared/controls/partners/inspector2/inspector-critical-finding';
import type { AnyPartner } from '../../../../shared/controls/partners/partner';
import trustedAdvisorStatus from '../../../../shared/controls/partners/trustedadvisor/trusted-advisor-status';
import { addJudgement } from '../../../../shared/findings/finding';
import { advisorItem, complianceChange, findingOf, guardDuty, inspector } from './events';

const compliances = {
  open: 'NON_COMPLIANT',
  closed: 'COMPLIANT',
  undetermined: 'INSUFFICIENT_DATA',
} as const;

/** What a finding of ours is after these events, in this order. */
function stateAfter(partner: AnyPartner, events: readonly AwsEvent[]): Finding | undefined {
  let finding: Finding | undefined;
  for (const event of events) {
    const { state, resource, severity, says, because, observedAt } = findingOf(partner, event);
    const { name: _name, ...ref } = resource;
    const judgement: Judgement = {
      observedAt,
      configurationStateId: '0',
      policyVersion: '2020-01-01T00:00:00.000Z.0',
      compliance: compliances[state],
      annotation: says,
      because: [...because],
      change: { state: 'none', properties: [], otherPaths: [] },
    };
    finding = addJudgement(
      finding,
      { control: partner.id, severity, ...ref },
      judgement,
      '2026-12-31T00:00:00.000Z',
    ).finding;
  }
  return finding;
}

const advisor = (status: string, time: string): AwsEvent => ({
  ...advisorItem('IAM Use', status, { Region: 'eu-west-1' }),
  time,
});
const verdict = (complianceType: string, minute: string) =>
  complianceChange({
    'newEvaluationResult.complianceType': complianceType,
    'newEvaluationResult.resultRecordedTime': `2026-01-31T10:${minute}:00.000Z`,
  });

const stories: [string, unknown, AwsEvent[], Finding['state']][] = [
  [
    'GuardDuty sees it again, and rates it lower in the end',
    guardDutyHigh,
    [
      guardDuty(),
      guardDuty({ 'service.count': 2, updatedAt: '2026-01-31T16:00:00.000Z' }),
      guardDuty({ 'service.count': 3, severity: 5, updatedAt: '2026-01-31T22:00:00.000Z' }),
    ],
    'resolved',
  ],
  [
    'Inspector closes it, and opens it again with the next version, in both styles of dates',
    inspectorCritical,
    [
      inspector({ severity: 'CRITICAL', updatedAt: 'Dec 3, 2021, 6:02:30 PM' }),
      inspector({ severity: 'CRITICAL', status: 'CLOSED', updatedAt: 'Sat Dec 04 09:00:00.000 UTC 2021' }),
      inspector({ severity: 'CRITICAL', updatedAt: 'Dec 4, 2021, 10:00:00 AM' }),
    ],
    'open',
  ],
  [
    'Trusted Advisor turns red, then cannot tell',
    trustedAdvisorStatus,
    [
      advisor('OK', '2026-01-31T08:00:00Z'),
      advisor('ERROR', '2026-01-31T09:00:00Z'),
      advisor('ERROR', '2026-01-31T10:00:00Z'),
      advisor('INFO', '2026-01-31T11:00:00Z'),
    ],
    'open',
  ],
  [
    'a Config rule flaps and ends compliant',
    configConformance,
    [
      verdict('NON_COMPLIANT', '01'),
      verdict('COMPLIANT', '02'),
      verdict('NON_COMPLIANT', '03'),
      verdict('NOT_APPLICABLE', '04'),
    ],
    'resolved',
  ],
];

test.each(stories)(
  '%s: in whatever order and however often its events come',
  (_name, partner, story, state) => {
    const mapping = partner as AnyPartner;
    const expected = stateAfter(mapping, story);
    expect(expected?.state).toBe(state);
    fc.assert(
      fc.property(fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2 }), (events) => {
        expect(stateAfter(mapping, events)).toEqual(expected);
      }),
    );
  },
);

test('updates of one finding share its id, and other findings of the same resource have their own', () => {
  const id = (event: AwsEvent) => findingOf(inspectorCritical, event).partnerId;
  const other = inspector({ findingArn: 'arn:aws:inspector2:eu-west-1:111122223333:finding/other' });
  expect(id(inspector({ status: 'CLOSED' }))).toBe(id(inspector()));
  expect(id(other)).not.toBe(id(inspector()));
});
