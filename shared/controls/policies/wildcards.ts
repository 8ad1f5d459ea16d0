/**
 * Whether a pattern of an IAM policy matches a text: `*` stands for any characters, `?` for one. Takes time in
 * proportion to both lengths, whatever the pattern.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let starInText = 0;
  while (inText < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      starInText = inText;
      at += 1;
    } else if (wanted === '?' || wanted === text[inText]) {
      at += 1;
      inText += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      starInText += 1;
      inText = starInText;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/**
 * Whether a pattern matches every text that begins with `start` and goes on by one character or more: all keys of a
 * bucket (`arn:aws:s3:::name/`), all actions of a service (`s3:`).
 */
export function matchesAllBelow(pattern: string, start: string): boolean {
  let end = pattern.length;
  while (end > 0 && '*?'.includes(pattern[end - 1] ?? '')) end -= 1;
  // What stands behind the last letter must take any ending; all letters must be found in the beginning.
  const tail = pattern.slice(end);
  if (!tail.includes('*')) return false;
  const atLeast = tail.replaceAll('*', '').length;
  // One of the `?` may stand for the character that is always there.
  return matchesWildcards(`${pattern.slice(0, end)}${'?'.repeat(Math.max(0, atLeast - 1))}*`, start);
}
