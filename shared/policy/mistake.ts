import type * as z from 'zod';
import { expectation } from '../contracts/parse';
import { nearestWord } from './nearest-word';

/** One thing wrong in compliance.yml, at its place in the file. */
export interface Mistake {
  /** 1-based, as editors count. */
  readonly line: number;
  readonly column: number;
  /** `exemptions[0].expires`; empty for the file as a whole. */
  readonly path: string;
  /** What was expected there, in a sentence. */
  readonly message: string;
}

/** One line for each mistake, in the order of the file: `compliance.yml:12:5 controls.foo.mode: expected one of …`. */
export const printMistakes = (file: string, mistakes: readonly Mistake[]): string =>
  mistakes
    .map(
      ({ line, column, path, message }) =>
        `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
    )
    .join('\n');

/** `"off", "notify"`, for messages. */
export const quoted = (words: readonly string[]): string =>
  words.map((word) => JSON.stringify(word)).join(', ');

/** ` (did you mean "mode"?)`, or nothing when no candidate is close. */
export function didYouMean(word: unknown, candidates: Iterable<string>): string {
  const nearest = typeof word === 'string' ? nearestWord(word, candidates) : undefined;
  return nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`;
}

const yamlWords: Readonly<Record<string, string>> = { object: 'a mapping', array: 'a list', string: 'text' };

/** The words for an issue that its schema has none of its own for: what was expected, and what was found instead. */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  const expected =
    issue.code === 'invalid_type' && yamlWords[issue.expected] !== undefined
      ? yamlWords[issue.expected]
      : expectation(issue as z.core.$ZodIssue);
  if (issue.input === undefined) return `is missing: expected ${expected}`;
  if (issue.code === 'invalid_value') {
    const hint = didYouMean(
      issue.input,
      issue.values.filter((value) => typeof value === 'string'),
    );
    return `expected ${expected}, found ${found(issue.input)}${hint}`;
  }
  // An account id such as 012345678901 has lost its zero by now, so the number itself is not shown.
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof issue.input === 'number') {
    return `expected ${expected}, found a number: put it in quotes`;
  }
  return `expected ${expected}, found ${found(issue.input)}`;
}

/** A value in a few words, for the end of a message. */
export function found(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number') return `the number ${value}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
