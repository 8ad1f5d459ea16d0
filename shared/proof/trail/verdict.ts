/**
 * What verification can say about a file. Never confused: `invalid` is a file that was read and is wrong, `missing`
 * one that a proven digest points to and that is not there, `unverifiable` one that could not be read this time.
 *
 * - `valid`: proven by CloudTrail's signature, or, of a log file, by the hash in a proven digest.
 * - `unknown-key`: signed with a key that ListPublicKeys does not know, or that was not in force.
 * - `unsigned`: the object's metadata holds no signature.
 * - `unreferenced`: a log file that no digest lists.
 */
export const statuses = [
  'valid',
  'invalid',
  'missing',
  'unknown-key',
  'unsigned',
  'unreferenced',
  'unverifiable',
] as const;
export type Status = (typeof statuses)[number];

/** Why bytes are not the gzip of one file: RFC 1952 read strictly, a single member and nothing after it. */
export type GzipFault =
  | 'empty'
  | 'not-gzip'
  | 'corrupt'
  | 'truncated'
  | 'checksum-mismatch'
  | 'several-members'
  | 'trailing-bytes'
  | 'too-large';

/** Why a file is what its status says. */
export type Reason =
  | GzipFault
  | 'not-json'
  | 'wrong-shape'
  | 'wrong-place'
  | 'unknown-algorithm'
  | 'duplicate-log'
  | 'foreign-log'
  | 'signature-not-hex'
  | 'signature-mismatch'
  | 'hash-mismatch'
  | 'not-found'
  | 'no-signature'
  | 'fingerprint-unknown'
  | 'fingerprint-mismatch'
  | 'key-unreadable'
  | 'key-not-in-force'
  | 'not-listed'
  | Unread;

/** Why a file, or the keys, could not be read this time. */
export type Unread =
  | 'access-denied'
  | 'archived'
  | 'throttled'
  | 'decryption-denied'
  | 'keys-unreachable'
  | 'unavailable';

/** An object of S3. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key` */
export const uri = ({ bucket, key }: Place): string => `s3://${bucket}/${key}`;

/** One trail's digests of one account in one Region. The home Region belongs to it: names are unique only within one. */
export interface ChainId {
  readonly account: string;
  readonly region: string;
  readonly homeRegion: string;
  readonly trail: string;
}

/** Where the public key came from that a verdict rests on. */
export interface KeySource {
  readonly from: 'ListPublicKeys' | 'file';
  /** The Region that was asked, or the file's path. */
  readonly where: string;
}
