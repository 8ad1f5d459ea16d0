import * as z from 'zod/mini';

/** What the services leave out, they write as null now and then: both are absent here. */
export const maybe = <T>(schema: z.ZodMiniType<T>) =>
  z.pipe(
    z.optional(z.nullable(schema)),
    z.transform((value) => value ?? undefined),
  );

export const text = z.string();
/** Text that says something: an empty id names nothing. */
export const filled = z.string().check(z.minLength(1));
export const accountId = z.string().check(z.regex(/^\d{12}$/));
