/**
 * A regular expression (as source) for text that equals the operand when case is ignored the way event-ruler
 * does: unit by unit, each accepting its own lower case or its own upper case. So "ß" accepts "SS", but "ss"
 * does not accept "ß", and "İ" accepts the two characters of "i̇".
 */
export function ignoreCaseSource(operand: string): string {
  let source = '';
  for (let i = 0; i < operand.length; i++) {
    const unit = operand.charAt(i);
    const lower = spelled(unit.toLowerCase());
    const upper = spelled(unit.toUpperCase());
    source += lower === upper ? lower : `(?:${lower}|${upper})`;
  }
  return source;
}

function spelled(text: string): string {
  let source = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // event-ruler encodes each half of a surrogate pair on its own, and Java writes a lone half as "?": an
    // operand with an emoji never matches that emoji, neither here nor on AWS.
    const encoded = code >= 0xd800 && code <= 0xdfff ? 0x3f : code;
    source += `\\u${encoded.toString(16).padStart(4, '0')}`;
  }
  return source;
}
