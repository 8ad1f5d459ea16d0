import { trailSnapshot } from '../../../../../shared/contracts/aws/account-snapshot';
import rule from '../../../../../shared/controls/rules/cloudtrail/cloudtrail-logging-active';
import { captured, type Row, said, withMember, withoutMember } from '../../../../support/judge-rule';
import { seen, snapshotItem } from '../../../../support/snapshot-items';

const TYPE = 'AWS::CloudTrail::Trail';
const ARN = 'arn:aws:cloudtrail:eu-central-1:123456789012:trail/main';
const logging = { IsLogging: true, LatestDeliveryTime: '2026-11-29T11:55:00Z', LatestDeliveryError: '' };
const trail = (status: object = {}, arn = ARN) =>
  snapshotItem(TYPE, trailSnapshot(arn, { ...logging, ...status }));
const account = (trails: number) => snapshotItem('AWS::::Account', { trails });
const silentSince = (LatestDeliveryTime: string, more: object = {}) => trail({ LatestDeliveryTime, ...more });

const rows: Row[] = [
  ['one that delivers', trail(), 'COMPLIANT'],
  ['one that is stopped', trail({ IsLogging: false }), 'NON_COMPLIANT', [seen('isLogging')]],
  [
    'one that is stopped and failed before',
    trail({
      IsLogging: false,
      LatestDeliveryError: 'AccessDenied',
      LatestDeliveryTime: '2026-11-01T00:00:00Z',
    }),
    'NON_COMPLIANT',
    [seen('isLogging'), seen('latestDeliveryError')],
  ],
  ...(
    [
      'LatestDeliveryError',
      'LatestDigestDeliveryError',
      'LatestNotificationError',
      'LatestCloudWatchLogsDeliveryError',
    ] as const
  ).map(
    (field): Row => [
      `one with ${field}`,
      trail({ [field]: 'NoSuchBucket' }),
      'NON_COMPLIANT',
      [seen(`l${field.slice(1)}`)],
    ],
  ),
  ['one that delivered 24 h ago', silentSince('2026-11-28T12:00:00.000Z'), 'COMPLIANT'],
  [
    'one that delivered more than 24 h ago',
    silentSince('2026-11-28T11:59:59.000Z'),
    'NON_COMPLIANT',
    [seen('latestDeliveryTime')],
  ],
  [
    'one that delivered long ago, by its parameter',
    silentSince('2026-11-27T12:00:00Z'),
    'COMPLIANT',
    [],
    { maxSilenceHours: 48 },
  ],
  [
    'one that was silent and has just been started',
    silentSince('2026-11-01T12:00:00Z', { StartLoggingTime: '2026-11-29T11:59:00Z' }),
    'COMPLIANT',
  ],
  [
    'one that was started two days ago and never delivered',
    trail({ LatestDeliveryTime: null, StartLoggingTime: '2026-11-27T12:00:00Z' }),
    'NON_COMPLIANT',
    [seen('latestDeliveryTime')],
  ],
  ['one that tells no times', trail({ LatestDeliveryTime: null }), 'COMPLIANT'],
  [
    "the organization's, in a member account",
    trail({ IsLogging: false }, ARN.replace('123456789012', '210987654321')),
    'NOT_APPLICABLE',
  ],
  [
    'one that is gone',
    withMember(trail({ IsLogging: false }), 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  ['one whose state is not known', withoutMember(trail(), seen('isLogging')), 'INSUFFICIENT_DATA'],
  ['a Region with trails', account(2), 'COMPLIANT'],
  ['a Region without any', account(0), 'NON_COMPLIANT', [seen('trails')]],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});

test('an item of AWS Config, which says nothing of logging, is none of its business', () => {
  expect(() => said(rule, captured('ci-rdk-AWS_Cloudtrail_Trail'))).toThrow('expected one judgement');
});
