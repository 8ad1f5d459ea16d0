import { activityIndex } from '../../shared/aws/activity-index';
import { findingsClient } from '../../shared/aws/findings-reader';
import { logBucket } from '../../shared/aws/log-bucket';
import { remediationsTable, storedRuns } from '../../shared/aws/remediations-table';
import { trailService } from '../../shared/aws/trail-service';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { keysOf } from '../../shared/findings/links';
import type { OpenTable } from '../findings/open-table';
import type { Shell } from '../shell';
import type { EvidenceSources } from './gather';
import { runEvidence } from './runs';

/** AWS, as the table's place has it: the table itself, the buckets, and the keys of CloudTrail. */
export function awsSources(
  { name, place }: Pick<OpenTable, 'name' | 'place'>,
  shell: Shell,
): EvidenceSources {
  const client = findingsClient(place);
  const witnesses = witnessesTable(name, client);
  const index = activityIndex(name, client);
  const runs = remediationsTable(name, () => shell.now().toISOString(), client);
  const bucket = logBucket({ ...place, env: shell.env });
  const { region: _, ...anywhere } = place;
  const service = trailService(anywhere);
  return {
    witness: (witness) => witnesses.read(witness),
    read: (at, limit) => bucket.read(at, limit),
    keys: (region, from, to) => service.publicKeys(region, from, to),
    runs: async ({ id }) => runEvidence(await storedRuns(name, client).all(id), runs),
    async items(finding) {
      const found = [];
      for (const time of observedTimes(finding)) {
        found.push(...(await index.items(keysOf(finding), time, time)));
      }
      return found;
    },
  };
}

/** When that was captured which began and ended exposures, and what was judged last; oldest first, each once. */
function observedTimes({ links = [], judgement }: Finding): string[] {
  const times = [...links.map(({ observedAt }) => observedAt), judgement?.observedAt];
  return [...new Set(times.filter((time) => time !== undefined))].sort();
}
