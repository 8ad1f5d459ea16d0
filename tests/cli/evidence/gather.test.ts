import { gzipSync } from 'node:zlib';
import { gather } from '../../../cli/evidence/gather';
import { objectAt } from '../../../local/trails/objects';
import { alterContent, deleteFile, dropMetadata } from '../../../local/trails/tamper';
import type { EventProof, Finding } from '../../../shared/contracts/trailseal/finding';
import { uri } from '../../../shared/proof/trail/verdict';
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

const paths = ({ files }: Awaited<ReturnType<typeof bundleOf>>) => files.map(({ path }) => path);
const readmeOf = ({ files }: Awaited<ReturnType<typeof bundleOf>>) =>
  String(files.find(({ path }) => path === 'README.md')?.content);
const event = `events/${opening.eventID}.json`;

test('all that there is', async () => {
  const made = trailWithCall();
  const [log, digest] = [logOf(made), digestOf(made)];
  const all = await bundleOf(
    findingOf(provenBy(made)),
    sourcesOf(made, {
      items: async () => [
        {
          account: '123456789012',
          region: 'eu-central-1',
          resourceType: 'AWS::EC2::SecurityGroup',
          resourceId: 'sg-0123456789abcdef0',
          capturedAt: '2026-01-31T09:00:00.000Z',
          configurationStateId: '1',
          changedPaths: ['configuration.ipPermissions.0'],
          findings: [],
        },
      ],
    }),
  );
  expect(all.gathered.problems).toEqual([]);
  expect(paths(all)).toEqual([
    'finding.json',
    'items/01.json',
    event,
    `trail/${log.bucket}/${log.key}`,
    `trail/${digest.bucket}/${digest.key}`,
    `trail/${digest.bucket}/${digest.key}.metadata.json`,
    'public-keys.json',
    'README.md',
    'SHA256SUMS',
  ]);
});

/** Copies in a bucket of their own, as the evidence bucket has them. */
function withCopies() {
  const made = trailWithCall();
  const copy = (place: { bucket: string; key: string }) => {
    const key = `${place.bucket}/${place.key}`;
    const object = objectAt(made.objects, place);
    made.objects.set(uri({ bucket: 'kept', key }), { ...object, place: { bucket: 'kept', key } });
    return { bucket: 'kept', key };
  };
  const proof = provenBy(made);
  const kept: EventProof = {
    ...proof,
    ...(proof.log ? { log: { ...proof.log, copy: copy(logOf(made)) } } : {}),
    ...(proof.digest ? { digest: { ...proof.digest, copy: copy(digestOf(made)) } } : {}),
  };
  return { made, finding: findingOf(kept) };
}

test('copies stand in for what was altered since', async () => {
  const { made, finding } = withCopies();
  alterContent(made.objects, logOf(made), (text) => text.replace('engineer', 'visitor'));
  deleteFile(made.objects, digestOf(made));
  const { calls, problems } = await gather(finding, sourcesOf(made));
  expect(problems).toEqual([]);
  expect(calls[0]?.log?.from).toBe(`s3://kept/${logOf(made).bucket}/${logOf(made).key}`);

  deleteFile(made.objects, { bucket: 'kept', key: `${logOf(made).bucket}/${logOf(made).key}` });
  const without = await bundleOf(finding, sourcesOf(made));
  expect(without.gathered.problems).toEqual([
    `${uri(logOf(made))}: s3://kept/${logOf(made).bucket}/${logOf(made).key} is not there; ${uri(logOf(made))} no longer is what was proven: its SHA-256 is another.`,
  ]);
  expect(readmeOf(without)).toContain('No signature covers what is in this folder');
});

test('originals stand in for copies that are gone', async () => {
  const { made, finding } = withCopies();
  for (const place of [...made.objects.values()].map((object) => object.place)) {
    if (place.bucket === 'kept') deleteFile(made.objects, place);
  }
  const { calls, problems } = await gather(finding, sourcesOf(made));
  expect([problems, calls[0]?.log?.from]).toEqual([[], uri(logOf(made))]);
});

