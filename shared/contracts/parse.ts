import type * as z from 'zod/mini';
import { InvalidInput } from './permanent-failure';

type JsonPath = readonly (string | number | symbol)[];

/** `['Records', 0, 'body']` as `Records[0].body`. */
export const writePath = (path: JsonPath): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );

/** What would have been right where an issue stands, in words: zod/mini brings codes, and no messages. */
export function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_format':
      return `text of the form ${issue.pattern ?? issue.format}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'text that is not empty'
        : `${measured(issue.origin)} of at least ${issue.minimum}`;
    case 'too_big':
      return `${measured(issue.origin)} of at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `no ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap(([first]) => (first ? [expectation(first)] : [])))].join(
        ', or ',
      );
    default:
      return issue.message;
  }
}

const measured = (origin: string) =>
  origin === 'string'
    ? 'a length'
    : origin === 'array' || origin === 'set'
      ? 'a number of entries'
      : 'a value';

/**
 * Checks a value against its schema.
 * @param input what the value is, for the error: `AWS Config event`
 * @throws InvalidInput naming the input, the field and what was expected
 */
export function parseAs<T>(schema: z.core.$ZodType<T>, input: string, value: unknown): T {
  const result = (schema as unknown as z.ZodMiniType<T>).safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidInput(input, writePath(issue?.path ?? []), issue ? expectation(issue) : 'another value');
}

/** @throws InvalidInput (`invalid-json`) with the parser's words for where it stopped */
export function parseJson(input: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInput(input, '', `JSON (${(error as Error).message})`, 'invalid-json');
  }
}
