import { createHash } from 'node:crypto';
import type { DigestRow } from '../../shared/aws/chains-table';
import { parseDigest } from '../../shared/contracts/aws/cloudtrail-digest';
import { parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import { relinkFinding } from '../../shared/findings/record';
import type { Witness } from '../../shared/findings/witnesses';
import { judgeRecord, type SealedPlaces } from '../../shared/proof/seal/judge-record';
import type { FoundRecord } from '../../shared/proof/seal/records-wanted';
import { DIGEST_LIMIT, inflate } from '../../shared/proof/trail/gzip';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { learn } from './learn';
import type { Needs } from './needs';
import { STORED_DIGEST_LIMIT } from './read-digest';
import type { FoundInLog } from './scan-log';
import type { Waiting } from './waiting';

/** Seals what is found in the log files of one digest. */
export interface Sealer {
  /** Repeating it changes nothing. @throws what storing copies, and writing to the table, throw */
  seal(found: FoundInLog): Promise<void>;
}

type SealedDigest = Pick<SealedPlaces, 'digest' | 'key'>;

/**
 * Copies of log file and digest first, then what is proven by them, then the findings that rest on it.
 * @param row of a digest that is proven
 */
export function sealer(chain: ChainId, row: DigestRow, waiting: Waiting, needs: Needs): Sealer {
  let kept: Promise<SealedDigest | undefined> | undefined;

  async function copies(found: FoundInLog): Promise<SealedPlaces | undefined> {
    kept ??= keepDigest(row, needs);
    const digest = await kept.catch((error: unknown) => {
      // The next log file of this digest has another try.
      kept = undefined;
      throw error;
    });
    if (digest === undefined) return undefined;
    const { listed, body, metadata } = found;
    const place = { bucket: listed.s3Bucket, key: listed.s3Object };
    const key = await needs.evidence.keep({ ...place, body, metadata });
    const copy = { bucket: needs.evidence.name, key };
    return { ...digest, log: { ...place, sha256: listed.hashValue, copy } };
  }

  async function sealOne(
    witness: Witness,
    records: readonly FoundRecord[],
    found: FoundInLog,
  ): Promise<void> {
    // Of a record that was too large to be kept there is nothing to compare.
    if (Object.keys(witness.record).length === 0) return;
    if (judgeRecord(witness, unsealed, records, needs.now()) === undefined) return;
    const places = await copies(found);
    const proof = places && judgeRecord(witness, places, records, needs.now());
    if (proof) await learn(witness, proof, needs);
  }

  return {
    async seal(found) {
      for (const witness of waiting.witnesses) await sealOne(witness, found.records, found);
      for (const call of found.calls) {
        await needs.index.putCall(call.record);
        const items = call.item.flatMap((item) => waiting.items[item] ?? []);
        for (const { sought } of items) await relinkAll(sought.item.findings, needs);
        const { eventTime, eventID } = parseCloudTrailRecord(call.record);
        const awaited = await needs.witnesses.read({ account: chain.account, eventTime, eventID });
        // Its findings have only now begun to wait for it: it must not be read a second time for that.
        if (awaited) await sealOne(awaited, [call], found);
      }
    },
  };
}

export async function relinkAll(
  findings: readonly string[],
  { record }: Pick<Needs, 'record'>,
): Promise<void> {
  for (const id of findings) await relinkFinding(id, record);
}

/** Stands for copies that are only made where there is something to seal. */
const nowhere = { bucket: '', key: '', sha256: '' };
const unsealed: SealedPlaces = {
  log: nowhere,
  digest: nowhere,
  key: { fingerprint: '', from: '', where: '' },
};

/** Undefined when the digest is not there any more as it was proven: that is found out, and told, by itself. */
async function keepDigest(
  { place, sha256, keySource }: DigestRow,
  { sourceOf, evidence }: Needs,
): Promise<SealedDigest | undefined> {
  const fetched = await sourceOf(place.bucket)?.read(place, STORED_DIGEST_LIMIT);
  if (fetched?.state !== 'found' || sha256 === undefined) return undefined;
  const inflated = inflate(fetched.body, DIGEST_LIMIT);
  if (inflated.state === 'broken') return undefined;
  if (createHash('sha256').update(inflated.bytes).digest('hex') !== sha256) return undefined;
  const { digestPublicKeyFingerprint: fingerprint } = parseDigest(JSON.parse(inflated.bytes.toString()));
  const key = await evidence.keep({ ...place, body: fetched.body, metadata: fetched.metadata });
  return {
    digest: { ...place, sha256, copy: { bucket: evidence.name, key } },
    // One without a signature of its own is proven by the hash in the next.
    key: { fingerprint, ...(keySource ?? { from: 'successor', where: 'the digest that follows' }) },
  };
}
