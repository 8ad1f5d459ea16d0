import { parseCloudTrailRecord } from '../../../../../shared/contracts/aws/cloudtrail-record';
import detection from '../../../../../shared/controls/detections/account/activity-unauthorized-api-calls';
import { call, testDetection, user } from '../detecting';

const refused = call('ec2', 'DescribeInstances', null, { readOnly: true });

const ownRole = (name: string, accountId = '123456789012') => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::${accountId}:assumed-role/${name}/trailseal-dev-watch-trails`,
  accountId,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${accountId}:role/${name}`, accountId, userName: name },
  },
});
const ours = ownRole('trailseal-dev-WatchTrailsRole-1A2B3C4D5E6F');

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
    [
      'our own role',
      { ...refused, errorCode: 'Client.UnauthorizedOperation', userIdentity: ours },
      {
        severity: 'low',
        resourceId: 'trailseal-dev-WatchTrailsRole-1A2B3C4D5E6F',
        resourceType: 'AWS::IAM::Role',
        attempted: true,
        says: 'the role trailseal-dev-WatchTrailsRole-1A2B3C4D5E6F of Trailseal lacks ec2:DescribeInstances, so what it collects by that is missing',
      },
    ],
    [
      'a role of another account that is named like ours',
      { ...refused, errorCode: 'AccessDenied', userIdentity: ownRole('trailseal-dev-X', '210987654321') },
      { severity: 'medium', resourceId: 'trailseal-dev-X', attempted: true },
    ],
    [
      'a role whose name only has ours within it',
      { ...refused, errorCode: 'AccessDenied', userIdentity: ownRole('not-trailseal-dev-X') },
      { severity: 'medium', resourceId: 'not-trailseal-dev-X', attempted: true },
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

describe('what our own roles are refused', () => {
  const said = (more: object) =>
    detection.detect(
      parseCloudTrailRecord({ ...refused, errorCode: 'AccessDenied', userIdentity: ours, ...more }),
      detection.parameters.parse({}),
    );

  test.each([
    [
      'by the word of AWS',
      { errorMessage: 'User: arn:x is not authorized to perform: s3:ListBucket on' },
      's3:ListBucket',
    ],
    ['by the call', { eventSource: 's3.amazonaws.com', eventName: 'GetBucketAcl' }, 's3:GetBucketAcl'],
    [
      'by what IAM calls the service',
      { eventSource: 'monitoring.amazonaws.com', eventName: 'DescribeAlarms' },
      'cloudwatch:DescribeAlarms',
    ],
    [
      'without the date of Lambda',
      { eventSource: 'lambda.amazonaws.com', eventName: 'ListFunctions20150331' },
      'lambda:ListFunctions',
    ],
    [
      'whatever else the message says',
      { errorMessage: `not authorized to perform: <script>${'x'.repeat(100_000)}` },
      'ec2:DescribeInstances',
    ],
  ])('names the permission %s', (_, more, permission) => {
    const detected = said(more);
    expect(detected?.resource.topic).toBe(permission);
    expect(detected?.because[0].expected).toContain(permission);
  });

  test('is a finding of its own for each permission, and no count makes it one', () => {
    const topics = ['GetBucketAcl', 'GetBucketPolicy'].map(
      (eventName) => said({ eventSource: 's3.amazonaws.com', eventName })?.resource.topic,
    );
    expect(new Set(topics).size).toBe(2);
    expect(said({})?.counts).toBeUndefined();
  });
});
