/**
 * A JSON reader that keeps what JSON.parse drops and pattern matching needs: the spelling of numbers and
 * every occurrence of a repeated key, in order.
 */

/** A number as it was written: 300, 300.0 and 3e2 stay apart. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** An object as its entries in the order of the text; the same key can occur more than once. */
export class JsonObject {
  constructor(readonly entries: readonly (readonly [key: string, value: JsonValue])[]) {}
}

export type JsonValue = null | boolean | string | JsonNumber | JsonObject | JsonValue[];

/** Malformed JSON text; `where` gives line and column, counted from 1. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly where: string;

  constructor(
    readonly reason: string,
    text: string,
    offset: number,
  ) {
    const before = text.slice(0, offset);
    const where = `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
    super(`${reason} at ${where}`);
    this.where = where;
  }
}

/**
 * The limit of the JSON library inside AWS's engine; it also keeps the recursion here off the end of the
 * stack.
 */
const MAX_DEPTH = 1000;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these characters inside a string.
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one JSON text.
 * @param text the whole text: one value, with nothing but white space around it
 * @throws JsonSyntaxError when the text is not JSON
 */
export function parseJson(text: string): JsonValue {
  let at = 0;
  let depth = 0;

  function fail(reason: string, offset = at): never {
    throw new JsonSyntaxError(reason, text, offset);
  }

  function unexpected(): never {
    return fail(
      at < text.length ? `Unexpected character '${text.charAt(at)}'` : 'Unexpected end of the text',
    );
  }

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at++;
    }
  }

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const taken = pattern.exec(text)?.[0];
    if (taken !== undefined) at += taken.length;
    return taken;
  }

  function readString(): string {
    if (text[at] !== '"') unexpected();
    at++;
    let value = '';
    for (;;) {
      value += take(PLAIN_CHARACTERS) ?? '';
      const next = text[at];
      if (next === '"') {
        at++;
        return value;
      }
      if (next !== '\\') unexpected();
      at++;
      value += readEscape();
    }
  }

  function readEscape(): string {
    const letter = text.charAt(at);
    if (letter === 'u') {
      at++;
      return String.fromCharCode(Number.parseInt(take(HEX4) ?? unexpected(), 16));
    }
    const meant = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (meant === undefined) unexpected();
    at++;
    return meant;
  }

  function enter(): void {
    at++;
    depth++;
    if (depth > MAX_DEPTH) fail(`Nesting is deeper than ${MAX_DEPTH} levels`);
    skipSpace();
  }

  function leave(): void {
    at++;
    depth--;
  }

  /** Steps over the comma between two members; false when the closing bracket stands there instead. */
  function anotherMember(closing: string): boolean {
    skipSpace();
    if (text[at] === closing) return false;
    if (text[at] !== ',') unexpected();
    at++;
    skipSpace();
    return true;
  }

  function readObject(): JsonObject {
    const entries: [string, JsonValue][] = [];
    enter();
    if (text[at] !== '}') {
      do {
        const key = readString();
        skipSpace();
        if (text[at] !== ':') unexpected();
        at++;
        entries.push([key, readValue()]);
      } while (anotherMember('}'));
    }
    leave();
    return new JsonObject(entries);
  }

  function readArray(): JsonValue[] {
    const items: JsonValue[] = [];
    enter();
    if (text[at] !== ']') {
      do {
        items.push(readValue());
      } while (anotherMember(']'));
    }
    leave();
    return items;
  }

  function readWord<T>(word: string, value: T): T {
    if (!text.startsWith(word, at)) unexpected();
    at += word.length;
    return value;
  }

  function readValue(): JsonValue {
    skipSpace();
    switch (text[at]) {
      case '{':
        return readObject();
      case '[':
        return readArray();
      case '"':
        return readString();
      case 't':
        return readWord('true', true);
      case 'f':
        return readWord('false', false);
      case 'n':
        return readWord('null', null);
      default:
        return new JsonNumber(take(NUMBER) ?? unexpected());
    }
  }

  const value = readValue();
  skipSpace();
  if (at < text.length) unexpected();
  return value;
}
