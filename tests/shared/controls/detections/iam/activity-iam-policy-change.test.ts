import detection from '../../../../../shared/controls/detections/iam/activity-iam-policy-change';
import { call, denied, testDetection } from '../detecting';

const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
const attached = call('iam', 'AttachUserPolicy', { userName: 'mallory', policyArn: admin });

testDetection(detection, {
  fires: [
    [
      'administration given',
      attached,
      {
        severity: 'high',
        resourceId: 'mallory',
        resourceType: 'AWS::IAM::User',
        says: 'AttachUserPolicy: user mallory (policy AdministratorAccess)',
        because: ['requestParameters.policyArn'],
      },
    ],
    [
      'administration taken',
      call('iam', 'DetachUserPolicy', { userName: 'mallory', policyArn: admin }),
      { severity: 'medium', resourceId: 'mallory', because: [] },
    ],
    [
      'an inline policy',
      call('iam', 'PutRolePolicy', { roleName: 'app', policyName: 'p', policyDocument: '{}' }),
      { severity: 'medium', resourceId: 'app', resourceType: 'AWS::IAM::Role', says: '(policy p)' },
    ],
    [
      'a policy of its own',
      call('iam', 'CreatePolicyVersion', { policyArn: 'arn:aws:iam::1:policy/p' }),
      { severity: 'medium', resourceId: 'p', resourceType: 'AWS::IAM::Policy' },
    ],
    [
      'nothing but the name of the call',
      call('iam', 'DeleteGroupPolicy'),
      { severity: 'medium', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'the same name in another service', { ...attached, eventSource: 'sso.amazonaws.com' }],
    [
      'field',
      'a policy of the organization',
      { ...attached, eventName: 'CreatePolicy', eventSource: 'organizations.amazonaws.com' },
    ],
    ['failed', 'there is no such user', { ...attached, errorCode: 'NoSuchEntityException' }],
    ['failed', 'refused', denied(attached)],
    ['neighbour', 'an access key', call('iam', 'CreateAccessKey', { userName: 'mallory' })],
  ],
});
