/**
 * Text as one word of a shell's command line. Undefined for what can't be seen for what it is: a command with it
 * would not be the one that its reader takes it for.
 */
export function shellWord(text: string): string | undefined {
  if (/^[\w./:@%+,][\w./:@%+,=-]*$/.test(text)) return text;
  return /^[\x20-\x7e]+$/.test(text) ? `'${text.replaceAll("'", String.raw`'\''`)}'` : undefined;
}

/** The words of a command, those that are none of ours as `shellWord` has them; undefined when one has none. */
export function command(fixed: TemplateStringsArray, ...texts: readonly string[]): string | undefined {
  const words = texts.map(shellWord);
  return words.every((word) => word !== undefined) ? String.raw({ raw: fixed.raw }, ...words) : undefined;
}
