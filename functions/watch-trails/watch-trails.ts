import type { ChainsTable } from '../../shared/aws/chains-table';
import type { JobQueue } from '../../shared/aws/job-queue';
import type { LogBucket } from '../../shared/aws/log-bucket';
import { digestFolder, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { ActivityIndex } from '../../shared/findings/activity-index';
import type { Witnesses } from '../../shared/findings/witnesses';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { covers, type Home } from '../../shared/policy/coverage';
import { discover } from '../../shared/proof/trail/discovery';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import type { ChainId } from '../../shared/proof/trail/verdict';

export interface Needs {
  readonly policy: CompliancePolicy;
  readonly home: Home;
  readonly sourceOf: (bucket: string) => LogBucket | undefined;
  readonly chains: Pick<ChainsTable, 'chains'>;
  readonly witnesses: Pick<Witnesses, 'due'>;
  readonly index: Pick<ActivityIndex, 'soughtDue'>;
  /** verify-trail's queue. */
  readonly jobs: JobQueue<unknown>;
  readonly telemetry: Telemetry;
  readonly now: () => string;
  /** 0 ≤ number < 1 */
  readonly random: () => number;
}

export interface Outcome {
  readonly chains: number;
  readonly expected: number;
  /** Calls whose records are looked for, or whose files are looked at again. */
  readonly seals: number;
  /** Items whose causes are looked for. */
  readonly seeks: number;
}

interface Seen {
  readonly chain: ChainId;
  readonly folder: { readonly bucket: string; readonly prefix: string; readonly organizationId?: string };
  /** The end of its newest digest there, as far as it was looked at. */
  readonly end: string;
}

const DAY_MS = 86_400_000;
/** A chain without digests for longer is one that is known already, or one that is over. */
const RECENT_MS = 2 * DAY_MS;
const FOLDERS_AT_ONCE = 16;
/** The rest is longest overdue the next time. */
const SEALS_AT_MOST = 300;
const SEEKS_AT_MOST = 100;

/**
 * Has every chain checked that is known or found in the buckets, whatever was announced of it, and asks after those
 * that compliance.yml makes one expect. Silence is what it listens for. Has those looked for, too, for whose records
 * and causes somebody still waits.
 *
 * @throws AggregateError after all buckets were looked at, when some could not be listed
 */
export const watchTrails = (needs: Needs) => async (): Promise<Outcome> => {
  const { policy, chains, witnesses, index, jobs, telemetry } = needs;
  const newest = new Map<string, Seen>();
  const see = (seen: Seen) => {
    const name = JSON.stringify(seen.chain);
    if ((newest.get(name)?.end ?? '') <= seen.end) newest.set(name, seen);
  };
  const failures: unknown[] = [];
  for (const known of await chains.chains()) if (isWatched(known, needs)) see({ ...known, end: '' });
  for (const { name } of policy.trails.buckets) {
    try {
      for (const seen of await chainsIn(name, needs)) see(seen);
    } catch (error) {
      failures.push(error);
      telemetry.error('a bucket could not be listed', { bucket: name, error });
    }
  }
  const expected = policy.trails.buckets.length > 0 ? expectedOf(needs) : [];
  const now = needs.now();
  // Those that no bucket is named for any more have to hear that nothing is found.
  const seals = await witnesses.due(now, SEALS_AT_MOST);
  const seeks = await index.soughtDue(now, SEEKS_AT_MOST);
  await jobs.send([
    ...[...newest.values()].map(({ chain, folder }) => ({
      job: 'check-chain',
      chain,
      folder,
      thorough: true,
      sampleAt: sampleTime(needs),
    })),
    ...expected.map((place) => ({ job: 'check-coverage', ...place })),
    ...seals.map((name) => ({ job: 'seal', ...name })),
    ...seeks.map((name) => ({ job: 'seek', ...name })),
  ]);
  telemetry.count('ChainsWatched', newest.size);
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `${failures.length} of ${policy.trails.buckets.length} buckets were not listed`,
    );
  }
  return {
    chains: newest.size,
    expected: expected.length,
    seals: seals.length,
    seeks: seeks.length,
  };
};

const isWatched = ({ chain, folder }: Omit<Seen, 'end'>, { policy, home, sourceOf }: Needs): boolean =>
  sourceOf(folder.bucket) !== undefined &&
  covers(policy.coverage.accounts, chain.account, home.accountId) &&
  covers(policy.coverage.regions, chain.region, home.region);

/** Those that have had a digest lately. */
async function chainsIn(bucket: string, { policy, home, sourceOf, now }: Needs): Promise<Seen[]> {
  const source = sourceOf(bucket);
  if (source === undefined) return [];
  const { accounts, regions } = policy.coverage;
  const { folders } = await discover({ bucket, prefix: '' }, source, {
    account: (account) => covers(accounts, account, home.accountId),
    region: (region) => covers(regions, region, home.region),
  });
  const day = new Date(Date.parse(now()) - RECENT_MS).toISOString().slice(0, 10).replaceAll('-', '/');
  const found = await inParallel(
    folders.filter(({ hasDigests }) => hasDigests),
    FOLDERS_AT_ONCE,
    async ({ prefix, organizationId, account, region }) => {
      const folder = { bucket, prefix, ...(organizationId === undefined ? {} : { organizationId }) };
      const below = digestFolder({ ...folder, account, region });
      const seen: Seen[] = [];
      for await (const { key } of source.list(bucket, below, below + day)) {
        const name = parseTrailKey(key);
        if (name?.kind !== 'digest' || name.backfill) continue;
        const { homeRegion, trail, end } = name;
        seen.push({ chain: { account, region, homeRegion, trail }, folder, end });
      }
      return seen;
    },
  );
  return found.flat();
}

/** Accounts and Regions that compliance.yml names; "all" names none. */
function expectedOf({ policy, home }: Needs): { account: string; region: string }[] {
  const named = (list: readonly string[], self: string) =>
    [...new Set(list.map((entry) => (entry === 'self' ? self : entry)))].filter((entry) => entry !== 'all');
  return named(policy.coverage.accounts, home.accountId).flatMap((account) =>
    named(policy.coverage.regions, home.region).map((region) => ({ account, region })),
  );
}

/** Some time since the first verification: the digest after it is verified once more. */
function sampleTime({ policy, now, random }: Needs): string {
  const before = random() * policy.trails.lookbackDays * DAY_MS;
  return `${new Date(Date.parse(now()) - before).toISOString().slice(0, 19)}Z`;
}
