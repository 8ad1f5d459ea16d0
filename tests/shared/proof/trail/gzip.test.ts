import { randomBytes } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { sha256 } from '../../../../local/trails/digest-object';
import { DIGEST_LIMIT, hashInflated, inflate, LOG_LIMIT } from '../../../../shared/proof/trail/gzip';

const text = Buffer.from('{"Records":[{"eventName":"StopLogging"}]}'.repeat(40));
const plain = gzipSync(text);
const LIMIT = 2 ** 20;

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** A member with whatever a header may have. */
function member(flags: number, fields: Buffer[] = [], data = text): Buffer {
  const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]), ...fields]);
  const headCrc = Buffer.alloc(2);
  headCrc.writeUInt16LE(crc32(head) % 2 ** 16);
  return Buffer.concat([head, ...(flags & FHCRC ? [headCrc] : []), deflateRawSync(data), trailer(data)]);
}

function trailer(data: Buffer, { crc = crc32(data), size = data.length } = {}): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(crc, 0);
  bytes.writeUInt32LE(size, 4);
  return bytes;
}

const extra = Buffer.concat([Buffer.from([5, 0]), Buffer.from('extra')]);
const name = Buffer.from('a.json\0');

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

/** The verdict of both ways to read, which must be one: whole, and as a stream cut in any way. */
async function faultOf(bytes: Buffer, limit = LIMIT): Promise<string> {
  const whole = inflate(bytes, limit);
  const said = whole.state === 'whole' ? sha256(whole.bytes) : `${whole.fault}: ${whole.says}`;
  for (const length of bytes.length > 10_000 ? [4096, 65_536] : [1, 7, 64, bytes.length + 1]) {
    const hashed = await hashInflated(inPieces(bytes, length), limit);
    expect(hashed.state === 'whole' ? hashed.sha256 : `${hashed.fault}: ${hashed.says}`).toBe(said);
  }
  return said;
}

describe('one whole member is read', () => {
  test.each([
    ['as gzip writes it', plain],
    ['stored without compression', gzipSync(text, { level: 0 })],
    ['with the time of its file', member(0)],
    ['with an extra field', member(FEXTRA, [extra])],
    ['with an extra field that is empty', member(FEXTRA, [Buffer.from([0, 0])])],
    ['with a name', member(FNAME, [name])],
    ['with a comment', member(FCOMMENT, [name])],
    ['with a checksum of its header', member(FHCRC)],
    ['with all of them', member(FHCRC | FEXTRA | FNAME | FCOMMENT, [extra, name, name])],
    ['that says it is text', member(1)],
  ])('%s', async (_name, bytes) => {
    expect(await faultOf(bytes)).toBe(sha256(text));
  });

  test('of no bytes', async () => {
    expect(await faultOf(gzipSync(''))).toBe(sha256(Buffer.alloc(0)));
  });

  test('of as many bytes as are allowed', async () => {
    expect(await faultOf(plain, text.length)).toBe(sha256(text));
  });

  test('with a header of 128 KiB, and no more', async () => {
    const named = (length: number) => member(FNAME, [Buffer.alloc(length - 11, 'n'), Buffer.alloc(1)]);
    expect(await faultOf(named(131_072))).toBe(sha256(text));
    expect(await faultOf(named(131_073))).toBe('not-gzip: its header is longer than 131072 bytes');
  });

  test('and counted', async () => {
    expect(await hashInflated(inPieces(plain, 10), LIMIT)).toMatchObject({ size: text.length });
  });
});

const withTrailer = (to: Buffer) => Buffer.concat([plain.subarray(0, -8), to]);
const wrongHeaderCrc = member(FHCRC);
wrongHeaderCrc.writeUInt8(wrongHeaderCrc.readUInt8(10) ^ 1, 10);

