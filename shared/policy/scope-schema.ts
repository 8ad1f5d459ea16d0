import * as z from 'zod';
import { accountId, listOf, oneOf, regionName, text } from './values';

const SCOPE =
  'expected at least one of "accounts", "regions", "resources"; all resources are resources: ["*"]';

/** Which resources something is for, beside what else is said of it there. */
export const scopeWith = <More extends z.core.$ZodShape>(more: More, description: string) =>
  z
    .strictObject(
      {
        ...more,
        accounts: listOf(z.string().regex(accountId, { error: 'expected an account id of 12 digits' }))
          .exactOptional()
          .describe('Only in these accounts: 12-digit ids in quotes.'),
        regions: listOf(
          z.string().regex(oneOf(regionName, 'global'), {
            error: 'expected the name of a Region such as "eu-central-1", or "global"',
          }),
        )
          .exactOptional()
          .describe('Only in these Regions; "global" for what exists once for all of them, as IAM does.'),
        resources: listOf(text())
          .exactOptional()
          .describe('Only these resources: ids, names or ARNs; "*" stands for any text.'),
      },
      { error: ({ code, input }) => (code === 'invalid_type' && !input ? SCOPE : undefined) },
    )
    .refine((given) => Object.keys(given).some((key) => !Object.hasOwn(more, key)), { error: SCOPE })
    .meta({ minProperties: Object.keys(more).length + 1, description });
