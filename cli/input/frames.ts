import type { Position } from './problem';

/** The bytes of one JSON value, as yet unparsed; or what is wrong where there is none. */
export type Frame =
  | {
      readonly kind: 'value';
      readonly start: Position;
      readonly bytes: Buffer;
      /** It is what stands around a list whose entries have been framed one by one; the list is empty in it. */
      readonly isAround: boolean;
      /** Why it can be no JSON, where that is known before it is parsed. */
      readonly broken?: string;
    }
  | { readonly kind: 'unreadable'; readonly start: Position; readonly reason: string };

export interface FrameLimits {
  /** A larger value is passed by. */
  readonly valueBytes: number;
}

/** Lists that stand right in an outermost object and can be as long as a file: their entries are framed one by one. */
const LONG_LISTS = /"(?:configurationItems|baseConfigurationItems|Records|Messages)"\s*:\s*$/;
/** How far back such a name is looked for. */
const LOOK_BACK = 64;
/** AWS's own values nest some twenty levels deep. */
const DEEPEST = 512;
/** Lists around a value: more is no file that anyone writes. */
const MOST_LISTS = 64;

const TAB = 0x09;
const NEW_LINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Stands for all that ends a value. */
const OTHER = 0;

const EMPTY_LIST = Buffer.from('[]');

/** A value whose end has not come yet. */
interface OpenValue {
  readonly start: Position;
  /** Its bytes from chunks before this one. */
  held: Buffer[];
  heldBytes: number;
  /** Where its bytes begin in this chunk. */
  from: number;
  /** Whether long lists in it are to be framed by entry: not within such a list. */
  readonly mayHoldLists: boolean;
  isAround: boolean;
  isTooLarge: boolean;
  isTooDeep: boolean;
  /** A line ended in it between two tokens. */
  hasLines: boolean;
}

/** A list whose entries are framed one by one, and the object that it stands in, if any. */
interface OpenList {
  readonly around?: OpenValue;
  lacksCommas?: true;
}

/**
 * Cuts a stream of JSON texts into values to be parsed one by one: lines, texts one after another, or the entries of
 * the one long list that a file is. Looks at brackets and quotes only, and finds its way back after what is broken:
 * at a bracket that opens where none may, at a line that ends within a text, at a bracket that closes too much.
 */
export class Framer {
  /** False as long as there was nothing but white space. */
  hasContent = false;

  #chunk: Buffer = Buffer.alloc(0);
  #frames: Frame[] = [];
  /** Bytes before this chunk, and where in all of them this line begins. */
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  readonly #lists: OpenList[] = [];
  #value: OpenValue | undefined;
  /** The open value's open brackets, the outermost first. */
  readonly #brackets = new Uint8Array(DEEPEST);
  #depth = 0;
  /** The last punctuation, or OTHER after the end of a value. */
  #last = OTHER;
  #inText = false;
  #isEscaped = false;
  /** A line has just ended within this text. */
  #textBroke = false;
  /** Something was broken just now: brackets that close what it opened say nothing new. */
  #isRecovering = false;

  constructor(private readonly limits: FrameLimits) {}

  /** @returns what this chunk completes; to be used before the chunk is written over */
  push(chunk: Buffer): Frame[] {
    this.#chunk = chunk;
    let at = 0;
    while (at < chunk.length)
      at = this.#value === undefined ? this.#between(at) : this.#inside(at, this.#value);
    if (this.#value !== undefined) this.#hold(this.#value);
    this.#offset += chunk.length;
    return this.#takeFrames();
  }

  /** @returns what is left when no more bytes come: a last value, or that something has no end */
  end(): Frame[] {
    this.#chunk = Buffer.alloc(0);
    const value = this.#value;
    if (value !== undefined) {
      if (this.#depth === 0) this.#complete(value, 0);
      else this.#abandon(value, 0, 'the file ends in the middle of it');
    } else if (this.#lists.length > 0) {
      this.#report(0, 'the file ends in the middle of a list');
    }
    return this.#takeFrames();
  }

  /** Where the value begins that has no end yet, or else where the next one could. */
  get position(): Position {
    return this.#value?.start ?? this.#positionOf(0);
  }

  #takeFrames(): Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  #positionOf(at: number): Position {
    const byte = this.#offset + at;
    return { line: this.#line, column: byte - this.#lineStart + 1, byte };
  }

  #report(at: number, reason: string): void {
    this.hasContent = true;
    this.#frames.push({ kind: 'unreadable', start: this.#positionOf(at), reason });
  }

  #newLine(at: number): void {
    this.#line += 1;
    this.#lineStart = this.#offset + at + 1;
  }

