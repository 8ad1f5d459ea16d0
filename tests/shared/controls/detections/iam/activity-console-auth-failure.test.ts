import type { AnyDetection } from '../../../../../shared/controls/detections/detection';
import { detector } from '../../../../../shared/controls/detections/detector';
import detection from '../../../../../shared/controls/detections/iam/activity-console-auth-failure';
import { ACCOUNT, policyWith, type Raw, root, signIn, testDetection, user } from '../detecting';

const failed = signIn(user('bob'), 'Failure');
const hidden = { type: 'IAMUser', accountId: ACCOUNT, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' };

/** Those that a record is counted under, in short. */
const countedUnder = (record: Raw): string[] | undefined =>
  detector([detection as unknown as AnyDetection], policyWith(detection.id, detection.parameters.parse({})))
    .inRaw(record)[0]
    ?.detected?.counts?.map(
      ({ resource, from }) => `${resource.resourceId}${from === undefined ? '' : ` from ${from}`}`,
    );

test.each<[string, Raw, string[] | undefined]>([
  [
    'a known user: the address, and the user by address',
    failed,
    [`${ACCOUNT}/203.0.113.7`, 'bob from 203.0.113.7'],
  ],
  ['an unknown user: the address', signIn(hidden, 'Failure'), [`${ACCOUNT}/203.0.113.7`]],
  ['no address: the user', { ...failed, sourceIPAddress: undefined }, ['bob']],
  ['root is told at once', signIn(root, 'Failure'), undefined],
])('is counted under: %s', (_, record, under) => {
  expect(countedUnder(record)).toEqual(under);
});

test('five in a quarter of an hour, as compliance.yml may say otherwise', () => {
  expect(detection.rate?.(detection.parameters.parse({}))).toEqual({ threshold: 5, windowMinutes: 15 });
  expect(detection.rate?.({ count: 3, windowMinutes: 60 })).toEqual({ threshold: 3, windowMinutes: 60 });
});

testDetection(detection, {
  fires: [
    [
      'a known user',
      failed,
      {
        severity: 'medium',
        resourceId: 'bob',
        attempted: true,
        says: 'a sign-in as bob from 203.0.113.7 failed (Failed authentication)',
      },
    ],
    [
      'an unknown user',
      signIn(hidden, 'Failure'),
      { severity: 'medium', resourceId: 'HIDDEN_DUE_TO_SECURITY_REASONS', attempted: true },
    ],
    ['root', signIn(root, 'Failure'), { severity: 'high', resourceId: ACCOUNT, attempted: true }],
  ],
  misses: [
    ['field', 'it worked', { ...failed, responseElements: { ConsoleLogin: 'Success' } }],
    [
      'failed',
      'the call itself failed, before anybody was refused',
      { ...failed, errorCode: 'InternalFailure', responseElements: null },
    ],
    [
      'failed',
      'the code was wrong, which CheckMfa says',
      { ...failed, eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' } },
    ],
    [
      'neighbour',
      'a password recovered',
      {
        ...failed,
        eventName: 'PasswordRecoveryRequested',
        responseElements: { PasswordRecoveryRequested: 'Failure' },
      },
    ],
  ],
  deliveredMisses: ['the call itself failed, before anybody was refused'],
});
