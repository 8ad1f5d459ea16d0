import { createHash } from 'node:crypto';
import type { Digest } from '../../shared/contracts/aws/cloudtrail-digest';
import { type DigestKey, digestKey } from '../../shared/contracts/aws/trail-object-key';
import type { ChainHead } from '../../shared/proof/trail/chain';
import type { ChainId } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';

export const chain: ChainId = {
  account: '111122223333',
  region: 'eu-west-1',
  homeRegion: 'eu-west-1',
  trail: 'audit',
};

/** So many hours after the midnight at which these stories begin; fractions are minutes. */
export const at = (hour: number): string =>
  new Date(Date.UTC(2024, 6, 31) + Math.round(hour * 60) * 60_000).toISOString().replace('.000Z', 'Z');

const hex = (text: string) => createHash('sha256').update(text).digest('hex');

interface Unlike {
  /** Hour at which it begins: one before its end. */
  readonly start?: number;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly backfill?: boolean;
  /** Makes other content. */
  readonly variant?: string;
}

/** A digest with a valid signature that ends at an hour, and follows another; a starting digest follows none. */
export function digestAt(
  end: number,
  previous?: DigestReport,
  { start = end - 1, bucket = 'trail-logs', prefix = '', backfill = false, variant = '' }: Unlike = {},
): DigestReport {
  const name: DigestKey = { kind: 'digest', prefix, ...chain, end: at(end), backfill };
  const digest: Digest = {
    awsAccountId: chain.account,
    digestStartTime: at(start),
    digestEndTime: at(end),
    digestS3Bucket: bucket,
    digestS3Object: digestKey(name),
    digestPublicKeyFingerprint: 'f1',
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: null,
    oldestEventTime: null,
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.sha256 ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: [],
  };
  const sha256 = hex(`${variant}${JSON.stringify(digest)}`);
  return {
    kind: 'digest',
    bucket,
    key: digest.digestS3Object,
    name,
    status: 'valid',
    digest,
    sha256,
    signature: hex(`signed ${sha256}`),
    fingerprint: 'f1',
    keySource: { from: 'ListPublicKeys', where: chain.region },
  };
}

/** One digest after the other, oldest first: the first ends at `from`, the last at `to`. */
export function digestsFrom(from: number, to: number, previous?: DigestReport): DigestReport[] {
  const made: DigestReport[] = [];
  for (let end = from; end <= to; end += 1) made.push(digestAt(end, made.at(-1) ?? previous));
  return made;
}

const place = ({ kind, bucket, key, name }: DigestReport) => ({ kind, bucket, key, name }) as const;

export const deleted = (report: DigestReport): DigestReport => ({
  ...place(report),
  status: 'missing',
  reason: 'not-found',
});

export const unread = (report: DigestReport): DigestReport => ({
  ...place(report),
  status: 'unverifiable',
  reason: 'archived',
  says: 'InvalidObjectState',
});

/** Rewritten, so that neither its signature nor its hash is right. */
export const rewritten = (report: DigestReport): DigestReport => ({
  ...report,
  status: 'invalid',
  reason: 'signature-mismatch',
  sha256: hex(`rewritten ${report.sha256}`),
});

export const resigned = (report: DigestReport): DigestReport => ({
  ...report,
  status: 'invalid',
  reason: 'signature-mismatch',
  signature: hex('somebody else'),
});

export const unsigned = ({ signature: _, keySource: __, ...report }: DigestReport): DigestReport => ({
  ...report,
  status: 'unsigned',
  reason: 'no-signature',
  says: 'its metadata hold no signature',
});

export const ofUnknownKey = (report: DigestReport): DigestReport => ({
  ...report,
  status: 'unknown-key',
  reason: 'fingerprint-unknown',
});

export const headAt = ({ bucket, key, name, sha256 = '', signature }: DigestReport): ChainHead => ({
  place: { bucket, key },
  end: name.end,
  sha256,
  signature: signature ?? null,
});