  /** Between the values of a list, or those of the file. @returns where to go on */
  #between(at: number): number {
    const list = this.#lists.at(-1);
    const afterValue = this.#last !== COMMA && this.#last !== OPEN_LIST;
    switch (this.#chunk[at]) {
      case NEW_LINE:
        this.#newLine(at);
        if (list === undefined) this.#isRecovering = false;
        return at + 1;
      case TAB:
      case RETURN:
      case SPACE:
        return at + 1;
      case COMMA:
        if (!this.#isRecovering && !(list && afterValue))
          this.#report(at, 'expected a value before this comma');
        this.#last = COMMA;
        return at + 1;
      case CLOSE_LIST:
        if (list) this.#closeList(at, list);
        else this.#reportStray(at, ']');
        return at + 1;
      case CLOSE_OBJECT:
        if (list?.around) {
          if (!this.#isRecovering) this.#report(at, 'expected ] before this }');
          this.#lists.pop();
          this.#reopen(list.around, at);
          return at;
        }
        this.#reportStray(at, '}');
        return at + 1;
      default:
        if (list && afterValue && !list.lacksCommas) {
          list.lacksCommas = true;
          this.#report(at, 'expected a comma before this value');
        }
        return this.#open(at);
    }
  }

  #reportStray(at: number, bracket: string): void {
    if (!this.#isRecovering) this.#report(at, `this ${bracket} closes nothing`);
    this.#isRecovering = true;
  }

  #closeList(at: number, { around }: OpenList): void {
    if (this.#last === COMMA && !this.#isRecovering)
      this.#report(at, 'expected a value after the last comma');
    this.#isRecovering = false;
    this.#lists.pop();
    this.#last = OTHER;
    if (around) this.#reopen(around, at + 1);
  }

  /** Goes on with the object around a list, from this byte on. */
  #reopen(around: OpenValue, at: number): void {
    around.from = at;
    this.#value = around;
    this.#brackets[0] = OPEN_OBJECT;
    this.#depth = 1;
    this.#last = OTHER;
    this.#isRecovering = false;
  }

