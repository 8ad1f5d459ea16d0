import { isAscii, isUtf8 } from 'node:buffer';
import { type ByteSource, textBytes, Unreadable } from './bytes';
import type { InputFile } from './files';
import { type Frame, Framer } from './frames';
import type { Position, Problem } from './problem';

/** One JSON value of a file: a line, a text, or an entry of its one long list. */
export interface JsonRecord {
  readonly kind: 'record';
  readonly file: string;
  readonly position: Position;
  readonly value: unknown;
  /** What stands around a list whose entries came before, one by one: the list is empty in it. */
  readonly isAround: boolean;
}

export interface JsonSource extends ByteSource {
  /** Larger values are passed by, each with its problem. */
  readonly largestValue?: number;
}

const LARGEST_VALUE = 32 * 2 ** 20;

/**
 * The JSON values of a file, whatever holds them together: one text or several, lines, an array, or an object around
 * a list of AWS (`configurationItems`, `Records`). A file of any size is read in little memory. What is broken comes
 * as a problem, and what stands before and after it as records.
 */
export async function* readJson(file: InputFile, source: JsonSource): AsyncGenerator<JsonRecord | Problem> {
  const framer = new Framer({ valueBytes: source.largestValue ?? LARGEST_VALUE });
  const records = new RecordReader(file.name);
  try {
    for await (const bytes of textBytes(file, source)) {
      for (const frame of framer.push(bytes)) for (const record of records.of(frame)) yield record;
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    // A file that is none from its first byte on has no place to point at.
    yield records.problem(error.message, framer.hasContent ? framer.position : undefined);
    return;
  }
  if (source.stop.aborted) return;
  for (const frame of framer.end()) yield* records.of(frame);
  if (!framer.hasContent) yield records.problem('it holds nothing');
}

/** Parses the frames of one file, and counts them. */
class RecordReader {
  #count = 0;

  constructor(private readonly file: string) {}

  problem(reason: string, position?: Position): Problem {
    return { kind: 'problem', file: this.file, ...(position ? { position } : {}), reason };
  }

  *of(frame: Frame): Generator<JsonRecord | Problem> {
    const position = { ...frame.start, index: this.#count };
    if (frame.kind === 'unreadable') {
      yield this.problem(frame.reason, position);
      return;
    }
    const { bytes, isAround, broken } = frame;
    if (!isAround) this.#count += 1;
    const parsed: Parsed = broken === undefined ? parse(bytes) : { isJson: false, reason: broken };
    if (parsed.isJson) {
      yield { kind: 'record', file: this.file, position, value: parsed.value, isAround };
      return;
    }
    const lines = isAround ? [] : linesOf(bytes, position);
    if (lines.some(({ value }) => value !== undefined)) yield* this.#byLines(lines);
    else yield this.problem(parsed.reason, moved(position, bytes, parsed.at));
  }

  /** A line that lacks its end takes those after it along: each that is a value by itself is one. */
  *#byLines(lines: readonly Line[]): Generator<JsonRecord | Problem> {
    let isBroken = false;
    for (const { start, value, reason } of lines) {
      if (value !== undefined) {
        yield { kind: 'record', file: this.file, position: start, value, isAround: false };
      } else if (!isBroken) {
        yield this.problem(reason, start);
      }
      isBroken = value === undefined;
    }
  }
}

type Parsed =
  | { readonly isJson: true; readonly value: unknown }
  /** `at`: characters before the mistake, where the parser tells. */
  | { readonly isJson: false; readonly reason: string; readonly at?: number };

function parse(bytes: Buffer): Parsed {
  const encoding = isAscii(bytes) ? 'latin1' : isUtf8(bytes) ? 'utf8' : undefined;
  if (encoding === undefined) return { isJson: false, reason: 'it is not UTF-8 text' };
  try {
    return { isJson: true, value: JSON.parse(bytes.toString(encoding)) };
  } catch (error) {
    const [reason = '', at] = (error as Error).message.split(/ in JSON at position (\d+)/);
    return { isJson: false, reason: `invalid JSON: ${reason}`, ...(at ? { at: Number(at) } : {}) };
  }
}

/** The position so many characters on in a value. */
function moved(position: Position, bytes: Buffer, characters = 0): Position {
  if (characters === 0) return position;
  const before = Buffer.from(bytes.toString('utf8').slice(0, characters));
  const lines = before.filter((byte) => byte === NEW_LINE).length;
  const lastLine = before.length - before.lastIndexOf(NEW_LINE) - 1;
  return {
    ...position,
    line: position.line + lines,
    column: lines === 0 ? position.column + before.length : lastLine + 1,
    byte: position.byte + before.length,
  };
}

const NEW_LINE = 0x0a;

interface Line {
  readonly start: Position;
  /** Undefined when the line is no object by itself. */
  readonly value?: object;
  readonly reason: string;
}

/** The lines of a value that has several, but for blank ones. */
function linesOf(bytes: Buffer, position: Position): Line[] {
  const lines: Line[] = [];
  const last = bytes.lastIndexOf(NEW_LINE);
  // Many a broken value is one line, and the break after it.
  if (last < 0 || (bytes.indexOf(NEW_LINE) === last && isBlank(bytes.subarray(last)))) return [];
  for (let [start, count] = [0, 0]; start < bytes.length; count += 1) {
    const newLine = bytes.indexOf(NEW_LINE, start);
    const end = newLine < 0 ? bytes.length : newLine;
    const at =
      count === 0
        ? position
        : { ...position, line: position.line + count, column: 1, byte: position.byte + start };
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) lines.push(lineOf(line, at));
    start = end + 1;
  }
  return lines;
}

const isBlank = (bytes: Buffer): boolean => bytes.toString('latin1').trim() === '';

/** Only an object at the line's very beginning counts, so that indented parts of a larger one are none. */
function lineOf(bytes: Buffer, start: Position): Line {
  const text = bytes.toString('latin1').trimEnd();
  const parsed = parse(bytes.subarray(0, text.endsWith(',') ? text.length - 1 : text.length));
  if (!parsed.isJson) return { start, reason: parsed.reason };
  const { value } = parsed;
  return text.startsWith('{') && typeof value === 'object' && value !== null
    ? { start, value, reason: '' }
    : { start, reason: 'this line is no JSON object' };
}
