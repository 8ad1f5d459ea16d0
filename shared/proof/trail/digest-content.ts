import type { Digest } from '../../contracts/aws/cloudtrail-digest';
import { type DigestKey, parseTrailKey } from '../../contracts/aws/trail-object-key';
import { type Fault, SIGNATURE_ALGORITHM } from './digest-signature';
import { type Place, uri } from './verdict';

/** The only one that CloudTrail uses. */
export const HASH_ALGORITHM = 'SHA-256';

/** What CloudTrail would never write, whatever the signature: undefined when there is nothing of it. */
export const checkDigestContent = (place: Place, name: DigestKey, digest: Digest): Fault | undefined =>
  checkPlace(place, name, digest) ??
  checkAlgorithms(digest) ??
  checkPrevious(name, digest) ??
  checkLogFiles(name, digest);

function checkPlace(place: Place, name: DigestKey, digest: Digest): Fault | undefined {
  const { awsAccountId, digestEndTime, digestS3Bucket, digestS3Object } = digest;
  return (
    compare('place', uri({ bucket: digestS3Bucket, key: digestS3Object }), uri(place)) ??
    compare('account', awsAccountId, name.account) ??
    compare('end time', digestEndTime, name.end)
  );
}

const compare = (what: string, stated: string, read: string): Fault | undefined =>
  stated === read
    ? undefined
    : {
        reason: 'wrong-place',
        says: `it states another ${what} than that of the key it was read from`,
        expected: stated,
        computed: read,
      };

function checkAlgorithms(digest: Digest): Fault | undefined {
  const { digestSignatureAlgorithm, previousDigestHashAlgorithm } = digest;
  const unknown = (field: string, expected: string, computed: string): Fault => ({
    reason: 'unknown-algorithm',
    says: `its ${field} is none that CloudTrail uses`,
    expected,
    computed,
  });
  if (digestSignatureAlgorithm !== SIGNATURE_ALGORITHM)
    return unknown('digestSignatureAlgorithm', SIGNATURE_ALGORITHM, digestSignatureAlgorithm);
  if (previousDigestHashAlgorithm !== null && previousDigestHashAlgorithm !== HASH_ALGORITHM)
    return unknown('previousDigestHashAlgorithm', HASH_ALGORITHM, previousDigestHashAlgorithm);
  return undefined;
}

/** Bucket and prefix may change within a chain, account, Region and trail never do. */
function checkPrevious(name: DigestKey, { previousDigestS3Object }: Digest): Fault | undefined {
  if (previousDigestS3Object === null) return undefined;
  const previous = parseTrailKey(previousDigestS3Object);
  const isOfThisChain =
    previous?.kind === 'digest' &&
    previous.account === name.account &&
    previous.region === name.region &&
    previous.homeRegion === name.homeRegion &&
    previous.trail === name.trail;
  return isOfThisChain
    ? undefined
    : {
        reason: 'wrong-shape',
        says: 'its previousDigestS3Object is no digest of the same trail',
        computed: previousDigestS3Object,
      };
}

function checkLogFiles({ account, region }: DigestKey, { logFiles }: Digest): Fault | undefined {
  const seen = new Set<string>();
  for (const { s3Bucket, s3Object } of logFiles) {
    const file = uri({ bucket: s3Bucket, key: s3Object });
    if (seen.has(file)) return { reason: 'duplicate-log', says: 'it lists a log file twice', computed: file };
    seen.add(file);
    const owner = logOwner.exec(s3Object)?.groups;
    if (owner?.['account'] !== account || owner['region'] !== region)
      return {
        reason: 'foreign-log',
        says: `it lists what is no log file of account ${account} in ${region}`,
        computed: file,
      };
  }
  return undefined;
}

/** Looser than `parseTrailKey`: trails deliver more than management events (`CloudTrail-Insight`), and may list it. */
const logOwner =
  /^(?!.*(?:^|\/)\.{0,2}\/)(?:.*\/)?AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?(?<account>\d{12})\/(?<folder>CloudTrail(?:-[A-Za-z]+)?)\/(?<region>[a-z0-9-]+)\/\d{4}\/\d{2}\/\d{2}\/\k<account>_\k<folder>_\k<region>_[A-Za-z0-9_]+\.json\.gz$/;
