/** What a listing asks for. */
export interface ListQuery {
  prefix: string;
  /** Keys are folded into what they begin with up to the first of these after the prefix. */
  delimiter: string;
  /** A key or a common prefix: the listing begins after it. */
  after: string;
  limit: number;
}

export interface KeyPage {
  keys: string[];
  commonPrefixes: string[];
  /** Where the next page goes on; undefined when nothing is left. */
  next?: string;
}

/** Keys in the order of their UTF-8 bytes, as S3 lists them. */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    const last = this.#keys.at(-1);
    if (last === undefined || compareKeys(last, key) < 0) {
      this.#keys.push(key);
      return;
    }
    const at = this.#firstNotBefore(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
  }

  delete(key: string): void {
    const at = this.#firstNotBefore(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  /** The keys that begin with the prefix. */
  *startingWith(prefix: string, after = ''): Iterable<string> {
    const from = compareKeys(after, prefix) < 0 ? prefix : after;
    for (let i = this.#firstNotBefore(from); i < this.#keys.length; i += 1) {
      const key = this.#keys[i] as string;
      if (!key.startsWith(prefix)) return;
      if (key !== after) yield key;
    }
  }

  /** One page; `isListed` leaves out keys whose newest version is a delete marker. */
  page({ prefix, delimiter, after, limit }: ListQuery, isListed: (key: string) => boolean): KeyPage {
    const page: KeyPage = { keys: [], commonPrefixes: [] };
    // A page that ended with a common prefix: all that it stands for has been told.
    const told =
      delimiter !== '' && after.endsWith(delimiter) && after.startsWith(prefix) ? after : undefined;
    let last: string | undefined;
    for (const key of this.startingWith(prefix, after)) {
      if ((told !== undefined && key.startsWith(told)) || !isListed(key)) continue;
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
      if (end >= 0 && entry === last) continue;
      if (page.keys.length + page.commonPrefixes.length >= limit) {
        return last === undefined ? page : { ...page, next: last };
      }
      (end < 0 ? page.keys : page.commonPrefixes).push(entry);
      last = entry;
    }
    return page;
  }

  #firstNotBefore(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#keys[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** UTF-8 order. It differs from that of JavaScript's strings for characters beyond U+FFFF alone. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** A key as S3 writes it in notifications and url-encoded listings: slashes stay, a blank becomes `+`. */
export const urlEncodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/%2F/g, '/')
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
