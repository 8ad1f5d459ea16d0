import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SUMS_FILE, trailPath } from '../../../cli/evidence/bundle';
import { writeFiles } from '../../../cli/evidence/folder';
import type { MadeTrail } from '../../../local/trails/make-trail';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import { at, fine } from '../../support/findings';
import { emptyFolder } from '../test-shell';
import {
  bundleOf,
  digestOf,
  findingOf,
  logOf,
  opening,
  provenBy,
  sourcesOf,
  trailWithCall,
} from './proven-finding';
import { testWithTools } from './tools';

const made = trailWithCall();
const EVENT = `events/${opening.eventID}.json`;

async function folderOf(trail: MadeTrail = made): Promise<string> {
  const folder = emptyFolder();
  const { files, gathered } = await bundleOf(findingOf(provenBy(trail)), sourcesOf(trail));
  expect(gathered.problems).toEqual([]);
  await writeFiles(folder, 'out', files);
  return folder;
}

/** What the README says to run, run as it says. */
function checked(folder: string) {
  const [, allAtOnce = ''] =
    /^ {4}(sed .*bash -e)$/m.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? [];
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', allAtOnce], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  return { status, said: stdout + stderr };
}

function change(folder: string, name: string, to: (content: Buffer) => Buffer): void {
  const file = join(folder, name);
  writeFileSync(file, to(readFileSync(file)));
}

/** As somebody does who knows of the sums. */
function sumAnew(folder: string): void {
  const files = readFileSync(join(folder, SUMS_FILE), 'utf8').match(/(?<= {2}).+/g) ?? [];
  writeFileSync(join(folder, SUMS_FILE), execFileSync('sha256sum', files, { cwd: folder }));
}

const flip = (at: number) => (content: Buffer) => {
  const changed = Buffer.from(content);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};
const inside = (to: (text: string) => string) => (content: Buffer) =>
  gzipSync(to(gunzipSync(content).toString()));

testWithTools('the commands of the README hold', async () => {
  const { status, said } = checked(await folderOf());
  expect(said.split('\n').filter((line) => !line.endsWith(': OK'))).toEqual([
    'The SHA-256 of the log file stands in the digest: true',
    'The digest is signed with the key that it names: Verified OK',
    'The key has its fingerprint, and was in force when the digest was signed, give or take two hours: true',
    'The record in the log file equals the event that was used, in ten fields: true',
    'The finding names this event: true',
    '',
  ]);
  expect(status).toBe(0);
});

testWithTools.each(['pkcs1', 'spki'] as const)(
  'also with a key in %s, and under a prefix of any text',
  async (keyEncoding) => {
    const trail = trailWithCall({ keyEncoding, prefix: "it's $(touch hacked) `here`/" });
    const folder = await folderOf(trail);
    expect(checked(folder)).toMatchObject({ status: 0 });
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).not.toContain('hacked');
  },
);

testWithTools('of what is contradicted, that the log file holds this event with other content', async () => {
  const record = {
    ...opening,
    userIdentity: { ...opening.userIdentity, arn: 'arn:aws:iam::123456789012:user/eve' },
  };
  const proof = provenBy(made, { state: 'contradicted', reason: 'other-content', differs: ['userIdentity'] });
  const { files } = await bundleOf(
    findingOf(proof, record),
    sourcesOf(made, { witness: async () => ({ record: record as unknown as JsonObject }) }),
  );
  const folder = emptyFolder();
  await writeFiles(folder, 'out', files);
  const { status, said } = checked(folder);
  expect(said).toContain(
    'The log file holds this event with other content than the event that was used: true',
  );
  expect(status).toBe(0);
  change(folder, EVENT, () => Buffer.from(JSON.stringify(opening)));
  sumAnew(folder);
  expect(checked(folder).status).not.toBe(0);
});

