import * as z from 'zod/mini';

/** One condition of a statement: `{ "Bool": { "aws:SecureTransport": "false" } }`. Its values are alternatives. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a policy, with lists where IAM also takes one text alone. */
export interface Statement {
  /** Its place in the document. */
  readonly index: number;
  readonly effect: 'Allow' | 'Deny';
  /** Whether it is about every caller, anonymous ones too. Policies of identities name none. */
  readonly forEveryone: boolean;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources: readonly string[];
  readonly notResources?: readonly string[];
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

export interface PolicyDocument {
  readonly statements: readonly Statement[];
  /** How many more there are, which are not as IAM writes statements. */
  readonly unread: number;
}

const Texts = z.union([z.string(), z.array(z.string())]);

// Strict: what a misspelled condition would have narrowed is not known.
const RawStatement = z.strictObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.optional(z.union([z.string(), z.record(z.string(), Texts)])),
  NotPrincipal: z.optional(z.unknown()),
  Action: z.optional(Texts),
  NotAction: z.optional(Texts),
  Resource: z.optional(Texts),
  NotResource: z.optional(Texts),
  Condition: z.optional(z.unknown()),
});

const RawDocument = z.object({ Statement: z.union([z.array(z.unknown()), z.looseObject({})]) });

/** IAM's own limit is 20,480 characters for a bucket's policy; percent-encoding makes up to three of one. */
const LONGEST = 65_536;

/**
 * Reads a policy in whichever form AWS Config reports it: an object, an array around one, JSON text, percent-encoded
 * JSON text, or JSON text of JSON text.
 *
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 * @returns undefined when it is no policy
 */
export function readPolicy(document: unknown): PolicyDocument | undefined {
  const parsed = RawDocument.safeParse(decoded(document));
  if (!parsed.success) return undefined;
  const found = parsed.data.Statement;
  const raw: readonly unknown[] = Array.isArray(found) ? found : [found];
  const statements = raw.flatMap((one, index) => readStatement(one, index) ?? []);
  return { statements, unread: raw.length - statements.length };
}

function decoded(document: unknown): unknown {
  let current = document;
  for (let depth = 0; depth < 4; depth += 1) {
    if (Array.isArray(current) && current.length === 1) current = current[0];
    else if (typeof current === 'string') current = fromText(current);
    else break;
  }
  return current;
}

function fromText(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  try {
    return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}

function readStatement(value: unknown, index: number): Statement | undefined {
  const parsed = RawStatement.safeParse(value);
  if (!parsed.success) return undefined;
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } =
    parsed.data;
  const conditions = readConditions(Condition);
  if (conditions === undefined) return undefined;
  return {
    index,
    effect: Effect,
    forEveryone: NotPrincipal === undefined && isEveryone(Principal),
    actions: listed(Action),
    ...(NotAction === undefined ? {} : { notActions: listed(NotAction) }),
    resources: listed(Resource),
    ...(NotResource === undefined ? {} : { notResources: listed(NotResource) }),
    conditions,
  };
}

const listed = (texts: string | readonly string[] | undefined): readonly string[] =>
  typeof texts === 'string' ? [texts] : (texts ?? []);

const isEveryone = (
  principal: string | Readonly<Record<string, string | readonly string[]>> | undefined,
): boolean => (typeof principal === 'object' ? listed(principal['AWS']).includes('*') : principal === '*');

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By hand: zod passes over some keys, and a condition that is passed over makes a statement look wider than it is. */
function readConditions(value: unknown): Condition[] | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return undefined;
    for (const [key, given] of Object.entries(keys)) {
      const values: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (values.some((one) => !['string', 'boolean', 'number'].includes(typeof one))) return undefined;
      conditions.push({ operator, key, values: values.map(String) });
    }
  }
  return conditions;
}
