import detection from '../../../../../shared/controls/detections/cloudhsmv2/activity-cloudhsm-change';
import { call, denied, testDetection } from '../detecting';

const deleted = call('cloudhsm', 'DeleteCluster', { clusterId: 'cluster-1' });

testDetection(detection, {
  fires: [
    [
      'a cluster deleted',
      deleted,
      { severity: 'high', resourceId: 'cluster-1', says: 'DeleteCluster: HSM cluster cluster-1' },
    ],
    [
      'a backup carried off',
      call('cloudhsm', 'CopyBackupToRegion', { backupId: 'backup-1', destinationRegion: 'us-east-1' }),
      { severity: 'medium', resourceId: 'backup-1', resourceType: 'AWS::CloudHSMV2::Backup' },
    ],
    [
      'a cluster created',
      call('cloudhsm', 'CreateCluster', {}, { responseElements: { cluster: { clusterId: 'cluster-2' } } }),
      { severity: 'medium', resourceId: 'cluster-2' },
    ],
    [
      'nothing but the name of the call',
      call('cloudhsm', 'DeleteBackup'),
      { severity: 'high', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...deleted, eventSource: 'eks.amazonaws.com' }],
    ['failed', 'refused', denied(deleted)],
    ['neighbour', 'looking', call('cloudhsm', 'DescribeClusters', null, { readOnly: true })],
  ],
});