describe('all else is named', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'empty: it has no bytes'],
    ['zeros', Buffer.alloc(40), 'not-gzip: it does not begin as gzip does, with 1f8b08'],
    ['JSON', text, 'not-gzip: it does not begin as gzip does, with 1f8b08'],
    ['one byte of something else', Buffer.from('{'), 'not-gzip: it does not begin as gzip does, with 1f8b08'],
    [
      'zlib’s own format',
      Buffer.from([0x78, 0x9c, 1, 2, 3]),
      'not-gzip: it does not begin as gzip does, with 1f8b08',
    ],
    [
      'another method',
      Buffer.from([0x1f, 0x8b, 7, 0, 0]),
      'not-gzip: it does not begin as gzip does, with 1f8b08',
    ],
    ['a reserved flag', member(0x20), 'not-gzip: its header has flags that gzip reserves'],
    ['the first byte', plain.subarray(0, 1), 'truncated: it ends within its header'],
    ['nine bytes', plain.subarray(0, 9), 'truncated: it ends within its header'],
    ['a header', plain.subarray(0, 10), 'truncated: it ends within its data'],
    [
      'an extra field without length',
      member(FEXTRA, []).subarray(0, 11),
      'truncated: it ends within its header',
    ],
    [
      'an extra field cut short',
      member(FEXTRA, [extra]).subarray(0, 14),
      'truncated: it ends within its header',
    ],
    ['a name without end', member(FNAME, [name]).subarray(0, 13), 'truncated: it ends within its header'],
    ['a header without its checksum', member(FHCRC).subarray(0, 11), 'truncated: it ends within its header'],
    [
      'a wrong checksum of the header',
      wrongHeaderCrc,
      'checksum-mismatch: its header is not what the checksum of the header says',
    ],
    [
      'a name of 200 KB',
      member(FNAME, [Buffer.alloc(200_000, 'n'), name]),
      'not-gzip: its header is longer than 131072 bytes',
    ],
    ['half its data', plain.subarray(0, plain.length / 2), 'truncated: it ends within its data'],
    ['no trailer', plain.subarray(0, -8), 'truncated: 0 bytes follow its data, a trailer has 8'],
    ['half its trailer', plain.subarray(0, -3), 'truncated: 5 bytes follow its data, a trailer has 8'],
    ['two members', Buffer.concat([plain, plain]), 'several-members: another gzip member follows its first'],
    [
      'an empty member after it',
      Buffer.concat([plain, gzipSync('')]),
      'several-members: another gzip member follows its first',
    ],
    ['a zero after it', Buffer.concat([plain, Buffer.alloc(1)]), 'trailing-bytes: bytes follow its end'],
    [
      'many zeros after it',
      Buffer.concat([plain, Buffer.alloc(100_000)]),
      'trailing-bytes: bytes follow its end',
    ],
    ['text after it', Buffer.concat([plain, text]), 'trailing-bytes: bytes follow its end'],
    [
      'the first byte of a member after it',
      Buffer.concat([plain, Buffer.from([0x1f])]),
      'trailing-bytes: bytes follow its end',
    ],
    [
      'bytes before its trailer',
      Buffer.concat([plain.subarray(0, -8), Buffer.alloc(1), trailer(text)]),
      expect.stringMatching(/^checksum-mismatch: its data has CRC-32/),
    ],
    [
      'another checksum',
      withTrailer(trailer(text, { crc: 1 })),
      expect.stringMatching(
        /^checksum-mismatch: its data has CRC-32 [0-9a-f]{8}, its trailer says 00000001$/,
      ),
    ],
    [
      'another length',
      withTrailer(trailer(text, { size: 7 })),
      `checksum-mismatch: ${text.length} bytes come out of it, its trailer says 7`,
    ],
    [
      'a giant length',
      withTrailer(trailer(text, { size: 0xffffffff })),
      `checksum-mismatch: ${text.length} bytes come out of it, its trailer says 4294967295`,
    ],
    [
      'data that are none',
      Buffer.concat([plain.subarray(0, 10), Buffer.alloc(20, 7)]),
      "corrupt: its data can't be inflated: invalid block type",
    ],
  ])('%s', async (_name, bytes, fault) => {
    expect(await faultOf(bytes)).toEqual(fault);
  });
});

test('the limits leave room for what CloudTrail writes', () => {
  // 5,000 log files of some 600 bytes each; 50 MB that have shrunk to a fortieth.
  expect(DIGEST_LIMIT).toBeGreaterThan(5000 * 600);
  expect(LOG_LIMIT).toBeGreaterThan(50e6 * 40);
  expect(DIGEST_LIMIT).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(LOG_LIMIT).toBeLessThanOrEqual(2 * 1024 * 1024 * 1024);
});

describe('a bomb', () => {
  let bomb: Buffer;
  beforeAll(() => {
    bomb = gzipSync(Buffer.alloc(40 * 2 ** 20));
  });

  test('is stopped at the limit', async () => {
    expect(await faultOf(plain, text.length - 1)).toBe(
      `too-large: more than ${text.length - 1} bytes come out of it`,
    );
    expect(inflate(bomb, LIMIT)).toMatchObject({ fault: 'too-large' });
    expect(await hashInflated(inPieces(bomb, 65_536), LIMIT)).toMatchObject({ fault: 'too-large' });
  });

  test('that says to be small is stopped too', () => {
    const lying = Buffer.concat([bomb.subarray(0, -4), Buffer.from([1, 0, 0, 0])]);
    expect(inflate(lying, LIMIT)).toMatchObject({ fault: 'too-large' });
  });

  test('is not read to its end', async () => {
    let read = 0;
    async function* counted() {
      for await (const piece of inPieces(bomb, 1024)) {
        read += piece.length;
        yield piece;
      }
    }
    await hashInflated(counted(), LIMIT);
    expect(read).toBeLessThan(bomb.length / 10);
  });
});

describe('a stream', () => {
  test('that fails is no broken file', async () => {
    async function* failing() {
      yield plain.subarray(0, 30);
      throw new Error('read ECONNRESET');
    }
    await expect(hashInflated(failing(), LIMIT)).rejects.toThrow('read ECONNRESET');
  });

  test('is closed when the rest of it no longer matters', async () => {
    let closed = false;
    async function* endless() {
      try {
        yield plain;
        for (;;) yield Buffer.alloc(1000);
      } finally {
        closed = true;
      }
    }
    expect(await hashInflated(endless(), LIMIT)).toMatchObject({ fault: 'trailing-bytes' });
    expect(closed).toBe(true);
  });

  test('with empty pieces is read', async () => {
    async function* halting() {
      for await (const piece of inPieces(plain, 50)) {
        yield Buffer.alloc(0);
        yield piece;
      }
    }
    expect(await hashInflated(halting(), LIMIT)).toMatchObject({ state: 'whole', sha256: sha256(text) });
  });

  test('of noise, larger than all buffers, is read whole', async () => {
    const noise = randomBytes(3_000_000);
    const hashed = await hashInflated(inPieces(gzipSync(noise), 100_000), 2 ** 22);
    expect(hashed).toEqual({ state: 'whole', sha256: sha256(noise), size: noise.length });
  });
});
