import type { ChainId } from '../../shared/proof/trail/verdict';

/** What became of a message: for whoever invokes the function by hand. */
export type Outcome = Readonly<Record<string, unknown>>;

export const nameOf = ({ account, region, homeRegion, trail }: ChainId): string =>
  `${account} ${region} ${homeRegion}/${trail}`;
