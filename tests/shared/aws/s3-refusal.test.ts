import { classify } from '../../../shared/aws/s3-refusal';

const xml = (code: string, message = 'm') =>
  `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
const CIPHERTEXT =
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
const KMS_DENIED =
  'User: arn:aws:iam::111122223333:user/u is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext';
const SSE_C =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';

test.each<[number, string, string, boolean]>([
  [503, xml('SlowDown'), 'throttled', true],
  [503, '', 'throttled', true],
  [429, '', 'throttled', true],
  [400, xml('KMS.ThrottlingException'), 'throttled', true],
  [403, xml('RequestThrottled'), 'throttled', true],
  [500, xml('InternalError'), 'unavailable', true],
  [502, '<html>', 'unavailable', true],
  [504, '', 'unavailable', true],
  [408, '', 'unavailable', true],
  [400, xml('RequestTimeout'), 'unavailable', true],
  [403, xml('AccessDenied'), 'access-denied', false],
  [403, '', 'access-denied', false],
  [403, xml('InvalidAccessKeyId'), 'access-denied', false],
  [403, xml('SignatureDoesNotMatch'), 'access-denied', false],
  [401, xml('Unauthorized'), 'access-denied', false],
  [400, xml('ExpiredToken'), 'access-denied', false],
  [403, xml('RequestTimeTooSkewed'), 'unavailable', false],
  [403, xml('InvalidObjectState'), 'archived', false],
  [403, xml('AccessDenied', KMS_DENIED), 'decryption-denied', false],
  [403, xml('AccessDenied', CIPHERTEXT), 'decryption-denied', false],
  [400, xml('KMS.DisabledException'), 'decryption-denied', false],
  [400, xml('InvalidRequest', SSE_C), 'decryption-denied', false],
  [400, xml('InvalidRequest'), 'unavailable', false],
  [405, xml('MethodNotAllowed'), 'unavailable', false],
  [302, '', 'unavailable', false],
  [404, '', 'unavailable', false],
  [404, '<html>not found</html>', 'unavailable', false],
])('%i %s is %s, passing: %s', (status, body, reason, passing) => {
  expect(classify(status, body)).toMatchObject({ refusal: { state: 'unread', reason }, passing });
});

test.each([
  [xml('NoSuchKey'), 'object'],
  [xml('NoSuchBucket'), 'bucket'],
  [xml('NoSuchLifecycleConfiguration'), 'lifecycle'],
  [undefined, 'object'],
])('404 %s: the %s is missing', (body, what) => {
  expect(classify(404, body)).toMatchObject({ refusal: { state: 'missing', what }, passing: false });
});

test('says what S3 says, in a few words', () => {
  expect(classify(403, xml('AccessDenied', 'Access Denied')).refusal.detail).toBe(
    'AccessDenied (HTTP 403): Access Denied',
  );
  expect(classify(403, '').refusal.detail).toBe('no code (HTTP 403)');
  expect(classify(403, xml('AccessDenied', 'x'.repeat(1000))).refusal.detail).toHaveLength(300);
});
