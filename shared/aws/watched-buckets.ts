import type { TrailBucket } from '../contracts/trailseal/compliance-policy';
import { type LogBucket, type LogBucketOptions, logBucket } from './log-bucket';

/** The files of each bucket that compliance.yml names, asked for with the owner that it must have; no other bucket. */
export function watchedBuckets(
  buckets: readonly TrailBucket[],
  self: string,
  options: LogBucketOptions = {},
): (bucket: string) => LogBucket | undefined {
  const clients = new Map<string, LogBucket>();
  return (bucket) => {
    const watched = buckets.find(({ name }) => name === bucket);
    if (watched === undefined) return undefined;
    const owner = watched.owner === 'self' ? self : watched.owner;
    const client = clients.get(owner) ?? logBucket({ ...options, expectedOwner: owner });
    clients.set(owner, client);
    return client;
  };
}
