import { rewriteDigest } from '../../../../local/trails/digest-object';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../../../local/trails/make-trail';
import type { TrailObjects } from '../../../../local/trails/objects';
import { asSource } from '../../../../local/trails/sources';
import {
  alterContent,
  copyOver,
  deleteFile,
  dropMetadata,
  flipSignature,
  recompress,
} from '../../../../local/trails/tamper';
import { parseTrailKey } from '../../../../shared/contracts/aws/trail-object-key';
import {
  absentPredecessors,
  type ChainHead,
  type ChainJudgement,
  judgeChain,
} from '../../../../shared/proof/trail/chain';
import { publicKeys } from '../../../../shared/proof/trail/public-keys';
import type { Place } from '../../../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../../../shared/proof/trail/verify-digest';

const chain = {
  account: '111122223333',
  region: 'us-east-1',
  homeRegion: 'us-east-1',
  trail: 'compliance-trail',
};
const from = '2024-07-31T10:00:00Z';
const to = '2024-07-31T20:00:00Z';
const made = (more: Partial<TrailOptions> = {}) => makeTrail({ from, hours: 6, logsPerHour: 1, ...more });

/** Reads and judges what is there, as a run does: listed digests, then what they point to. */
async function run(
  objects: TrailObjects,
  keys: MadeTrail['publicKeys'],
  head?: ChainHead,
): Promise<ChainJudgement> {
  const source = asSource(objects);
  const answer = {
    state: 'known',
    keys: publicKeys(keys, { from: 'ListPublicKeys', where: chain.region }),
  } as const;
  const verify = async (place: Place): Promise<DigestReport> =>
    verifyDigest(place, await source.read(place, 1e6), answer);
  const window = { from: head?.end ?? from, to };
  const listed = [...objects.values()]
    .map(({ place }) => ({ place, name: parseTrailKey(place.key) }))
    .filter(({ name }) => name?.kind === 'digest' && name.end >= window.from)
    .map(({ place }) => place);
  const reports = await Promise.all(listed.map(verify));
  for (;;) {
    const absent = absentPredecessors(reports, window, head);
    if (absent.length === 0) break;
    reports.push(...(await Promise.all(absent.map(verify))));
  }
  return judgeChain({ chain, reports, window, now: to, live: false, ...(head ? { head } : {}) });
}

type Tamper = (objects: TrailObjects, digests: readonly [Place, Place, Place, Place, Place, Place]) => void;

/** Statuses from the newest digest to the oldest, `*` for one that only its successor proves. */
test.each<[name: string, tamper: Tamper, codes: string[], statuses: string]>([
  ['untouched', () => {}, [], 'valid valid valid valid valid valid'],
  [
    'recompressed',
    (objects, [, , third]) => recompress(objects, third),
    [],
    'valid valid valid valid valid valid',
  ],
  [
    'log-entry-removed',
    (objects, [, , third]) =>
      alterContent(objects, third, (text) => text.replace(/"logFiles":\[.*\]/, '"logFiles":[]')),
    ['chain-hash-mismatch', 'digest-invalid'],
    'valid valid valid invalid valid valid',
  ],
  [
    'signature-flipped',
    (objects, [, , third]) => flipSignature(objects, third),
    ['digest-invalid', 'chain-signature-mismatch'],
    'valid valid valid invalid* valid valid',
  ],
  [
    'metadata-lost',
    (objects, digests) => {
      for (const digest of digests.slice(0, 5)) dropMetadata(objects, digest);
    },
    ['digest-unsigned'],
    'valid unsigned* unsigned* unsigned* unsigned* unsigned*',
  ],
  [
    'digest-deleted',
    (objects, [, , third]) => deleteFile(objects, third),
    ['digest-missing'],
    'valid valid valid missing valid valid',
  ],
  [
    'two-digests-deleted',
    (objects, [, , third, fourth]) => {
      for (const digest of [third, fourth]) deleteFile(objects, digest);
    },
    ['digest-missing', 'coverage-gap'],
    'valid valid missing valid valid',
  ],
  [
    'digest-replayed',
    (objects, [, second, third]) => copyOver(objects, second, third),
    ['chain-hash-mismatch', 'digest-invalid', 'chain-signature-mismatch'],
    'valid valid valid invalid valid valid',
  ],
  [
    'validly-signed-otherwise',
    (objects, [, , third]) => rewriteDigest(objects, third, (json) => ({ ...json, logFiles: [] })),
    ['chain-hash-mismatch', 'chain-signature-mismatch'],
    'valid valid valid valid valid valid',
  ],
  [
    'previous-hash-wrong',
    (objects, [, , , , , sixth]) =>
      rewriteDigest(objects, sixth, (json) => ({ ...json, previousDigestHashValue: '0'.repeat(64) })),
    ['chain-hash-mismatch'],
    'valid valid valid valid valid valid',
  ],
])('%s', async (_, tamper, codes, statuses) => {
  const { objects, publicKeys: keys, digests } = made();
  tamper(objects, digests as unknown as Parameters<Tamper>[1]);
  const judgement = await run(objects, keys);
  expect(judgement.findings.map(({ code }) => code)).toEqual(codes);
  expect(
    judgement.digests
      .map(({ status, provenBy }) => `${status}${provenBy === 'successor' ? '*' : ''}`)
      .join(' '),
  ).toBe(statuses);
});

test.each<[name: string, more: Partial<TrailOptions>, codes: string[], gaps: number]>([
  ['empty hours', { logsPerHour: 0 }, [], 0],
  ['a key rotation', { key: (hour) => (hour < 3 ? 'a' : 'b') }, [], 0],
  ['an organization trail under a prefix', { organizationId: 'o-exampleorg1', prefix: 'logs/' }, [], 0],
  ['a bucket move', { bucket: (hour) => (hour < 3 ? 'old-bucket' : 'new-bucket') }, ['bucket-moved'], 0],
  ['a stop of two hours', { stoppedIn: [2, 3] }, ['chain-restart', 'coverage-gap'], 1],
])('%s', async (_, more, codes, gaps) => {
  const { objects, publicKeys: keys } = made(more);
  const judgement = await run(objects, keys);
  expect(judgement.findings.map(({ code }) => code)).toEqual(codes);
  expect(judgement.gaps).toHaveLength(gaps);
  expect(judgement.digests.every(({ status }) => status === 'valid')).toBe(true);
});

test('backfills stand beside the chain', async () => {
  const trail = made();
  trail.addBackfill({ hour: 1, generatedAt: '2024-07-31T15:00:00Z' });
  trail.addBackfill({ hour: 3, generatedAt: '2024-07-31T16:00:00Z' });
  const judgement = await run(trail.objects, trail.publicKeys);
  expect(judgement.findings).toEqual([]);
  expect(judgement.digests.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'valid'));
});

test('a run that goes on from a head finds what the whole run does', async () => {
  const before = made({ hours: 3 });
  const { head } = await run(before.objects, before.publicKeys);
  expect(head?.end).toBe('2024-07-31T13:00:00Z');
  const after = made();
  const next = await run(after.objects, after.publicKeys, head);
  expect(next.findings).toEqual([]);
  expect(next.head).toEqual((await run(after.objects, after.publicKeys)).head);

  const other = made({ seed: 'another' });
  const rolled = await run(other.objects, other.publicKeys, head);
  expect(rolled.findings.map(({ code }) => code)).toEqual(['chain-rollback']);
});
