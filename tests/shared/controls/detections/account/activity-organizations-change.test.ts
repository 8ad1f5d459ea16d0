import detection from '../../../../../shared/controls/detections/account/activity-organizations-change';
import { ACCOUNT, call, denied, testDetection } from '../detecting';

const detached = call('organizations', 'DetachPolicy', { policyId: 'p-1', targetId: 'ou-1' });

testDetection(detection, {
  fires: [
    ['a policy detached', detached, { severity: 'medium', resourceId: ACCOUNT, says: '(p-1)' }],
    ['leaving', call('organizations', 'LeaveOrganization'), { severity: 'high', resourceId: ACCOUNT }],
    [
      'an attempt at leaving',
      denied(call('organizations', 'LeaveOrganization')),
      {
        severity: 'high',
        resourceId: ACCOUNT,
        attempted: true,
        says: '(attempted, failed with AccessDenied)',
      },
    ],
  ],
  misses: [
    ['field', 'a policy of IAM', { ...detached, eventSource: 'iam.amazonaws.com' }],
    ['failed', 'refused', denied(detached)],
    ['neighbour', 'looking', call('organizations', 'ListAccounts', null, { readOnly: true })],
  ],
});
