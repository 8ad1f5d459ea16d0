import { readFileSync } from 'node:fs';
import type { CompliancePolicy, Trails } from '../shared/contracts/trailseal/compliance-policy';
import { controls } from '../shared/controls';
import { compileCompliancePolicy } from '../shared/policy/compliance-yml';
import { type Mistake, printMistakes } from '../shared/policy/mistake';
import { remediated } from './remediated';

/** compliance.yml has mistakes: the message prints each with its line. */
export class InvalidCompliancePolicy extends Error {
  override readonly name = 'InvalidCompliancePolicy';

  constructor(
    readonly file: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super(printMistakes(file, mistakes));
  }
}

/**
 * Reads and compiles a compliance.yml.
 *
 * On a laptop, where the environment variable TRAILSEAL_SAMPLE_TRAIL is the Region of local AWS, a file that names no
 * bucket gets a sample one, so that there is something to see.
 *
 * @param now decides which exemptions have expired
 * @throws InvalidCompliancePolicy listing every mistake; the file system's error when the file can't be read
 */
export function loadCompliancePolicy(file: string, now = new Date()): CompliancePolicy {
  const compiled = compileCompliancePolicy(readFileSync(file, 'utf8'), { controls, remediated, now });
  if ('mistakes' in compiled) throw new InvalidCompliancePolicy(file, compiled.mistakes);
  const { policy } = compiled;
  const sample = sampleTrail(process.env['TRAILSEAL_SAMPLE_TRAIL']);
  if (sample === undefined || policy.trails.buckets.length > 0) return policy;
  return { ...policy, trails: { ...policy.trails, ...sample } };
}

/** What local AWS watches. @throws when it would end up in a deployment */
function sampleTrail(region: string | undefined): Pick<Trails, 'buckets' | 'topics'> | undefined {
  if (region === undefined || region === '') return undefined;
  if (process.argv.includes('deploy')) throw new Error('TRAILSEAL_SAMPLE_TRAIL is for laptops: unset it');
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(region))
    throw new Error(`TRAILSEAL_SAMPLE_TRAIL: expected a Region such as eu-central-1, found ${region}`);
  return {
    buckets: [{ name: 'trailseal-sample-trail', owner: 'self', keys: [] }],
    topics: [`arn:aws:sns:${region}:123456789012:trailseal-sample-trail-digests`],
  };
}
