import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { fingerprint, privateKey, publicKeyRecord } from '../../../../local/trails/signing-keys';
import { type PublicKeyRecord, publicKeys } from '../../../../shared/proof/trail/public-keys';

const july = { from: '2024-07-01T00:00:00Z', to: '2024-07-31T00:00:00Z' };
const source = { from: 'file', where: 'keys.json' } as const;
const known = publicKeyRecord('a', july);

const find = (records: readonly PublicKeyRecord[], of = fingerprint('a')) =>
  publicKeys(records, source).find(of);

test.each(['pkcs1', 'spki'] as const)('a key encoded as %s is read', (encoding) => {
  const found = find([publicKeyRecord('a', july, encoding)], fingerprint('a', encoding));
  expect(found.state === 'known' && found.key.equals(createPublicKey(privateKey('a')))).toBe(true);
});

test('a key is read once', () => {
  const keys = publicKeys([known], source);
  expect(keys.find(fingerprint('a'))).toBe(keys.find(fingerprint('a')));
});

test('the right one of several keys is found', () => {
  const found = find([publicKeyRecord('b', july), known, publicKeyRecord('c', july)]);
  expect(found.state === 'known' && found.key.equals(createPublicKey(privateKey('a')))).toBe(true);
});

const { publicKey: elliptic } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const recordOf = (der: Buffer): PublicKeyRecord => ({
  ...known,
  Fingerprint: createHash('md5').update(der).digest('hex'),
  Value: der.toString('base64'),
});
const noKey = recordOf(Buffer.from('no key at all'));
const empty = recordOf(Buffer.alloc(0));
const ec = recordOf(elliptic.export({ format: 'der', type: 'spki' }));

test.each([
  ['none', [], fingerprint('a'), 'fingerprint-unknown'],
  ['those of other fingerprints', [publicKeyRecord('b', july)], fingerprint('a'), 'fingerprint-unknown'],
  ['the fingerprint in upper case', [known], fingerprint('a').toUpperCase(), 'fingerprint-unknown'],
  [
    'another key under the fingerprint',
    [{ ...publicKeyRecord('b', july), Fingerprint: fingerprint('a') }],
    fingerprint('a'),
    'fingerprint-mismatch',
  ],
  ['what is no DER', [noKey], noKey.Fingerprint, 'key-unreadable'],
  ['nothing for a key', [empty], empty.Fingerprint, 'key-unreadable'],
  ['a key of another kind', [ec], ec.Fingerprint, 'key-unreadable'],
])('of %s there is no usable key', (_name, records, of, reason) => {
  expect(find(records, of)).toMatchObject({ state: 'unusable', reason });
  // The second answer comes from what was kept.
  const keys = publicKeys(records, source);
  expect(keys.find(of)).toEqual(keys.find(of));
});

test('another key under the fingerprint is named by its own', () => {
  const mixedUp = { ...publicKeyRecord('b', july), Fingerprint: fingerprint('a') };
  expect(find([mixedUp])).toMatchObject({
    says: `the key given for it has the fingerprint ${fingerprint('b')}`,
  });
});

test('what is no key is said to be none', () => {
  expect(find([noKey], noKey.Fingerprint)).toMatchObject({
    says: 'the key given for it is no RSA key in DER',
  });
});

test('a key that is mixed up does not stand in the way of the right one', () => {
  expect(find([{ ...publicKeyRecord('b', july), Fingerprint: fingerprint('a') }, known]).state).toBe('known');
});

const august = { from: '2024-08-20T00:00:00Z', to: '2024-08-31T00:00:00Z' };

test.each([
  ['2024-07-15T00:00:00Z', true],
  ['2024-06-30T22:00:00Z', true],
  ['2024-06-30T21:59:59Z', false],
  ['2024-07-31T02:00:00Z', true],
  ['2024-07-31T02:00:01Z', false],
  ['2024-08-15T00:00:00Z', false],
  ['2024-08-25T00:00:00Z', true],
  ['2024-07-15T02:00:00.5Z', true],
  ['some day', false],
])('with two hours of margin, its windows cover %s: %s', (time, inForce) => {
  const found = find([known, publicKeyRecord('a', august)]);
  expect(found.state === 'known' && found.isInForce(time)).toBe(inForce);
});

test('a window that is no time covers nothing', () => {
  const found = find([publicKeyRecord('a', { from: 'always', to: 'never' })]);
  expect(found.state === 'known' && found.isInForce('2024-07-15T00:00:00Z')).toBe(false);
});
