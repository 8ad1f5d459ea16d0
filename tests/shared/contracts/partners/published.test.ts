import { type AwsEvent, parseAwsEvent } from '../../../../shared/contracts/aws/event';
import { parseAccessAnalyzerFinding } from '../../../../shared/contracts/aws/partners/access-analyzer-finding';
import { parseGuardDutyFinding } from '../../../../shared/contracts/aws/partners/guardduty-finding';
import { parseSecurityHubFinding } from '../../../../shared/contracts/aws/partners/security-hub-finding';
import { parseTrustedAdvisorItem } from '../../../../shared/contracts/aws/partners/trusted-advisor-item';
import { InvalidInput } from '../../../../shared/contracts/permanent-failure';
import { published } from '../../controls/partners/events';

const parsers = new Map<string, (event: AwsEvent) => object>([
  ['GuardDuty Finding', parseGuardDutyFinding],
  ['Trusted Advisor Check Item Refresh Notification', parseTrustedAdvisorItem],
  ['Security Hub Findings - Imported', parseSecurityHubFinding],
  ['Access Analyzer Finding', parseAccessAnalyzerFinding],
]);

/** Examples that are no events as AWS sends them: by the field that shows it. */
const refused: Readonly<Record<string, string>> = {
  // Account ids of 13 digits, and the capitals of the API of GuardDuty.
  'ev-47bf36eecf07': 'account',
  'ev-63b91cd2497c': 'account',
  'ev-9f21b6f9a682': 'account',
  'ev-3052045b57c9': 'account',
  'ev-352fa2f4d827': 'account',
  // Cut down to what a chat message shows.
  'ev-90f13d751e1c': 'id',
  'ev-f371fb74a6ae': 'id',
  'ev-ca3035d6fc38': 'id',
};

/** Other kinds of events of the same services. */
const others = [
  'Security Hub Findings - Custom Action',
  'Security Hub Insight Results',
  'Access Preview State Change',
];

test.each(published)('%s is read, or refused by the field that is not as AWS documents it', (id, value) => {
  const read = () => {
    const event = parseAwsEvent(value);
    return parsers.get(event['detail-type'])?.(event) ?? event['detail-type'];
  };
  const field = refused[id];
  if (field === undefined) {
    const result = read();
    if (typeof result === 'string') expect(others).toContain(result);
    else
      expect(Object.values(result)).toContainEqual(
        expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
      );
  } else {
    expect(read).toThrow(InvalidInput);
    expect(read).toThrow(`: ${field}: expected`);
  }
});

test('most of them are read', () => {
  expect(published.length - Object.keys(refused).length).toBe(72);
});
