import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText } from '../reading';
import { principalOf, resourceAt } from '../resource';

const destructive = ['DeleteHsm', 'DeleteCluster', 'DeleteBackup'];

const CLUSTER = [
  'requestParameters.clusterId',
  'responseElements.cluster.clusterId',
  'responseElements.hsm.clusterId',
  'responseElements.backup.clusterId',
];
const BACKUP = ['requestParameters.backupId', 'responseElements.destinationBackup.sourceBackup'];

export default defineDetection({
  id: 'activity-cloudhsm-change',
  version: 1,
  title: 'CloudHSM cluster, HSM and backup changes are detected',
  severity: 'high',
  rationale:
    'An HSM holds keys that exist nowhere else: a deleted cluster and backup take all that they encrypted along, and a copied backup carries them off.',
  whatToDo: [
    askTheCaller,
    'For a deleted backup, restore it within seven days: aws cloudhsmv2 restore-backup.',
    'For a copied or shared backup, look at the Region or account that it went to.',
    "Look at the HSM's own audit log in CloudWatch Logs for who signed in and used keys, which CloudTrail does not see.",
  ],
  exemptible: true,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::CloudHSMV2::Cluster', 'AWS::CloudHSMV2::Backup'],
  attack: ['T1485', 'T1552.004'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'cloudhsm.amazonaws.com': [
        'CreateHsm',
        'DeleteHsm',
        'CreateCluster',
        'DeleteCluster',
        'DeleteBackup',
        'CopyBackupToRegion',
        'ModifyBackupAttributes',
        'ModifyCluster',
        'InitializeCluster',
        'PutResourcePolicy',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const isCluster = firstText(record, CLUSTER) !== undefined;
    const isBackup = !isCluster && firstText(record, BACKUP) !== undefined;
    return detectedCall(record, {
      resource: isCluster
        ? resourceAt(record, 'AWS::CloudHSMV2::Cluster', CLUSTER)
        : isBackup
          ? resourceAt(record, 'AWS::CloudHSMV2::Backup', BACKUP)
          : principalOf(record),
      severity: destructive.includes(record.eventName) ? 'high' : 'medium',
      noun: isCluster ? 'HSM cluster' : isBackup ? 'HSM backup' : 'called by',
      expected: 'no change of an HSM that was not planned',
    });
  },
});
