import type { Place, Unread } from './verdict';

/** An object of which some bytes came and the rest can't be had this time: says nothing about the object. */
export class BodyUnread extends Error {
  override readonly name = 'BodyUnread';

  constructor(
    readonly reason: Unread,
    detail: string,
  ) {
    super(`the rest of the object can't be read: ${detail}`);
  }
}

/** An object as it was found. `missing` is said only of what is known not to be there; a 403 is `unread`. */
export type Fetched<Body> =
  | {
      readonly state: 'found';
      readonly body: Body;
      /** The user metadata, names in lower case without `x-amz-meta-`. */
      readonly metadata: Readonly<Record<string, string>>;
      /** Of the stored (compressed) bytes; undefined where the source doesn't say. */
      readonly size?: number;
      readonly etag?: string;
      readonly versionId?: string;
    }
  | { readonly state: 'missing' }
  /** Larger than was asked for: nothing that CloudTrail writes. */
  | { readonly state: 'too-large'; readonly limit: number }
  | { readonly state: 'unread'; readonly reason: Unread; readonly detail: string };

export interface Listed {
  readonly key: string;
  readonly size: number;
  readonly etag?: string;
  /** ISO 8601 in UTC. */
  readonly lastModified?: string;
}

/** Where files of CloudTrail are kept: S3, or a folder with copies of its objects. */
export interface ObjectSource {
  /** Keys in UTF-8 order that begin with `prefix` and come after `after`. Throws what listing itself throws. */
  list(bucket: string, prefix: string, after?: string): AsyncIterable<Listed>;
  /** The names right below a prefix up to the next `/`, each with it: `AWSLogs/111122223333/`. */
  folders(bucket: string, prefix: string): Promise<string[]>;
  /** The whole object as stored. One larger than `limit` bytes is not read on: `too-large`. */
  read(place: Place, limit: number): Promise<Fetched<Buffer>>;
  /** The object's stored bytes as they come; they may throw `BodyUnread`. The caller reads to the end or breaks off. */
  stream(place: Place): Promise<Fetched<AsyncIterable<Buffer>>>;
  /** As `read`, without the bytes. */
  head(place: Place): Promise<Fetched<undefined>>;
}
