import * as z from 'zod';
import type * as mini from 'zod/mini';
import { expectation } from '../contracts/parse';

/** What is said of a member that is not there. */
export type SayMissing = (member: z.core.$ZodType) => string;

/**
 * The schema of a control's parameters, or of a remediation's settings, with unknown names refused, which these ignore.
 * @param sayMissing undefined: what has to be given may be left out as well
 * @throws when it is no schema of an object
 */
export function strictMembers(of: string, schema: mini.ZodMiniType, sayMissing?: SayMissing) {
  const { def } = (schema as unknown as z.core.$ZodTypes)._zod;
  if (def.type !== 'object') throw new Error(`${of}: expected the schema of an object`);
  const required = Object.entries(def.shape).filter(([, member]) => isRequired(member));
  const shape: z.core.$ZodShape = {
    ...def.shape,
    ...Object.fromEntries(
      required.map(([name, member]) => [
        name,
        sayMissing ? saying(member, sayMissing(member)) : z.optional(member),
      ]),
    ),
  };
  const mayLack = new Set<unknown>(sayMissing ? [] : required.map(([name]) => name));
  return z.strictObject(shape).check(({ value, issues }) => {
    // What the owner checks of its members together is not in their shape.
    const checked = issues.length === 0 ? schema.safeParse(value) : undefined;
    for (const issue of checked?.error?.issues ?? []) {
      const [name] = issue.path;
      if (mayLack.has(name) && !Object.hasOwn(value, String(name))) continue;
      issues.push({
        code: 'custom',
        input: value,
        path: [...issue.path],
        message: `expected ${expectation(issue)}`,
      });
    }
  });
}

/** Whether a member can't be left out. */
const isRequired = (member: z.core.$ZodType): boolean => !z.safeParse(member, undefined).success;

const saying = <T extends z.core.$ZodType>(member: T, missing: string): T =>
  z.core.clone(member, {
    ...member._zod.def,
    error: ({ input }: z.core.$ZodRawIssue) => (input === undefined ? missing : undefined),
  });
