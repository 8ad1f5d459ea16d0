import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderSource } from '../../../cli/verify/folder-source';
import { CONTRACT_BUCKET, contractObjects, objectSourceContract } from '../../support/object-source-contract';
import { emptyFolder } from '../test-shell';

async function put(folder: string, name: string, content: string | Buffer): Promise<void> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

objectSourceContract('a folder', async () => {
  const folder = emptyFolder();
  for (const { key, body, metadata } of contractObjects) {
    // A folder keeps no empty marker of a folder.
    if (key.endsWith('/')) continue;
    await put(folder, `${CONTRACT_BUCKET}/${key}`, body);
    if (metadata) {
      await put(folder, `${CONTRACT_BUCKET}/${key}.metadata.json`, JSON.stringify(metadata));
    }
  }
  return folderSource(folder);
});

const KEY = 'AWSLogs/digest.json.gz';
const signature = { signature: 'ab', 'signature-algorithm': 'SHA256withRSA' };

test.each([
  ['the user metadata', signature],
  ['what head-object prints', { ContentLength: 5, Metadata: signature }],
  [
    'names as S3 sends them',
    { 'X-Amz-Meta-Signature': 'ab', 'x-amz-meta-signature-algorithm': 'SHA256withRSA' },
  ],
])('metadata beside a file: %s', async (_, content) => {
  const folder = emptyFolder();
  await put(folder, `logs/${KEY}`, 'bytes');
  await put(folder, `logs/${KEY}.metadata.json`, JSON.stringify(content));
  const found = await folderSource(folder).read({ bucket: 'logs', key: KEY }, 100);
  expect(found).toEqual({ state: 'found', body: Buffer.from('bytes'), metadata: signature, size: 5 });
});

test.each([
  ['no JSON', '{', /expected JSON/],
  ['numbers', '{"signature":1}', /signature: expected a string/],
  ['a list', '[]', /expected a record/],
])('metadata that are %s make the file unreadable, not unsigned', async (_, content, says) => {
  const folder = emptyFolder();
  await put(folder, `logs/${KEY}`, 'bytes');
  await put(folder, `logs/${KEY}.metadata.json`, content);
  const found = await folderSource(folder).read({ bucket: 'logs', key: KEY }, 100);
  expect(found).toMatchObject({
    state: 'unread',
    reason: 'unavailable',
    detail: expect.stringMatching(says),
  });
});

test.each([
  ['..', 'secret'],
  ['logs', '../secret'],
  ['logs', 'AWSLogs/../../secret'],
  ['logs', '/secret'],
  ['logs', 'AWSLogs//digest'],
  ['logs', './AWSLogs'],
  ['logs', 'AWSLogs\\..\\..\\secret'],
  ['logs', 'AWSLogs\0'],
  ['logs', 'AWSLogs'],
  ['logs', 'x'.repeat(5000)],
])('nothing outside of a bucket, and no folder, is a file: %s %s', async (bucket, key) => {
  const folder = emptyFolder();
  await put(folder, 'secret', 'secret');
  await put(folder, `copy/logs/${KEY}`, 'bytes');
  const source = folderSource(join(folder, 'copy'));
  for (const fetched of [
    source.read({ bucket, key }, 100),
    source.stream({ bucket, key }),
    source.head({ bucket, key }),
  ]) {
    await expect(fetched).resolves.toEqual({ state: 'missing' });
  }
});

test('linked folders are passed by, linked files are not', async () => {
  const folder = emptyFolder();
  await put(folder, 'logs/AWSLogs/a', 'a');
  await symlink('..', join(folder, 'logs/AWSLogs/circle'));
  await symlink('a', join(folder, 'logs/AWSLogs/b'));
  const keys: string[] = [];
  for await (const { key } of folderSource(folder).list('logs', '')) keys.push(key);
  expect(keys).toEqual(['AWSLogs/a', 'AWSLogs/b']);
});

test('a large file comes in pieces', async () => {
  const folder = emptyFolder();
  const bytes = Buffer.alloc(3_000_000, 'abc');
  await put(folder, 'logs/large', bytes);
  const found = await folderSource(folder).stream({ bucket: 'logs', key: 'large' });
  if (found.state !== 'found') throw new Error(found.state);
  const pieces: Buffer[] = [];
  for await (const piece of found.body) pieces.push(piece);
  expect(found.size).toBe(bytes.length);
  expect(pieces.length).toBeGreaterThan(10);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});
