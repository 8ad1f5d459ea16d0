/**
 * Text that comes from the watched account, and so maybe from an attacker, made fit to stand in an alert: on one line,
 * without control, bidirectional, invisible and markup characters, with addresses that no mail client makes a link of.
 */
export function asReported(text: string, maxLength = 200): string {
  const cleaned = text
    .replace(INVISIBLE, '')
    .replace(CONTROL, ' ')
    .replace(/[<>]/g, (bracket) => (bracket === '<' ? '‹' : '›'))
    .replace(/`/g, "'")
    .replace(/\bhttp(s?):/gi, 'hxxp$1:')
    .replace(/:\/\//g, '[://]')
    .replace(/\b(javascript|data|mailto|tel):/gi, '$1[:]')
    .replace(HOST_NAME, (host) => host.replaceAll('.', '[.]'))
    .replace(/@(everyone|here|channel)\b/gi, '(at)$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shortened(cleaned, maxLength);
}

/** Control characters of both sets, and the line and paragraph separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be found
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Characters that format without showing (bidirectional marks and zero widths among them), fillers, and variants. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Format}/gu;

const HOST_NAME = /\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b/gi;

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
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?');
