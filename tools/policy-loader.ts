import { readFileSync } from 'node:fs';
import type {
  CompliancePolicy,
  ControlSettings,
  Trails,
} from '../shared/contracts/trailseal/compliance-policy';
import { controls } from '../shared/controls';
import { remediates } from '../shared/controls/scope';
import { compileCompliancePolicy } from '../shared/policy/compliance-yml';
import { type Mistake, printMistakes } from '../shared/policy/mistake';
import { remediations } from '../shared/remediations';

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

/** What a laptop remediates, where the file says nothing else. */
const SAMPLE_REMEDIATED: readonly string[] = [
  'sg-no-world-admin-ipv4',
  'sg-no-world-admin-ipv6',
  's3-bucket-public-access-block',
];

/**
 * Reads and compiles a compliance.yml.
 *
 * On a laptop, where the environment variable TRAILSEAL_SAMPLE_TRAIL is the Region of local AWS, a file that names no
 * bucket gets a sample one, and one that remediates nothing has a few controls ask for approval, so that there is
 * something to see.
 *
 * @param now decides which exemptions have expired
 * @param sample that Region
 * @throws InvalidCompliancePolicy listing every mistake; the file system's error when the file can't be read
 */
export function loadCompliancePolicy(
  file: string,
  now = new Date(),
  sample = process.env['TRAILSEAL_SAMPLE_TRAIL'],
): CompliancePolicy {
  const compiled = compileCompliancePolicy(readFileSync(file, 'utf8'), { controls, remediations, now });
  if ('mistakes' in compiled) throw new InvalidCompliancePolicy(file, compiled.mistakes);
  const { policy } = compiled;
  const region = sampleRegion(sample);
  if (region === undefined) return policy;
  return {
    ...policy,
    ...(policy.trails.buckets.length > 0 ? {} : { trails: { ...policy.trails, ...sampleTrail(region) } }),
    ...(Object.values(policy.controls).some(remediates)
      ? {}
      : { controls: withSampleRemediations(policy.controls) }),
  };
}

/** @throws when what is for a laptop would end up in a deployment */
function sampleRegion(region: string | undefined): string | undefined {
  if (region === undefined || region === '') return undefined;
  if (process.argv.includes('deploy')) throw new Error('TRAILSEAL_SAMPLE_TRAIL is for laptops: unset it');
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(region))
    throw new Error(`TRAILSEAL_SAMPLE_TRAIL: expected a Region such as eu-central-1, found ${region}`);
  return region;
}

/** What local AWS watches. */
const sampleTrail = (region: string): Pick<Trails, 'buckets' | 'topics'> => ({
  buckets: [{ name: 'trailseal-sample-trail', owner: 'self', keys: [] }],
  topics: [`arn:aws:sns:${region}:123456789012:trailseal-sample-trail-digests`],
});

/** What the file has switched off stays off. */
const withSampleRemediations = (given: CompliancePolicy['controls']): CompliancePolicy['controls'] =>
  Object.fromEntries(
    Object.entries(given).map(([id, settings]): [string, ControlSettings] => [
      id,
      SAMPLE_REMEDIATED.includes(id) && settings.mode === 'notify'
        ? { ...settings, mode: 'approve' }
        : settings,
    ]),
  );