  /** Begins a value, or a list of them. @returns where to go on */
  #open(at: number): number {
    const byte = this.#chunk[at];
    this.hasContent = true;
    this.#isRecovering = false;
    if (byte === OPEN_LIST && this.#lists.length < MOST_LISTS) {
      this.#lists.push({});
      this.#last = OPEN_LIST;
      return at + 1;
    }
    this.#value = {
      start: this.#positionOf(at),
      held: [],
      heldBytes: 0,
      from: at,
      mayHoldLists: byte === OPEN_OBJECT && this.#lists.every(({ around }) => around === undefined),
      isAround: false,
      isTooLarge: false,
      isTooDeep: false,
      hasLines: false,
    };
    this.#depth = 0;
    if (byte !== OPEN_OBJECT && byte !== OPEN_LIST) return at;
    this.#brackets[0] = byte;
    this.#depth = 1;
    this.#last = byte;
    return at + 1;
  }

  /** Goes through a value, to its end or that of the chunk: every byte comes through this loop. @returns where to go on */
  #inside(from: number, value: OpenValue): number {
    const chunk = this.#chunk;
    const { length } = chunk;
    const brackets = this.#brackets;
    let depth = this.#depth;
    let last = this.#last;
    let at = from;
    while (at < length) {
      if (this.#inText) {
        this.#depth = depth;
        at = this.#insideText(at, value);
        if (this.#value === undefined) return at;
        continue;
      }
      const byte = chunk[at] as number;
      switch (byte) {
        case SPACE:
        case TAB:
        case RETURN:
          break;
        case NEW_LINE:
          if (depth === 0) return this.#complete(value, at);
          this.#newLine(at);
          value.hasLines = true;
          break;
        case QUOTE:
          last = OTHER;
          // Most texts end in this chunk and have nothing special in them.
          at = plainTextEnd(chunk, at + 1);
          if (chunk[at] === QUOTE) break;
          this.#inText = true;
          continue;
        case COLON:
          last = COLON;
          break;
        case COMMA:
          if (depth === 0 && this.#lists.length > 0) return this.#complete(value, at);
          last = COMMA;
          break;
        case OPEN_OBJECT:
        case OPEN_LIST: {
          if (depth === 0) return this.#complete(value, at);
          if (depth <= DEEPEST) {
            const inObject = brackets[depth - 1] === OPEN_OBJECT;
            if (inObject ? last !== COLON : last !== COMMA && last !== OPEN_LIST) {
              return this.#abandon(value, at, 'it has no end where the next value begins');
            }
          }
          if (byte === OPEN_LIST && depth === 1 && value.mayHoldLists && this.#namesLongList(at, value)) {
            return this.#openListIn(value, at);
          }
          if (depth < DEEPEST) brackets[depth] = byte;
          else value.isTooDeep = true;
          depth += 1;
          last = byte;
          break;
        }
        case CLOSE_OBJECT:
        case CLOSE_LIST: {
          if (depth === 0) return this.#complete(value, at);
          if (depth <= DEEPEST) {
            // Closes also what is still open within: that is broken, but what comes after need not be.
            const opening = byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST;
            depth = brackets.lastIndexOf(opening, depth - 1) + 1;
            if (depth === 0) return this.#abandon(value, at, 'it has no end where the list around it ends');
          }
          depth -= 1;
          last = OTHER;
          if (depth === 0) return this.#complete(value, at + 1);
          break;
        }
        default:
          last = OTHER;
      }
      at += 1;
    }
    this.#depth = depth;
    this.#last = last;
    return at;
  }

  /** Goes through a text, to its end or that of the chunk. @returns where to go on */
  #insideText(from: number, value: OpenValue): number {
    const chunk = this.#chunk;
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      if (chunk[at] !== NEW_LINE) at += 1;
    }
    if (this.#textBroke) {
      this.#textBroke = false;
      if (chunk[at] === OPEN_OBJECT) return this.#abandon(value, at, 'its line ends in the middle of a text');
      // With a member a line, the quote is missing where the line ended; in one long line, only the break is too much.
      if (value.hasLines) {
        this.#inText = false;
        return at;
      }
    }
    for (; at < chunk.length; at += 1) {
      switch (chunk[at]) {
        case QUOTE:
          this.#inText = false;
          return at + 1;
        case BACKSLASH:
          if (at + 1 === chunk.length) this.#isEscaped = true;
          // A line can be cut after a backslash.
          else if (chunk[at + 1] !== NEW_LINE) at += 1;
          break;
        case NEW_LINE:
          if (this.#depth === 0) return this.#complete(value, at);
          this.#newLine(at);
          this.#textBroke = true;
          return at + 1;
      }
    }
    return at;
  }

  /** Whether the list that opens here in an outermost object can be as long as a file. */
  #namesLongList(at: number, value: OpenValue): boolean {
    let before = this.#chunk.toString('latin1', Math.max(value.from, at - LOOK_BACK), at);
    for (let part = value.held.length - 1; part >= 0 && before.length < LOOK_BACK; part -= 1) {
      before = (value.held[part]?.toString('latin1').slice(-LOOK_BACK) ?? '') + before;
    }
    return LONG_LISTS.test(before);
  }

  /** Leaves the object for a list in it, to come back at its end. @returns where to go on */
  #openListIn(value: OpenValue, at: number): number {
    this.#hold(value, at);
    value.held.push(EMPTY_LIST);
    value.heldBytes += EMPTY_LIST.length;
    value.isAround = true;
    this.#value = undefined;
    this.#lists.push({ around: value });
    this.#last = OPEN_LIST;
    return at + 1;
  }

  /** Keeps what a value has in this chunk, up to this byte. */
  #hold(value: OpenValue, to = this.#chunk.length): void {
    const piece = Buffer.from(this.#chunk.subarray(value.from, to));
    value.from = 0;
    value.heldBytes += piece.length;
    if (value.heldBytes <= this.limits.valueBytes) {
      value.held.push(piece);
      return;
    }
    value.isTooLarge = true;
    // Just enough to know the name of a list that may come.
    value.held = [Buffer.concat([...value.held.slice(-1), piece]).subarray(-LOOK_BACK)];
  }

  /** The value ends before this byte. @returns where to go on */
  #complete(value: OpenValue, at: number): number {
    this.#frames.push(this.#frameOf(value, at));
    this.#value = undefined;
    this.#inText = false;
    this.#last = OTHER;
    return at;
  }

  /** The value is broken, and ends before this byte. @returns where to go on */
  #abandon(value: OpenValue, at: number, why: string): number {
    const frame = this.#frameOf(value, at);
    this.#frames.push(frame.kind === 'value' ? { ...frame, broken: why } : frame);
    this.#value = undefined;
    this.#inText = false;
    this.#last = COMMA;
    this.#isRecovering = true;
    return at;
  }

  #frameOf(value: OpenValue, to: number): Frame {
    const { start, isAround, isTooLarge, isTooDeep } = value;
    const piece = this.#chunk.subarray(value.from, to);
    const { valueBytes } = this.limits;
    if (isTooLarge || value.heldBytes + piece.length > valueBytes) {
      return { kind: 'unreadable', start, reason: `larger than ${Math.round(valueBytes / 2 ** 20)} MB` };
    }
    if (isTooDeep) return { kind: 'unreadable', start, reason: `nested deeper than ${DEEPEST} levels` };
    const bytes = value.held.length === 0 ? piece : Buffer.concat([...value.held, piece]);
    return { kind: 'value', start, bytes, isAround };
  }
}

/** Where a text ends, or what comes first in it that is special; the end of the chunk if nothing does. */
function plainTextEnd(chunk: Buffer, from: number): number {
  const { length } = chunk;
  for (let at = from; at < length; at += 1) {
    const byte = chunk[at];
    if (byte === QUOTE || byte === BACKSLASH || byte === NEW_LINE) return at;
  }
  return length;
}
