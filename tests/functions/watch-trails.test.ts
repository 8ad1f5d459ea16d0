import { watchTrails } from '../../functions/watch-trails/watch-trails';
import { makeTrail, type TrailOptions } from '../../local/trails/make-trail';
import type { TrailObjects } from '../../local/trails/objects';
import { asSource } from '../../local/trails/sources';
import type { TrailFolder } from '../../shared/aws/chains-table';
import type { LogBucket } from '../../shared/aws/log-bucket';
import type { SoughtName } from '../../shared/findings/activity-index';
import type { WitnessName } from '../../shared/findings/witnesses';
import type { ChainId } from '../../shared/proof/trail/verdict';

const HOME = { accountId: '111122223333', region: 'us-east-1' };
const NOW = '2026-01-31T10:00:00.000Z';

const trail = (options: Partial<TrailOptions> = {}): TrailObjects =>
  makeTrail({
    from: '2026-01-31T05:00:00Z',
    hours: 2,
    logsPerHour: 1,
    recordsPerLog: 1,
    bucket: 'logs',
    ...options,
  }).objects;
const bucketOf = (objects: TrailObjects): LogBucket => ({
  ...asSource(objects),
  expiryDays: async () => undefined,
});

interface World {
  readonly buckets?: Readonly<Record<string, LogBucket>>;
  readonly coverage?: { readonly accounts: readonly string[]; readonly regions: readonly string[] };
  readonly seals?: readonly WitnessName[];
  readonly seeks?: readonly SoughtName[];
  readonly known?: readonly { readonly chain: ChainId; readonly folder: TrailFolder }[];
}

/** Runs it, and tells what it had checked. */
async function watch({ buckets = {}, coverage, known = [], seals = [], seeks = [] }: World) {
  const sent: Record<string, unknown>[] = [];
  const said: unknown[] = [];
  const run = watchTrails({
    policy: {
      hash: '',
      coverage: coverage ?? { accounts: ['self'], regions: ['self'] },
      controls: {},
      exemptions: [],
      trails: {
        buckets: Object.keys(buckets).map((name) => ({ name, owner: 'self', keys: [] })),
        topics: [],
        lookbackDays: 30,
      },
      remediations: { protectedTags: [], actorMayApprove: false },
    },
    home: HOME,
    sourceOf: (name) => buckets[name],
    chains: { chains: async () => [...known] },
    witnesses: { due: async () => [...seals] },
    index: { soughtDue: async () => [...seeks] },
    jobs: { send: async (jobs) => void sent.push(...(jobs as Record<string, unknown>[])) },
    telemetry: {
      count: () => undefined,
      countBy: () => undefined,
      warn: () => undefined,
      error: (_, details) => void said.push(details),
    },
    now: () => NOW,
    random: () => 0.5,
  });
  const outcome = await run().catch((error: unknown) => error);
  return { outcome, sent, said };
}

const chain = {
  account: HOME.accountId,
  region: 'us-east-1',
  homeRegion: 'us-east-1',
  trail: 'compliance-trail',
};
const checked = (sent: readonly Record<string, unknown>[]) =>
  sent.filter(({ job }) => job === 'check-chain').map((job) => job['chain']);

test('a chain that is found is checked, with a sample from the time since the first verification', async () => {
  const { sent, outcome } = await watch({ buckets: { logs: bucketOf(trail()) } });
  expect(sent).toEqual([
    {
      job: 'check-chain',
      chain,
      folder: { bucket: 'logs', prefix: '' },
      thorough: true,
      sampleAt: '2026-01-16T10:00:00Z',
    },
    { job: 'check-coverage', account: HOME.accountId, region: 'us-east-1' },
  ]);
  expect(outcome).toEqual({ chains: 1, expected: 1, seals: 0, seeks: 0 });
});

test('organization, prefix and several trails of one folder', async () => {
  const objects = new Map([
    ...trail({ organizationId: 'o-exampleorg1', prefix: 'some/where/' }),
    ...trail({ organizationId: 'o-exampleorg1', prefix: 'some/where/', trail: 'an_other-one' }),
  ]);
  const { sent } = await watch({ buckets: { logs: bucketOf(objects) } });
  expect(checked(sent)).toEqual([{ ...chain, trail: 'an_other-one' }, chain]);
  expect(sent[0]?.['folder']).toEqual({
    bucket: 'logs',
    prefix: 'some/where/',
    organizationId: 'o-exampleorg1',
  });
});

test('a chain without a digest for days is checked while it is known, and found no more', async () => {
  const old = bucketOf(trail({ from: '2026-01-20T05:00:00Z' }));
  expect(checked((await watch({ buckets: { logs: old } })).sent)).toEqual([]);
  const known = [{ chain, folder: { bucket: 'logs', prefix: '' } }];
  expect(checked((await watch({ buckets: { logs: old }, known })).sent)).toEqual([chain]);
});

test('a chain that moved is checked where its newest digests are', async () => {
  const buckets = { logs: bucketOf(trail()), moved: bucketOf(trail({ bucket: 'moved', hours: 4 })) };
  const known = [{ chain, folder: { bucket: 'logs', prefix: '' } }];
  const { sent } = await watch({ buckets, known });
  expect(sent[0]).toMatchObject({ chain, folder: { bucket: 'moved' } });
  expect(checked(sent)).toHaveLength(1);
});

test('what compliance.yml does not cover is passed over, known or not', async () => {
  const other = { ...chain, account: '444455556666' };
  const known = [
    { chain: other, folder: { bucket: 'logs', prefix: '' } },
    { chain, folder: { bucket: 'not-watched', prefix: '' } },
  ];
  const { sent } = await watch({ buckets: { logs: bucketOf(trail({ account: other.account })) }, known });
  expect(checked(sent)).toEqual([]);
});

test('each account and Region that is named is asked after, "all" names none', async () => {
  const { sent } = await watch({
    buckets: { logs: bucketOf(new Map()) },
    coverage: { accounts: ['self', '444455556666'], regions: ['all', 'eu-west-1', 'self', 'us-east-1'] },
  });
  expect(sent).toEqual(
    [HOME.accountId, '444455556666'].flatMap((account) =>
      ['eu-west-1', 'us-east-1'].map((region) => ({ job: 'check-coverage', account, region })),
    ),
  );
});

test('whoever waits for a record or a cause that is due is looked for', async () => {
  const witness = { account: HOME.accountId, eventTime: '2026-01-31T08:00:00.000Z', eventID: 'e' };
  const item = { account: HOME.accountId, sk: '2026-01-31T08:00:00.000Z#0123' };
  const { sent, outcome } = await watch({ seals: [witness], seeks: [item] });
  expect(sent).toEqual([
    { job: 'seal', ...witness },
    { job: 'seek', ...item },
  ]);
  expect(outcome).toMatchObject({ seals: 1, seeks: 1 });
});

test('without buckets there is nothing to expect', async () => {
  expect((await watch({})).sent).toEqual([]);
});

test('a bucket that can not be listed keeps no other from being watched, and fails the run', async () => {
  const refused: LogBucket = {
    ...bucketOf(new Map()),
    folders: () => Promise.reject(new Error('access denied')),
  };
  const { sent, outcome, said } = await watch({ buckets: { refused, logs: bucketOf(trail()) } });
  expect(checked(sent)).toEqual([chain]);
  expect(outcome).toMatchObject({ message: '1 of 2 buckets were not listed' });
  expect(said).toMatchObject([{ bucket: 'refused' }]);
});
