import type { ChainState } from '../../shared/aws/chains-table';
import { digestFolder, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import { absentPredecessors, judgeChain } from '../../shared/proof/trail/chain';
import { type ChainHead, isProven, type Window } from '../../shared/proof/trail/chain-line';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import type { ChainId, Place } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import { ChainContended } from './chain-contended';
import type { JobOf } from './jobs';
import { judgeProblems } from './judge-problems';
import { lookAfter } from './look-after';
import type { Needs } from './needs';
import { asStated, closeUnlessFound, noteFindings, silence } from './note-findings';
import { nameOf, type Outcome } from './outcome';
import { DIGESTS_AT_ONCE, readDigest } from './read-digest';
import { settleDigest } from './settle-digest';

/** As many digests as one message surely gets through with their logs; the next message goes on after them. */
const DIGESTS_PER_JOB = 24;

/**
 * Verifies the digests of a chain that are newer than those known, oldest first, by listing: whatever announced them
 * may have been lost. Each step can be repeated; what is proven is not read again.
 *
 * @throws ChainContended when another message verified the same chain meanwhile
 */
export async function checkChain(job: JobOf<'check-chain'>, needs: Needs): Promise<Outcome> {
  const { chain, folder, thorough = false } = job;
  const now = needs.now();
  const stored = await needs.chains.chain(chain);
  const before = stored ?? unknown(chain, folder, now, needs.policy.trails.lookbackDays);
  const { known, page, more } = await digestsToRead(before, folder, needs);
  const newest = page.at(-1);
  // So many unproven ones that the head is too far back to be what the next one follows.
  const head = before.head && known.length < DIGESTS_PER_JOB ? { head: before.head } : {};
  const window = {
    from: (head.head ?? known[0])?.end ?? before.since,
    to: more && newest ? newest.end : now,
  };

  const reports = await readAll(chain, [...known, ...page], { window, ...head }, needs);
  const state = thorough || !stored ? await needs.trails.trailState(chain) : undefined;
  if (thorough || !stored) await noteSettings(chain, needs);
  const live = !more && (thorough || page.length > 0);
  const expiry = await expiryOf(reports, needs);
  const judged = judgeChain({
    chain,
    reports,
    ...head,
    ...expiry,
    window,
    ...(state ? { state } : {}),
    now,
    live,
  });

  // Oldest first, so that a crash leaves the older ones done.
  for (const report of judged.digests.toReversed()) await settleDigest(report, { chain, folder }, needs);
  await noteFindings(chain, judged.findings, needs);
  if (live) await closeUnlessFound(chain, state ? asStated : silence, judged.findings, needs);
  const next = {
    ...before,
    seq: before.seq + 1,
    ...newHead(judged.digests, before.head),
    ...(newest ? { folder, listedTo: newest.end } : {}),
  };
  if ((!stored || newest) && !(await needs.chains.save(next, stored?.seq))) throw new ChainContended(chain);
  if (more) await needs.jobs.send([{ job: 'check-chain', chain, folder }]);
  else if (thorough) await lookAfter(job, needs);
  await judgeProblems(chain, needs);
  return {
    chain: nameOf(chain),
    digests: judged.digests.map(({ name, status }) => `${name.end} ${status}`),
    findings: judged.findings.map(({ code }) => code),
  };
}

/** So that later it is known what the trail was to log at a time. */
async function noteSettings(chain: ChainId, { trails, settings, now }: Needs): Promise<void> {
  const at = now();
  const told = await trails.trailSettings(chain);
  if (told) await settings.noteSettings(chain, told, at);
}

const DAY_MS = 86_400_000;

const unknown = (
  chain: ChainId,
  folder: ChainState['folder'],
  now: string,
  lookbackDays: number,
): ChainState => ({
  chain,
  folder,
  seq: 0,
  since: `${new Date(Date.parse(now) - lookbackDays * DAY_MS).toISOString().slice(0, 19)}Z`,
});

interface DigestPlace extends Place {
  readonly end: string;
}

/**
 * The hourly digests after the newest proven one, oldest first: those that were looked at and are not proven, which
 * stand between it and the next, and a page of new ones.
 */
async function digestsToRead(
  { chain, head, listedTo, since }: ChainState,
  folder: ChainState['folder'],
  { sourceOf }: Needs,
): Promise<{ known: DigestPlace[]; page: DigestPlace[]; more: boolean }> {
  const { bucket } = folder;
  const prefix = digestFolder({ ...folder, ...chain });
  const after = head?.end ?? since;
  const day = prefix + after.slice(0, 10).replaceAll('-', '/');
  const found: DigestPlace[] = [];
  for await (const { key } of sourceOf(bucket)?.list(bucket, prefix, day) ?? []) {
    const name = parseTrailKey(key);
    if (name?.kind !== 'digest' || name.backfill || name.end <= after) continue;
    if (name.trail === chain.trail && name.homeRegion === chain.homeRegion) {
      found.push({ bucket, key, end: name.end });
    }
  }
  const isKnown = ({ end }: DigestPlace) => listedTo !== undefined && end <= listedTo;
  const fresh = found.filter((digest) => !isKnown(digest));
  return {
    known: found.filter(isKnown).slice(-DIGESTS_PER_JOB),
    page: fresh.slice(0, DIGESTS_PER_JOB),
    more: fresh.length > DIGESTS_PER_JOB,
  };
}

/** When the bucket itself deletes digests, where some are missing: then that may be why. */
async function expiryOf(
  reports: readonly DigestReport[],
  { sourceOf }: Needs,
): Promise<{ expiryDays?: number }> {
  const missing = reports.find(({ status }) => status === 'missing');
  const expiryDays = missing && (await sourceOf(missing.bucket)?.expiryDays(missing.bucket, missing.key));
  return expiryDays === undefined ? {} : { expiryDays };
}

/** It moves over what can't be read or is wrong: that is on record, and tried again by itself. */
function newHead(digests: readonly DigestReport[], before: ChainHead | undefined): { head?: ChainHead } {
  const newest = digests.find((report) => isProven(report) && !report.name.backfill);
  if (newest?.sha256 === undefined || newest.name.end <= (before?.end ?? '')) return {};
  const { bucket, key, name, sha256, signature, etag, versionId, keySource } = newest;
  return {
    head: {
      place: { bucket, key },
      end: name.end,
      sha256,
      signature: signature ?? null,
      ...(etag === undefined ? {} : { etag }),
      ...(versionId === undefined ? {} : { versionId }),
      ...(keySource === undefined ? {} : { keySource }),
    },
  };
}

/** Reads digests, and those that they point to and that listing did not show: missing, or somewhere else. */
async function readAll(
  chain: ChainId,
  listed: readonly Place[],
  { window, head }: { window: Window; head?: ChainHead },
  needs: Needs,
): Promise<DigestReport[]> {
  const reports: DigestReport[] = [];
  let places = listed;
  while (places.length > 0) {
    const read = await inParallel(places, DIGESTS_AT_ONCE, (place) =>
      readDigest(chain, { bucket: place.bucket, key: place.key }, needs),
    );
    reports.push(...read);
    places = absentPredecessors(reports, window, head);
  }
  return reports;
}
