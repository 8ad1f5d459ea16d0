import { recordersSnapshot } from '../../../../../shared/contracts/aws/account-snapshot';
import rule from '../../../../../shared/controls/rules/account/config-recorder-enabled';
import { type Row, said, withoutMember } from '../../../../support/judge-rule';
import { seen, snapshotItem } from '../../../../support/snapshot-items';

const own = {
  name: 'default',
  roleARN: 'arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',
};
const all = { allSupported: true, includeGlobalResourceTypes: true };
const account = (recordingGroup: object = all, status: object = {}, recorder: object = {}) =>
  snapshotItem(
    'AWS::::Account',
    recordersSnapshot(
      [{ ...own, recordingGroup, ...recorder }],
      [
        { name: 'another', recording: false },
        { name: 'default', recording: true, lastStatus: 'SUCCESS', ...status },
      ],
    ),
  );
const without = (...resourceTypes: string[]) => ({
  allSupported: false,
  includeGlobalResourceTypes: false,
  exclusionByResourceTypes: { resourceTypes },
  recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
});
const ofRecorder = (field: string) => [seen(`recorders[0].${field}`)];
const local = { allSupported: true, includeGlobalResourceTypes: false };

const rows: Row[] = [
  ['one that records all', account(), 'COMPLIANT'],
  ['none', snapshotItem('AWS::::Account', recordersSnapshot([], [])), 'NON_COMPLIANT', [seen('recorders')]],
  ['one that is stopped', account(all, { recording: false }), 'NON_COMPLIANT', ofRecorder('recording')],
  ['one that waits for its first delivery', account(all, { lastStatus: 'PENDING' }), 'COMPLIANT'],
  ['one that failed', account(all, { lastStatus: 'FAILURE' }), 'NON_COMPLIANT', ofRecorder('lastStatus')],
  [
    'one of some types',
    account({ allSupported: false, recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' } }),
    'NON_COMPLIANT',
    ofRecorder('allSupported'),
  ],
  [
    'one that leaves two types out',
    account(without('AWS::EC2::NetworkInterface', 'AWS::IAM::User')),
    'NON_COMPLIANT',
    [...ofRecorder('excluded'), ...ofRecorder('excluded')],
  ],
  [
    'one that leaves out what may be left out',
    account(without('AWS::EC2::NetworkInterface')),
    'COMPLIANT',
    [],
    { allowedExclusions: ['AWS::EC2::NetworkInterface'], globalRegion: 'eu-central-1' },
  ],
  [
    'one without global types, in the Region for them',
    account(local),
    'NON_COMPLIANT',
    ofRecorder('includeGlobalResourceTypes'),
    { globalRegion: 'eu-central-1' },
  ],
  ['one without global types, elsewhere', account(local), 'COMPLIANT', [], { globalRegion: 'us-east-1' }],
  [
    'one with a role of its own',
    account(all, {}, { roleARN: 'arn:aws:iam::123456789012:role/config' }),
    'NON_COMPLIANT',
    ofRecorder('roleARN'),
  ],
  [
    'one with a role of its own, where that will do',
    account(all, {}, { roleARN: 'arn:aws:iam::123456789012:role/config' }),
    'COMPLIANT',
    [],
    { requireServiceLinkedRole: false },
  ],
  [
    'one of which the status is not told',
    account(all, { name: 'yet another' }),
    'NON_COMPLIANT',
    ofRecorder('recording'),
  ],
  ['recorders that are not known', withoutMember(account(), seen('recorders')), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});
