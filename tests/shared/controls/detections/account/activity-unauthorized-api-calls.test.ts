import detection from '../../../../../shared/controls/detections/account/activity-unauthorized-api-calls';
import { call, testDetection, user } from '../detecting';

const refused = call('ec2', 'DescribeInstances', null, { readOnly: true });

testDetection(detection, {
  parameters: { allowedPrincipals: ['arn:aws:iam::*:role/Scanner'] },
  fires: [
    [
      'EC2 refuses',
      { ...refused, errorCode: 'Client.UnauthorizedOperation' },
      {
        severity: 'medium',
        resourceId: 'Ops',
        attempted: true,
        says: 'DescribeInstances of ec2.amazonaws.com was denied to Ops',
      },
    ],
    [
      'JSON services refuse',
      { ...refused, errorCode: 'AccessDeniedException', userIdentity: user('bob') },
      { severity: 'medium', resourceId: 'bob', attempted: true },
    ],
    [
      'others refuse',
      { ...refused, errorCode: 'AccessDenied' },
      { severity: 'medium', resourceId: 'Ops', attempted: true },
    ],
    [
      'no principal is named',
      { ...refused, errorCode: 'AccessDenied', userIdentity: undefined },
      { severity: 'medium', resourceId: '123456789012', attempted: true },
    ],
  ],
  misses: [
    ['field', 'it was allowed', { ...refused, errorCode: undefined }],
    [
      'field',
      'a principal that may be refused',
      {
        ...refused,
        errorCode: 'AccessDenied',
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::1:assumed-role/Scanner/s',
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/Scanner' } },
        },
      },
    ],
    [
      'field',
      'a service of AWS',
      { ...refused, errorCode: 'AccessDenied', sourceIPAddress: 'config.amazonaws.com' },
    ],
    [
      'field',
      'a role of a service',
      {
        ...refused,
        errorCode: 'AccessDenied',
        userIdentity: {
          type: 'AssumedRole',
          sessionContext: {
            sessionIssuer: { arn: 'arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/R' },
          },
        },
      },
    ],
    [
      'field',
      'a program that looks for a bucket',
      call('s3', 'HeadBucket', null, { errorCode: 'AccessDenied', readOnly: true }),
    ],
    ['failed', 'for another reason', { ...refused, errorCode: 'Client.InvalidInstanceID.NotFound' }],
    ['failed', 'a dry run', { ...refused, errorCode: 'Client.DryRunOperation' }],
    ['neighbour', 'throttled', { ...refused, errorCode: 'ThrottlingException' }],
  ],
});
