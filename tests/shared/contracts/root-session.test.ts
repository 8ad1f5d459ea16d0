import { parseCloudTrailRecord } from '../../../shared/contracts/aws/cloudtrail-record';
import {
  isInRootSession,
  type RootSession,
  rootKeyOf,
  rootSessionOf,
  rootSessionRank,
} from '../../../shared/contracts/aws/root-session';
import { ACCOUNT, call, root } from '../controls/detections/detecting';

const MEMBER = '111122223333';
const started = call(
  'sts',
  'AssumeRoot',
  {
    targetPrincipal: MEMBER,
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
  },
  { responseElements: { credentials: { accessKeyId: 'ASIAROOTEXAMPLE', sessionToken: 'MASKED' } } },
);
const sessionOf = (record: object) => rootSessionOf(parseCloudTrailRecord(record));
const session: RootSession = {
  accessKeyId: 'ASIAROOTEXAMPLE',
  account: MEMBER,
  startedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/Ops/alice`,
  startedAt: '2026-01-31T10:00:00.000Z',
  eventID: String(started['eventID']),
  task: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy',
};

test('AssumeRoot tells whose key is whose, and no secret', () => {
  expect(sessionOf(started)).toEqual(session);
});

test.each([
  ['the account is named by the ARN of its root', { targetPrincipal: `arn:aws:iam::${MEMBER}:root` }],
  ['the task is of another shape', { targetPrincipal: MEMBER, taskPolicyArn: 'x' }],
])('a session without its task: %s', (_, requestParameters) => {
  const { task: _task, ...rest } = session;
  expect(sessionOf({ ...started, requestParameters })).toEqual(rest);
});

test.each([
  ['it was refused', { errorCode: 'AccessDenied' }],
  ['it answered nothing', { responseElements: null }],
  ['it answered in another shape', { responseElements: { credentials: 'x' } }],
  ['the key is no text', { responseElements: { credentials: { accessKeyId: 7 } } }],
  ['it names no account', { requestParameters: null }],
  ['the account is no text', { requestParameters: { targetPrincipal: 111122223333 } }],
  ['it is another call', { eventName: 'AssumeRole' }],
  ['it is of another service', { eventSource: 'sso.amazonaws.com' }],
])('no session: %s', (_, parts) => {
  expect(sessionOf({ ...started, ...parts })).toBeUndefined();
});

test('texts of any length are cut', () => {
  const long = 'x'.repeat(100_000);
  const { startedBy, accessKeyId } =
    sessionOf({
      ...started,
      userIdentity: { type: 'AssumedRole', arn: long },
      responseElements: { credentials: { accessKeyId: long } },
    }) ?? session;
  expect([startedBy.length, accessKeyId.length]).toEqual([1024, 1024]);
});

const used = (userIdentity: object) => parseCloudTrailRecord(call('iam', 'X', null, { userIdentity }));

test.each([
  ['a temporary key of root', { ...root, accessKeyId: 'ASIAROOTEXAMPLE' }, 'ASIAROOTEXAMPLE'],
  ['a long-term key of root, which no session has', { ...root, accessKeyId: 'AKIAEXAMPLE' }, undefined],
  ['root without a key', root, undefined],
  ['the key of a user', { type: 'IAMUser', accessKeyId: 'ASIAROOTEXAMPLE' }, undefined],
])('what to look for: %s', (_, identity, key) => {
  expect(rootKeyOf(used(identity))).toBe(key);
});

test.each([
  ['its key in its account', { ...root, accountId: MEMBER, accessKeyId: session.accessKeyId }, true],
  ['another key', { ...root, accountId: MEMBER, accessKeyId: 'ASIAOTHER' }, false],
  ['another account', { ...root, accessKeyId: session.accessKeyId }, false],
])('in a session: %s', (_, identity, isIn) => {
  expect(isInRootSession(used(identity), session)).toBe(isIn);
});

test('of two records of a session the one that names who started it is greater', () => {
  const { startedBy: _, ...copy } = session;
  expect(rootSessionRank(session) > rootSessionRank({ ...copy, startedBy: ACCOUNT, eventID: 'z' })).toBe(
    true,
  );
});
