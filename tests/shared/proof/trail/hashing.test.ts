import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { inflate, inflateAside } from '../../../../shared/proof/trail/gzip';
import { hashAside, hashHere } from '../../../../shared/proof/trail/verify-log';

const whole = gzipSync(Buffer.concat([Buffer.from('{"Records":[]}'), randomBytes(5000)]));
const changed = (at: number) => {
  const bytes = Buffer.from(whole);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

/** What either thread makes of them must be the same, to the letter. */
describe.each<[string, Buffer]>([
  ['a whole file', whole],
  ['nothing', Buffer.alloc(0)],
  ['no gzip', Buffer.from('{"Records":[]}')],
  ['cut in its data', whole.subarray(0, -200)],
  ['without its length', whole.subarray(0, -4)],
  ['another checksum', changed(whole.length - 6)],
  ['another length', changed(whole.length - 1)],
  ['a byte of its data', changed(40)],
  ['a second member', Buffer.concat([whole, whole])],
  ['zeros after it', Buffer.concat([whole, Buffer.alloc(3)])],
  ['more than the limit', gzipSync(Buffer.alloc(20_000))],
])('%s', (_, bytes) => {
  test('is inflated alike', async () => {
    expect(await inflateAside(bytes, 10_000)).toEqual(inflate(bytes, 10_000));
  });

  test('is hashed alike', async () => {
    expect(await hashAside(bytes)).toEqual(hashHere(bytes));
  });
});
