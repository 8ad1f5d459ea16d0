import { gunzipSync, gzipSync } from 'node:zlib';
import { readDigestJson } from '../../../../local/trails/digest-object';
import { makeTrail } from '../../../../local/trails/make-trail';
import { objectAt } from '../../../../local/trails/objects';
import { seededRandom } from '../../../../local/trails/records';
import type { DigestLogFile } from '../../../../shared/contracts/aws/cloudtrail-digest';
import { publicKeys } from '../../../../shared/proof/trail/public-keys';
import type { Place } from '../../../../shared/proof/trail/verdict';
import { verifyDigest } from '../../../../shared/proof/trail/verify-digest';
import { verifyLog, verifyLogStream } from '../../../../shared/proof/trail/verify-log';

const trail = makeTrail({ from: '2024-07-31T10:00:00Z', hours: 2, recordsPerLog: 2 });
const digest = trail.digests[1] as Place;
const [listed] = readDigestJson(trail.objects, digest).logFiles as [DigestLogFile];
const digestObject = objectAt(trail.objects, digest);
const logObject = objectAt(trail.objects, { bucket: listed.s3Bucket, key: listed.s3Object });

const keys = {
  state: 'known',
  keys: publicKeys(trail.publicKeys, { from: 'file', where: 'keys.json' }),
} as const;

const digestStatus = (body: Buffer, metadata = digestObject.metadata) =>
  verifyDigest(digest, { state: 'found', body, metadata }, keys).status;

async function logStatus(body: Buffer): Promise<string> {
  const { status } = await verifyLog(listed, { state: 'found', body, metadata: {} }, digest);
  async function* stream() {
    yield body;
  }
  const streamed = await verifyLogStream(listed, { state: 'found', body: stream(), metadata: {} }, digest);
  expect(streamed.status).toBe(status);
  return status;
}

/**
 * What is signed is the content. Of a gzip header nothing is, and these bytes of it change nothing that comes out: the
 * time of the file (4 to 7), how hard it was compressed (8), on which system (9), and whether it is text (a bit of 3).
 */
const IRRELEVANT = [4, 5, 6, 7, 8, 9];
const TEXT_FLAG = 1;

const changed = (bytes: Buffer, at: number, bits: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
  return copy;
};

describe.each([
  ['a log file', logObject.body, logStatus],
  ['a digest', digestObject.body, async (body: Buffer) => digestStatus(body)],
])('%s', (name, body, statusOf) => {
  test('is valid as it is', async () => {
    expect(await statusOf(body)).toBe('valid');
  });

  test('is valid with another time, level or system in its header, and with none other changed', async () => {
    const unnoticed = new Set<string>();
    for (let at = 0; at < 10; at++)
      for (let bit = 0; bit < 8; bit++)
        if ((await statusOf(changed(body, at, 1 << bit))) === 'valid')
          unnoticed.add(IRRELEVANT.includes(at) ? `${at}` : `${at} bit ${1 << bit}`);
    expect([...unnoticed]).toEqual([`3 bit ${TEXT_FLAG}`, ...IRRELEVANT.map(String)]);
  });

  test('is not valid with any bit of its trailer changed', async () => {
    const unnoticed: number[] = [];
    for (let at = body.length - 8; at < body.length; at++)
      for (let bit = 0; bit < 8; bit++)
        if ((await statusOf(changed(body, at, 1 << bit))) !== 'invalid') unnoticed.push(at);
    expect(unnoticed).toEqual([]);
  });

  test('is not valid with a byte of its data changed, unless the same comes out of it', async () => {
    const random = seededRandom(name);
    const content = gunzipSync(body);
    const unnoticed: number[] = [];
    for (let run = 0; run < 600; run++) {
      const at = 10 + Math.floor(random() * (body.length - 18));
      const altered = changed(body, at, 1 + Math.floor(random() * 255));
      // Where the last bits of the data only fill up a byte, they mean nothing.
      if ((await statusOf(altered)) === 'valid' && !gunzipSync(altered).equals(content)) unnoticed.push(at);
    }
    expect(unnoticed).toEqual([]);
  });

  test('is not valid with any byte missing or doubled', async () => {
    const unnoticed: number[] = [];
    for (let at = 1; at < body.length; at++)
      for (const rest of [body.subarray(at + 1), body.subarray(at - 1)])
        if ((await statusOf(Buffer.concat([body.subarray(0, at), rest]))) !== 'invalid') unnoticed.push(at);
    expect(unnoticed).toEqual([]);
  });

  test('is not valid cut anywhere', async () => {
    const unnoticed: number[] = [];
    for (let length = 0; length < body.length; length++)
      if ((await statusOf(body.subarray(0, length))) !== 'invalid') unnoticed.push(length);
    expect(unnoticed).toEqual([]);
  });
});

test('content with any character changed is not valid, compressed anew', async () => {
  const random = seededRandom('content');
  for (let run = 0; run < 300; run++)
    for (const [object, statusOf] of [
      [logObject, logStatus],
      [digestObject, async (body: Buffer) => digestStatus(body)],
    ] as const) {
      const content = gunzipSync(object.body);
      const altered = changed(content, Math.floor(random() * content.length), 1 + Math.floor(random() * 255));
      // A fingerprint that was changed is one of an unknown key.
      expect(await statusOf(gzipSync(altered))).not.toBe('valid');
    }
});

test.each(['signature', 'signature-algorithm'])(
  'no character of a digest’s metadata (%s) can be changed',
  (name) => {
    const value = digestObject.metadata[name] as string;
    const statuses = new Set<string>();
    for (let at = 0; at < value.length; at++)
      for (const put of [
        '',
        '0',
        'A',
        'a',
        'f',
        ' ',
        value[at]?.toUpperCase() ?? '',
        value[at]?.repeat(2) ?? '',
      ]) {
        const altered = value.slice(0, at) + put + value.slice(at + 1);
        if (altered !== value)
          statuses.add(digestStatus(digestObject.body, { ...digestObject.metadata, [name]: altered }));
      }
    expect([...statuses]).toEqual(['invalid']);
  },
);
