/** Where a text stops being JSON, and what would have been right there: JSON.parse does not always say. */
export interface JsonBreak {
  /** From 0. */
  readonly offset: number;
  readonly expected: string;
}

/** The next token, whitespace before it left out; a text cut in the middle of a string has none. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what strings in JSON must not hold
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;
const SPACE = /[ \t\r\n]*/y;

/** What may come next, by what came before. */
type Next = 'value' | 'first member' | 'first entry' | 'name' | 'colon' | 'more';

/** undefined for a text that is JSON. */
export function jsonBreak(text: string): JsonBreak | undefined {
  const open: ('{' | '[')[] = [];
  let next: Next = 'value';
  let offset = 0;
  for (;;) {
    SPACE.lastIndex = offset;
    offset += SPACE.exec(text)?.[0].length ?? 0;
    const within = open.at(-1);
    const isWhole: boolean = next === 'more' && within === undefined;
    if (offset === text.length) return isWhole ? undefined : { offset, expected: wordsFor(next, within) };
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0] ?? '';
    const after: Next | undefined = isWhole ? undefined : follow(next, token, open);
    if (after === undefined) return { offset, expected: wordsFor(next, within) };
    offset += token.length;
    next = after;
  }
}

/** What may come after a token; undefined where it must not stand. Opens and closes brackets. */
function follow(next: Next, token: string, open: ('{' | '[')[]): Next | undefined {
  const close = open.at(-1) === '{' ? '}' : ']';
  const mayClose = next === 'more' || next === (close === '}' ? 'first member' : 'first entry');
  if (open.length > 0 && token === close && mayClose) {
    open.pop();
    return 'more';
  }
  switch (next) {
    case 'first member':
    case 'name':
      return token.startsWith('"') ? 'colon' : undefined;
    case 'colon':
      return token === ':' ? 'value' : undefined;
    case 'more':
      if (token !== ',') return undefined;
      return close === '}' ? 'name' : 'value';
    default:
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'first member' : 'first entry';
      }
      return token === '' || '}],:'.includes(token) ? undefined : 'more';
  }
}

function wordsFor(next: Next, within: '{' | '[' | undefined): string {
  switch (next) {
    case 'value':
      return 'a value';
    case 'first member':
      return 'a name in double quotes, or "}"';
    case 'first entry':
      return 'a value, or "]"';
    case 'name':
      return 'a name in double quotes';
    case 'colon':
      return '":"';
    case 'more':
      return within === undefined ? 'nothing more' : within === '{' ? '"," or "}"' : '"," or "]"';
  }
}
