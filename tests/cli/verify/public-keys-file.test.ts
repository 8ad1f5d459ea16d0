import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeysOfFile } from '../../../cli/verify/public-keys-file';
import { makeTrail } from '../../../local/trails/make-trail';
import { emptyFolder } from '../test-shell';

const [record] = makeTrail({ from: '2026-01-01T00:00:00Z', hours: 1 }).publicKeys;
if (record === undefined) throw new Error('the trail has no key');
const seconds = (time: string) => Date.parse(time) / 1000;
const inSeconds = {
  ...record,
  ValidityStartTime: seconds(record.ValidityStartTime),
  ValidityEndTime: seconds(record.ValidityEndTime),
};

function keysOf(content: unknown) {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'keys.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return publicKeysOfFile('keys.json', folder);
}

test.each([
  ['the answer of ListPublicKeys', { PublicKeyList: [record] }],
  ['its times in seconds', { PublicKeyList: [inSeconds] }],
  ['the bare list', [record]],
  ['answers by Region', { 'us-east-1': { PublicKeyList: [record] }, 'eu-west-1': { PublicKeyList: [] } }],
  ['lists by Region', { 'us-east-1': [inSeconds] }],
])('%s', (_, content) => {
  const answer = keysOf(content)('us-east-1');
  if (answer.state !== 'known') throw new Error(answer.detail);
  expect(answer.keys.source).toEqual({ from: 'file', where: 'keys.json' });
  const found = answer.keys.find(record.Fingerprint);
  if (found.state !== 'known') throw new Error(found.says);
  expect(found.isInForce('2026-01-01T00:00:00Z')).toBe(true);
  expect(found.isInForce('2030-01-01T00:00:00Z')).toBe(false);
});

test('a Region that the file says nothing of', () => {
  expect(keysOf({ 'us-east-1': [record] })('eu-west-1')).toEqual({
    state: 'unread',
    detail: 'keys.json has no keys of eu-west-1',
  });
});

test.each([
  ['no JSON', '{"PublicKeyList":', /keys\.json: expected JSON/],
  ['another shape', { Keys: 1 }, /keys\.json: Keys: expected/],
  ['a key without a value', [{ ...record, Value: undefined }], /keys\.json: \[0\]\.Value: expected a string/],
  ['a time that is none', [{ ...record, ValidityStartTime: 'soon' }], /ValidityStartTime/],
])('refused: %s', (_, content, says) => {
  expect(() => keysOf(content)).toThrow(says);
});

test('a file that is not there', () => {
  expect(() => publicKeysOfFile('keys.json', emptyFolder())).toThrow('keys.json: there is no such file');
});
