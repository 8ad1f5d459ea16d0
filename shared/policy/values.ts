import * as z from 'zod';

/** 12 digits. */
export const accountId = /^\d{12}$/;
export const regionName = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** What a pattern takes, and these words. */
export const oneOf = (pattern: RegExp, ...words: string[]) =>
  new RegExp(`^(${words.join('|')})$|${pattern.source}`);

export const text = () => z.string().regex(/\S/, { error: 'expected text that is not empty' });

export const listOf = (entry: z.ZodString) =>
  z.array(entry).min(1, { error: 'expected at least one entry, found an empty list' });

/** A section all of whose lines are commented out is there and empty. */
export const section = <T extends z.ZodType>(schema: T, description: string) =>
  schema.nullish().describe(description);

/** The same, of which something has to be said: what it lacks is told of what stands inside. */
export const neededSection = <T extends z.ZodType>(schema: T, description: string) =>
  z.preprocess((given) => given ?? {}, schema).describe(description);

/**
 * Schemas that stand in many places, by the name that the JSON Schema has them under once.
 * Whoever makes such a schema anew under the same name makes the same one.
 */
export const definitions = z.registry<{ readonly name: string }>();