test.each<[string, (made: ReturnType<typeof trailWithCall>) => Parameters<typeof sourcesOf>, RegExp]>([
  ['no record', (made) => [made, { witness: async () => undefined }], /the table does not hold its record/],
  [
    'a record too large to be kept',
    (made) => [made, { witness: async () => ({ record: {} }) }],
    /the table does not hold/,
  ],
  [
    'no keys',
    (made) => [made, { keys: async () => ({ state: 'unread', detail: 'offline' }) }],
    /public key [0-9a-f]{32} of .* could not be had: offline/,
  ],
  [
    'no signature',
    (made) => {
      dropMetadata(made.objects, digestOf(made));
      return [made];
    },
    /has no metadata, and so no signature/,
  ],
  [
    'no right to read',
    (made) => [
      made,
      { read: async () => ({ state: 'unread', reason: 'access-denied', detail: 'AccessDenied' }) },
    ],
    /can't be read: AccessDenied/,
  ],
  [
    'another record of that place',
    (made) => [made, { witness: async () => ({ record: { ...opening, eventName: 'Other' } }) }],
    /the log file has another eventName/,
  ],
])('%s: a problem, and the rest is there', async (_name, sources, problem) => {
  const made = trailWithCall();
  const all = await bundleOf(findingOf(provenBy(made)), sourcesOf(...sources(made)));
  expect(all.gathered.problems.join('\n')).toMatch(problem);
  expect(paths(all)).toContain('finding.json');
  expect(readmeOf(all)).toContain('## What is not here');
});

test.each<[string, EventProof, readonly string[]]>([
  ['pending', { state: 'pending', says: 'the digest has not been verified yet' }, [event]],
  ['late', { state: 'missing', reason: 'late', says: 'no digest came' }, [event]],
])('a call whose record is %s', async (_name, proof, more) => {
  const all = await bundleOf(findingOf(proof), sourcesOf(trailWithCall()));
  expect(all.gathered.problems).toEqual([]);
  expect(paths(all)).toEqual(['finding.json', ...more, 'README.md', 'SHA256SUMS']);
  expect(readmeOf(all)).toContain(`${opening.eventID} is ${proof.state}`);
});

test('a call that nobody watched for lacks nothing', async () => {
  const proof: EventProof = { state: 'missing', reason: 'not-watched', says: 'no trail' };
  const all = await bundleOf(
    findingOf(proof),
    sourcesOf(trailWithCall(), { witness: async () => undefined }),
  );
  expect([all.gathered.problems, paths(all)]).toEqual([[], ['finding.json', 'README.md', 'SHA256SUMS']]);
});

test('fields that CloudTrail cut are named and left out of the comparison', async () => {
  const cut = { ...opening, responseElements: { omitted: true } } as never;
  const large = { text: 'x'.repeat(120_000) };
  const made = trailWithCall({
    records: (hour, log) =>
      hour === 1 && log === 0 ? [opening, opening, { ...opening, responseElements: large }] : [],
  });
  const all = await bundleOf(
    findingOf(provenBy(made)),
    sourcesOf(made, { witness: async () => ({ record: cut }) }),
  );
  expect(all.gathered.problems).toEqual([]);
  expect(readmeOf(all)).toContain('not plainly equal in responseElements');
  expect(readmeOf(all)).toContain('in 9 of ten fields');
});

test('names that are none of CloudTrail make no path', async () => {
  const made = trailWithCall();
  const proof = provenBy(made);
  const key = '../../../../etc/passwd';
  const hostile = { ...proof, ...(proof.log ? { log: { ...proof.log, key } } : {}) };
  const bad = findingOf(hostile);
  const call = bad.links?.[0]?.calls[0];
  const twice: Finding = {
    ...bad,
    links: [
      {
        observedAt: '2026-01-31T09:00:00.000Z',
        configurationStateId: '1',
        actor: 'candidates',
        calls: call ? [call, { ...call, eventID: '../x' }] : [],
      },
    ],
  };
  const all = await bundleOf(twice, sourcesOf(made));
  expect(paths(all)).toEqual(['finding.json', event, 'README.md', 'SHA256SUMS']);
  expect(all.gathered.problems).toEqual([
    expect.stringContaining("its proof names files that are none of CloudTrail's"),
    expect.stringContaining("an id that is none of CloudTrail's"),
  ]);
});

test('a bomb in place of a log file is not what was proven', async () => {
  const made = trailWithCall();
  const finding = findingOf(provenBy(made));
  const body = gzipSync(Buffer.alloc(5_000_000));
  made.objects.set(uri(logOf(made)), { ...objectAt(made.objects, logOf(made)), body });
  const { problems } = await gather(finding, sourcesOf(made));
  expect(problems[0]).toContain('no longer is what was proven');
});
