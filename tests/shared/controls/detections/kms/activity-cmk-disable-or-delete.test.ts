import detection from '../../../../../shared/controls/detections/kms/activity-cmk-disable-or-delete';
import { call, denied, testDetection } from '../detecting';

const deletion = call(
  'kms',
  'ScheduleKeyDeletion',
  { keyId: 'alias/app' },
  {
    resources: [{ ARN: 'arn:aws:kms:eu-west-1:123456789012:key/k-1', type: 'AWS::KMS::Key' }],
    responseElements: {
      keyId: 'arn:aws:kms:eu-west-1:123456789012:key/k-1',
      deletionDate: 'Mar 1, 2026 12:00:00 AM',
    },
  },
);

testDetection(detection, {
  fires: [
    [
      'a deletion scheduled, by alias',
      deletion,
      { severity: 'high', resourceId: 'k-1', resourceType: 'AWS::KMS::Key', says: 'gone on Mar 1, 2026' },
    ],
    [
      'a key disabled',
      call('kms', 'DisableKey', { keyId: 'arn:aws:kms:eu-west-1:1:key/k-2' }),
      { severity: 'high', resourceId: 'k-2' },
    ],
    [
      'a key store disconnected',
      call('kms', 'DisconnectCustomKeyStore', { customKeyStoreId: 'cks-1' }),
      { severity: 'high', resourceId: 'cks-1', resourceType: 'AWS::KMS::CustomKeyStore' },
    ],
    [
      'nothing but the name of the call',
      call('kms', 'DeleteImportedKeyMaterial'),
      { severity: 'high', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'the deletion cancelled', { ...deletion, eventName: 'CancelKeyDeletion' }],
    ['failed', 'refused', denied(deletion)],
    ['neighbour', 'a key created', call('kms', 'CreateKey', {})],
    [
      'neighbour',
      'AWS itself deletes it, a month later',
      { ...deletion, eventName: 'DeleteKey', eventType: 'AwsServiceEvent' },
    ],
  ],
});
