import { type ChainFinding, chainFinding } from './chain-findings';
import type { ChainId } from './verdict';

/** Trails of one name for the same account and Region, which only their home Regions tell apart. */
export function ambiguousTrailNames(chains: readonly ChainId[]): ChainFinding[] {
  const homes = new Map<string, Set<string>>();
  for (const { account, region, trail, homeRegion } of chains) {
    const name = `${trail} of ${account} in ${region}`;
    homes.set(name, (homes.get(name) ?? new Set()).add(homeRegion));
  }
  return [...homes]
    .filter(([, regions]) => regions.size > 1)
    .map(([name, regions]) =>
      chainFinding(
        'ambiguous-trail-names',
        `${regions.size} trails are called ${name}: of ${[...regions].sort().join(', ')}`,
      ),
    );
}
