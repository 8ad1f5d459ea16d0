/**
 * What a terminal would act on or hide, beside the control characters that JSON escapes by itself. Programs read the
 * same text from the escapes.
 */
const UNSAFE =
  /[\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Format}\p{Co}]/gu;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');

/** One document, for people too. */
export const jsonText = (value: unknown): string => `${safe(JSON.stringify(value, null, 2))}\n`;

/** One line. */
export const jsonLine = (value: unknown): string => `${safe(JSON.stringify(value))}\n`;

/** They can stand within strings only: JSON has none of them elsewhere. */
const safe = (json: string): string => json.replace(UNSAFE, escaped);
