import type { AwsPlace } from '../../shared/aws/operator-place';
import type { KeysAnswer } from '../../shared/proof/trail/public-keys';
import type { ObjectSource } from '../../shared/proof/trail/source';
import type { Shell } from '../shell';
import { chooseTarget } from '../target';
import type { VerifyOptions } from './options';
import type { Witness } from './run';

/** AWS, as far as it is needed. Nothing is loaded or asked before. */
export interface Aws {
  /** All buckets. */
  objects(): Promise<ObjectSource>;
  keys(region: string, from: string, to: string): Promise<KeysAnswer>;
  readonly witness: Witness;
  /** What CloudTrail could not be asked, and why. */
  readonly unasked: ReadonlySet<string>;
}

/** More reasons of one kind tell no more. */
const MOST_REASONS = 5;

export function awsFor(options: VerifyOptions, concurrency: number, shell: Shell): Aws {
  const unasked = new Set<string>();
  const place = once(() => placeFor(options, shell));
  const bucket = once(async () => {
    const { logBucket } = await import('../../shared/aws/log-bucket');
    return logBucket({ ...(await place()), connections: concurrency, env: shell.env });
  });
  const service = once(async () => {
    const { trailService } = await import('../../shared/aws/trail-service');
    const onUnknown = (reason: string) => {
      if (unasked.size < MOST_REASONS) unasked.add(reason);
    };
    return trailService({ ...(await place()), onUnknown });
  });
  const expiries = new Map<string, Promise<number | undefined>>();
  const expiryDays = async (name: string, prefix: string) => (await bucket()).expiryDays(name, prefix);
  return {
    objects: bucket,
    keys: async (region, from, to) => (await service()).publicKeys(region, from, to),
    witness: {
      trailState: async (chain) => (await service()).trailState(chain),
      expiryDays(name, prefix) {
        const known = expiries.get(`${name}/${prefix}`) ?? expiryDays(name, prefix);
        expiries.set(`${name}/${prefix}`, known);
        return known;
      },
    },
    unasked,
  };
}

/** A copy in a folder is all there is: nobody is asked about it but for the keys. */
export const noWitness: Witness = {
  trailState: async () => undefined,
  expiryDays: async () => undefined,
};

async function placeFor({ aws, profile }: VerifyOptions, shell: Shell): Promise<AwsPlace> {
  const own = profile === undefined ? {} : { profile };
  // The endpoint of S3 alone is for the client of S3 to know.
  if (shell.env['AWS_ENDPOINT_URL_S3']) return own;
  const { laptop, place } = await chooseTarget({ ...own, ...(aws ? { aws } : {}) }, shell);
  if (laptop !== undefined) shell.err.write(`Using the ${laptop}\n`);
  return place;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
