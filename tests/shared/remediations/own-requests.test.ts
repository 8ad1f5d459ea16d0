import { isOurs, makingCallOf } from '../../../shared/remediations/own-requests';

const ROLE = 'arn:aws:iam::123456789012:role/trailseal-dev-remediation';
const by = (arn: unknown) => ({ sessionContext: { sessionIssuer: { arn } } });

test.each<[string, object, boolean]>([
  ['a call of ours', { requestID: 'r-1', userIdentity: by(ROLE) }, true],
  ['another request of our role', { requestID: 'r-2', userIdentity: by(ROLE) }, false],
  ['our requestID from another role', { requestID: 'r-1', userIdentity: by(`${ROLE}-2`) }, false],
  ['no requestID', { userIdentity: by(ROLE) }, false],
  ['nobody', { requestID: 'r-1' }, false],
  ['an issuer that is no text', { requestID: 'r-1', userIdentity: by([ROLE]) }, false],
  ['a session without an issuer', { requestID: 'r-1', userIdentity: { sessionContext: null } }, false],
])('%s', (_name, record, ours) => {
  expect(isOurs(record, ROLE, new Set(['r-1']))).toBe(ours);
});

test('what is not there is left out', () => {
  expect(makingCallOf({ requestID: 7, userIdentity: 'x' })).toEqual({});
});
