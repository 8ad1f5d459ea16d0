/**
 * Text that comes from the watched account, and so maybe from an attacker, made fit to stand in an alert: on one line,
 * without control, bidirectional, invisible and markup characters, with addresses that no mail client makes a link of.
 */
export function asReported(text: string, maxLength = 200): string {
  // What doesn't show can make a text long, but need not be read to its end.
  const readable = text.slice(0, maxLength * 10);
  const cleaned = readable
    .normalize('NFKC')
    .replace(UNPRINTABLE, '\ufffd')
    .replace(INVISIBLE, '')
    .replace(STACKED_MARKS, '$1')
    .replace(SPACE, ' ')
    .replace(/[<>]/g, (bracket) => (bracket === '<' ? '‹' : '›'))
    .replace(/`/g, "'")
    .replace(/http(s?):/gi, 'hxxp$1:')
    .replace(/(?<!\[):\/\//g, '[://]')
    .replace(/(javascript|mailto|\b(?:data|tel|sms|file)):(?=\S)/gi, '$1[:]')
    .replace(NETWORK_SHARE, '\\')
    .replace(DOT_IN_HOST_NAME, '[.]')
    .replace(/@(everyone|here|channel)\b/gi, '(at)$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shortened(readable.length < text.length ? `${cleaned}…` : cleaned, maxLength);
}

/**
 * The path of a property, which is made of AWS's own names, so that people find it again by searching for it. Only a
 * dot that ends like a host name (`configuration.name`) is kept from becoming a link.
 */
export const pathAsReported = (path: string): string =>
  /^[\w.[\]-]{1,300}$/.test(path) ? path.replace(/\.(?=[a-z]{2,}(?![\w.-]))/g, '[.]') : asReported(path);

/** The path of a property whose names may be a user's own, such as keys of tags: slashes make no host names. */
export const foreignPath = (path: string, maxLength = 200): string =>
  asReported(path.replaceAll('.', '/'), maxLength);

/** Control characters of both sets, the line and paragraph separators, and every kind of space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be found
const SPACE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Space_Separator}]/gu;

/**
 * Characters that format without showing (bidirectional marks and zero widths among them), fillers, variants, and the
 * empty Braille pattern.
 */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Format}|\u2800/gu;

/** Halves of characters, characters of nobody's or of one's own alphabet. */
const UNPRINTABLE = /\p{Surrogate}|\p{Unassigned}|\p{Private_Use}/gu;

/** More marks than any script puts on one letter reach into the lines above and below. */
const STACKED_MARKS = /(\p{Mark}{3})\p{Mark}+/gu;

/** `\\server\share` */
const NETWORK_SHARE = /\\{2,}/g;

/** Before what could be a top-level domain, in any alphabet. */
const DOT_IN_HOST_NAME = /(?<=[^\s.])[.。](?=[\p{Letter}\p{Mark}]{2})/gu;

/** Cut to a length in code points, with a mark that it was. */
export function shortened(text: string, maxLength: number): string {
  const points = [...text];
  return points.length <= maxLength ? text : `${points.slice(0, maxLength - 1).join('')}…`;
}

/** The printable ASCII of a text, for places that take nothing else. */
export const asAscii = (text: string): string =>
  text
    .replaceAll('…', '~')
    .replaceAll('‹', '(')
    .replaceAll('›', ')')
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\x20-\x7e]|[<>`]/gu, '?');
