/** A place in the text of a file; of a gzipped file, in what was in it. */
export interface Position {
  /** From 1, as editors count. */
  readonly line: number;
  /** From 1, in bytes. */
  readonly column: number;
  /** Bytes before it. */
  readonly byte: number;
  /** How many records of the file come before the one that stands here. */
  readonly index?: number;
}

/** What could not be read, and why. Texts in it may be hostile: print them by `printable`. */
export interface Problem {
  readonly kind: 'problem';
  readonly file: string;
  /** Left out where the whole file is meant. */
  readonly position?: Position;
  readonly reason: string;
}

/** Lines past this are not for editors, but what a program wrote without a break. */
const LONGEST_LINE = 10_000;

/** `events.jsonl:12:5: expected …`, or `snapshot.json.gz: byte 734003210, record 4711: expected …`. */
export function problemText({ file, position, reason }: Problem): string {
  if (position === undefined) return `${file}: ${reason}`;
  const { line, column, byte, index } = position;
  if (column <= LONGEST_LINE) return `${file}:${line}:${column}: ${reason}`;
  return `${file}: byte ${byte}${index === undefined ? '' : `, record ${index + 1}`}: ${reason}`;
}
