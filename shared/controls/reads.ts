import type * as z from 'zod/mini';
import type { AnyRule } from './control';

/**
 * The paths that a rule reads, as AWS lists them: dotted, without array marks, leaves only
 * (`configuration.ipPermissions.ipv4Ranges.cidrIp`). Derived from the rule's schema, which is all that it gets to see.
 */
export function pathsRead(rule: AnyRule): readonly string[] {
  const known = derived.get(rule);
  if (known) return known;
  const paths = [...new Set(leaves(rule.reads, ''))].sort();
  derived.set(rule, paths);
  return paths;
}

const derived = new WeakMap<AnyRule, readonly string[]>();

function leaves(schema: z.core.$ZodType, path: string): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, member]) =>
        leaves(member, path === '' ? key : `${path}.${key}`),
      );
    case 'array':
      return leaves(def.element, path);
    case 'optional':
    case 'nullable':
    case 'default':
      return leaves(def.innerType, path);
    case 'union':
      return def.options.flatMap((option) => leaves(option, path));
    default:
      return [path];
  }
}
