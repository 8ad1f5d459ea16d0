import * as z from 'zod/mini';

/** Tags as most services list them. */
export const Tags = z.optional(z.array(z.object({ Key: z.string(), Value: z.optional(z.string()) })));

/** An answer that goes on elsewhere is not the whole state, and nothing may be planned on a part. */
export const complete = { NextToken: z.optional(z.nullable(z.literal(''))) };