test.each<[string, string]>([
  ['', 'COMPLIANT by what was observed at `2026-01-31T09:00:00.000Z`.\n'],
  ['all is well', 'COMPLIANT by what was observed at `2026-01-31T09:00:00.000Z`: `all is well`\n'],
])('what the control says in words: "%s"', async (annotation, line) => {
  const finding = findingOf(provenBy(made));
  const judged = { ...finding, judgement: { ...fine(at(9)), annotation } };
  const { files } = await bundleOf(judged, sourcesOf(made));
  expect(String(files.find(({ path }) => path === 'README.md')?.content)).toContain(line);
});

test('a finding about files of CloudTrail says where to look', async () => {
  const { links: _, ...finding } = findingOf(provenBy(made));
  const { files } = await bundleOf({ ...finding, control: 'cloudtrail-log-integrity' }, sourcesOf(made));
  const text = String(files.find(({ path }) => path === 'README.md')?.content);
  expect(text).toContain('The files that this is about: `finding.json` names them');
  for (const beside of ['AWS Config', 'Log files are whole', 'a conclusion'])
    expect(text).not.toContain(beside);
});

const log = trailPath(logOf(made));
const digest = trailPath(digestOf(made));

testWithTools.each<[string, string, (content: Buffer) => Buffer]>([
  ['the log', log, flip(200)],
  ['the digest', digest, flip(200)],
  ['the event', EVENT, flip(200)],
  ['the finding', 'finding.json', flip(200)],
])('one byte of %s is changed', async (_name, file, to) => {
  const folder = await folderOf();
  change(folder, file, to);
  expect(checked(folder).status).not.toBe(0);
});

const isRefused = 'The SHA-256 of the log file stands in the digest: false';
const isUnsigned = 'The digest is signed with the key that it names: Verification failure';
const isOther = 'The record in the log file equals the event that was used, in ten fields: false';

testWithTools.each<[string, string, (content: Buffer) => Buffer, string]>([
  ['a letter of the log', log, inside((text) => text.replace('engineer', 'engineex')), isRefused],
  [
    'a letter of the digest',
    digest,
    inside((text) => text.replace('"newestEventTime":"2026', '"newestEventTime":"2027')),
    isUnsigned,
  ],
  [
    'another hash in the digest',
    digest,
    inside((text) => text.replace(/"hashValue":"./g, '"hashValue":"x')),
    isRefused,
  ],
  [
    'the signature',
    `${digest}.metadata.json`,
    (content) =>
      Buffer.from(
        content
          .toString()
          .replace(/("signature": ")(.)/, (_, name, first) => name + (first === '0' ? '1' : '0')),
      ),
    isUnsigned,
  ],
  [
    'who, in the event',
    EVENT,
    (content) => Buffer.from(content.toString().replace('engineer/', 'engineex/')),
    isOther,
  ],
  [
    'what for, in the event',
    EVENT,
    (content) => Buffer.from(content.toString().replace('sg-0', 'sg-1')),
    isOther,
  ],
  [
    'the outcome, in the event',
    EVENT,
    (content) => Buffer.from(content.toString().replace('{', '{"errorCode":"AccessDenied",')),
    isOther,
  ],
  [
    'the id of the event',
    EVENT,
    (content) => Buffer.from(content.toString().replace(opening.eventID, opening.eventID.replace(/.$/, '-'))),
    isOther,
  ],
  [
    'when the key was in force',
    'public-keys.json',
    (content) => Buffer.from(content.toString().replace(/(ValidityEndTime": ")\d+/, '$12025')),
    'give or take two hours: false',
  ],
  [
    'another key under the fingerprint',
    'public-keys.json',
    (content) => Buffer.from(content.toString().replace(/(Value": "MIIBCgKCAQEA)./, '$1x')),
    isUnsigned,
  ],
])('%s is changed, and the sums with it', async (_name, file, to, says) => {
  const folder = await folderOf();
  const before = readFileSync(join(folder, file));
  change(folder, file, to);
  expect(readFileSync(join(folder, file)).equals(before)).toBe(false);
  sumAnew(folder);
  const { status, said } = checked(folder);
  expect(said).toContain('finding.json: OK');
  expect(said).toContain(says);
  expect(status).not.toBe(0);
});
