import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { bundle } from '../../../cli/evidence/evidence';
import type { EvidenceSources } from '../../../cli/evidence/gather';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../../local/trails/make-trail';
import { objectAt } from '../../../local/trails/objects';
import { cloudTrailRecord, seededRandom } from '../../../local/trails/records';
import { asSource } from '../../../local/trails/sources';
import { parseCloudTrailRecord } from '../../../shared/contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { Call, EventProof, Finding, SealedFile } from '../../../shared/contracts/trailseal/finding';
import { activityOf } from '../../../shared/proof/actor/activity';
import { publicKeys } from '../../../shared/proof/trail/public-keys';
import type { Place } from '../../../shared/proof/trail/verdict';
import { at, joined, open } from '../../support/findings';
import { NOW } from '../test-shell';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

/** A trail in whose second hour a call opened the security group of the tests' finding. */
export function trailWithCall(options: Partial<TrailOptions> = {}): MadeTrail {
  const random = seededRandom('evidence');
  const of = { account: ACCOUNT, region: REGION, eventTime: '2026-01-31T08:58:00Z' };
  const others = Array.from({ length: 4 }, () => cloudTrailRecord(random, of));
  return makeTrail({
    account: ACCOUNT,
    region: REGION,
    from: '2026-01-31T08:00:00Z',
    hours: 2,
    logsPerHour: 2,
    records: (hour, log) =>
      hour === 1 && log === 0
        ? [...others.slice(0, 2), opening, ...others.slice(2)]
        : [cloudTrailRecord(random, of)],
    ...options,
  });
}

export const opening = {
  ...cloudTrailRecord(seededRandom('opening'), {
    account: ACCOUNT,
    region: REGION,
    eventTime: '2026-01-31T08:59:00Z',
  }),
  eventSource: 'ec2.amazonaws.com',
  eventName: 'AuthorizeSecurityGroupIngress',
  requestParameters: { groupId: 'sg-0123456789abcdef0', note: '"; rm -rf / `id` $(id)' },
  responseElements: { _return: true },
};
export const INDEX = 2;

export const sealed = (made: MadeTrail, place: Place): SealedFile => ({
  ...place,
  sha256: createHash('sha256')
    .update(gunzipSync(objectAt(made.objects, place).body))
    .digest('hex'),
});

export const logOf = (made: MadeTrail): Place => made.logs[2] as Place;
export const digestOf = (made: MadeTrail): Place => made.digests[1] as Place;

export const provenBy = (made: MadeTrail, parts: Partial<EventProof> = {}): EventProof => ({
  state: 'proven',
  says: 'its record stands in a verified log file',
  at: at(10),
  log: sealed(made, logOf(made)),
  index: INDEX,
  digest: sealed(made, digestOf(made)),
  ...parts,
});

export function findingOf(proof: EventProof, record: object = opening): Finding {
  const { finding } = joined([open(at(9))], at(12));
  const call: Call = { ...activityOf(parseCloudTrailRecord(record)), proof };
  return {
    ...finding,
    links: [{ observedAt: at(9), configurationStateId: '1', actor: 'named', calls: [call] }],
  };
}

/** A table and buckets in which all is there, unless told otherwise. */
export const sourcesOf = (made: MadeTrail, parts: Partial<EvidenceSources> = {}): EvidenceSources => ({
  witness: async () => ({ record: opening as unknown as JsonObject }),
  items: async () => [],
  runs: async () => [],
  read: (place, limit) => asSource(made.objects).read(place, limit),
  keys: async (region) => ({
    state: 'known',
    keys: publicKeys(made.publicKeys, { from: 'ListPublicKeys', where: region }),
  }),
  ...parts,
});

export const bundleOf = (finding: Finding, sources: EvidenceSources) =>
  bundle(finding, { finding, seq: 1 }, sources, 'table t in Region eu-central-1', NOW);
