import type { Listed } from '../proof/trail/source';

/**
 * S3's answers in XML, as far as we read them. S3 writes no comments, CDATA or DOCTYPE, gives the elements read here
 * no attributes, and escapes all text in them, so that a tag is never part of a key.
 */

/** Contents of the elements of that name, which must not nest. */
const elements = (xml: string, name: string): string[] =>
  Array.from(xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs')), ([, content]) => content ?? '');

/** The text of the first element of that name. */
function text(xml: string, name: string): string | undefined {
  const from = xml.indexOf(`<${name}>`);
  const to = xml.indexOf(`</${name}>`, from);
  return from === -1 || to === -1 ? undefined : unescaped(xml.slice(from + name.length + 2, to));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (escaped: string) =>
  escaped.includes('&')
    ? escaped.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{1,4}));/gi, (whole, decimal, hex, name) => {
        if (name !== undefined) return entities[name] ?? whole;
        const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
        return point > 0x10ffff ? whole : String.fromCodePoint(point);
      })
    : escaped;

/** What `encoding-type=url` makes of a key: a form's encoding, in which a space is `+`. */
const decodeName = (encoded: string) => decodeURIComponent(encoded.replaceAll('+', ' '));

/** S3's answer is not the document that it should be. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

export interface Page {
  readonly objects: readonly Listed[];
  readonly folders: readonly string[];
  /** Where the next page begins; undefined on the last. */
  readonly next?: string;
}

/**
 * An answer of ListObjectsV2 to a request with `encoding-type=url`.
 * @throws UnreadableAnswer
 */
export function readPage(xml: string): Page {
  const truncated = text(xml, 'IsTruncated');
  const next = text(xml, 'NextContinuationToken');
  if (!xml.trimEnd().endsWith('</ListBucketResult>') || (truncated === 'true') !== (next !== undefined)) {
    throw new UnreadableAnswer('the list of objects is not a whole ListBucketResult');
  }
  try {
    return {
      objects: elements(xml, 'Contents').map(readObject),
      folders: elements(xml, 'CommonPrefixes').map((folder) => decodeName(text(folder, 'Prefix') ?? '')),
      ...(next === undefined ? {} : { next }),
    };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new UnreadableAnswer('the list of objects has a key that is not URL-encoded');
  }
}

function readObject(xml: string): Listed {
  const [key, size, etag, lastModified] = ['Key', 'Size', 'ETag', 'LastModified'].map((name) =>
    text(xml, name),
  );
  if (key === undefined || size === undefined || !/^\d{1,15}$/.test(size)) {
    throw new UnreadableAnswer('the list of objects has one without key or size');
  }
  return {
    key: decodeName(key),
    size: Number(size),
    ...(etag === undefined ? {} : { etag: bareEtag(etag) }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** An ETag as S3's events have it: without the quotes that HTTP puts around it. */
export const bareEtag = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');

/** What S3 says in the body of a refusal: `AccessDenied`, `Access Denied`. */
export const readError = (xml: string): { readonly code?: string; readonly message?: string } => {
  const [code, message] = [text(xml, 'Code'), text(xml, 'Message')];
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
};

/**
 * Days after which a bucket deletes all objects below a prefix by itself, by its lifecycle configuration.
 * @returns undefined when no rule in force covers all of them by a number of days
 */
export function readExpiryDays(xml: string, prefix: string): number | undefined {
  const days = elements(xml, 'Rule')
    .filter(
      (rule) =>
        text(rule, 'Status') === 'Enabled' &&
        prefix.startsWith(text(rule, 'Prefix') ?? '') &&
        // Such a rule is about some of the objects only.
        !/<(Tag|ObjectSize\w+)>/.test(rule),
    )
    .flatMap((rule) => elements(rule, 'Expiration'))
    .map((expiration) => Number(text(expiration, 'Days') ?? 0))
    .filter((number) => number > 0);
  return days.length === 0 ? undefined : Math.min(...days);
}
