import { parseCloudTrailRecord } from '../../../../shared/contracts/aws/cloudtrail-record';
import type { Detected } from '../../../../shared/controls/detections/detection';
import {
  inRootSession,
  rootKeyOf,
  rootSessionStarted,
} from '../../../../shared/controls/detections/root-session';
import { ACCOUNT, call, root } from './detecting';

const started = call(
  'sts',
  'AssumeRoot',
  {
    targetPrincipal: '111122223333',
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
  },
  { responseElements: { credentials: { accessKeyId: 'ASIAROOTEXAMPLE', sessionToken: 'MASKED' } } },
);
const sessionOf = (record: object) => rootSessionStarted(parseCloudTrailRecord(record));

test('AssumeRoot tells whose key is whose, and no secret', () => {
  expect(sessionOf(started)).toEqual({
    accessKeyId: 'ASIAROOTEXAMPLE',
    account: '111122223333',
    startedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/Ops/alice`,
    startedAt: '2026-01-31T10:00:00.000Z',
    eventID: started['eventID'],
    task: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy',
  });
  const byArn = { ...started, requestParameters: { targetPrincipal: 'arn:aws:iam::111122223333:root' } };
  expect(sessionOf(byArn)?.account).toBe('111122223333');
});

test.each([
  ['it was refused', { ...started, errorCode: 'AccessDenied' }],
  ['it answered nothing', { ...started, responseElements: null }],
  ['it names no account', { ...started, requestParameters: null }],
  ['it is another call', { ...started, eventName: 'AssumeRole' }],
  ['it is of another service', { ...started, eventSource: 'sso.amazonaws.com' }],
])('no session: %s', (_, record) => {
  expect(sessionOf(record)).toBeUndefined();
});

test('the key of a use of root is what to look for', () => {
  const keyOf = (userIdentity: object) =>
    rootKeyOf(parseCloudTrailRecord(call('iam', 'X', null, { userIdentity })));
  expect(keyOf({ ...root, accessKeyId: 'ASIAROOTEXAMPLE' })).toBe('ASIAROOTEXAMPLE');
  expect(keyOf({ type: 'IAMUser', accessKeyId: 'AKIAEXAMPLE' })).toBeUndefined();
});

test('a use of root in a session says who started it', () => {
  const detected: Detected = {
    resource: { resourceType: 'AWS::::Account', resourceId: '111122223333' },
    severity: 'critical',
    says: 'DeleteBucketPolicy was called',
    because: [{ says: 'root', path: 'userIdentity.type', value: 'Root', expected: 'a role' }],
  };
  const session = sessionOf(started);
  const joined = session && inRootSession(detected, session);
  expect(joined).toMatchObject({
    severity: 'medium',
    says: `DeleteBucketPolicy was called, in a session for S3UnlockBucketPolicy that arn:aws:sts::${ACCOUNT}:assumed-role/Ops/alice started by AssumeRoot at 2026-01-31T10:00:00.000Z`,
  });
  expect(joined?.because.map(({ path }) => path)).toEqual(['userIdentity.type', 'userIdentity.accessKeyId']);
});
