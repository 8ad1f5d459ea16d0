import {
  isMap,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type * as z from 'zod';
import { writePath } from '../contracts/parse';
import type { CompliancePolicy } from '../contracts/trailseal/compliance-policy';
import type { Control } from '../controls/control';
import { controlsNamed } from './control-names';
import { describeIssue, didYouMean, type Mistake, quoted } from './mistake';
import { policyFrom } from './policy-from';
import type { Rulebook } from './rulebook';
import { complianceSchema } from './schema';

export type Compiled = { readonly policy: CompliancePolicy } | { readonly mistakes: readonly Mistake[] };

/**
 * Checks the text of compliance.yml and completes it: defaults filled in, aliases replaced by ids, dates by instants.
 * For package time: it brings a YAML parser and the whole of zod, which no function should carry.
 *
 * @param options.now decides which exemptions have expired
 * @returns the policy, or every mistake in the file, in its order
 */
export function compileCompliancePolicy(text: string, options: Rulebook & { readonly now: Date }): Compiled {
  const source = parse(text);
  // After a break in the syntax the parser only guesses what the rest belongs to; a key given twice breaks nothing.
  if (source.isBroken) return { mistakes: inOrder(source.mistakes) };
  const schema = complianceSchema(options, options.now, { controls: controlsIn(source.value) });
  const checked = schema.safeParse(source.value, { error: describeIssue });
  if (checked.success && source.mistakes.length === 0) return { policy: policyFrom(checked.data, options) };
  const issues = checked.error?.issues ?? [];
  return {
    mistakes: inOrder([
      ...source.mistakes,
      ...issues.flatMap((issue) => mistakesIn(issue, source, schema, options.controls)),
    ]),
  };
}

const controlsIn = (file: unknown): unknown =>
  typeof file === 'object' && file !== null && 'controls' in file ? file.controls : undefined;

interface Source {
  readonly value: unknown;
  readonly isBroken: boolean;
  readonly mistakes: readonly Mistake[];
  readonly root: ParsedNode | null;
  /** 1-based position of an offset into the text. */
  at(offset: number): { readonly line: number; readonly column: number };
}

/** YAML 1.2, in which `off` is text and `2027-03-31` too. */
function parse(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    ...at(pos[0]),
    path: '',
    message: yamlMessages[code] ?? `expected valid YAML: ${message}`,
  }));
  const aliases: Mistake[] = [];
  visit(document, {
    Alias(_, { source, range }) {
      aliases.push({
        ...at(range?.[0] ?? 0),
        path: '',
        message: `expected the value itself instead of *${source}`,
      });
    },
  });
  if (document.contents === null && problems.length === 0) {
    problems.push({
      line: 1,
      column: 1,
      path: '',
      message: 'the file is empty: expected at least "version: 1"',
    });
  }
  const isBroken =
    document.contents === null ||
    aliases.length > 0 ||
    document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  return {
    value: isBroken ? undefined : document.toJS(),
    isBroken,
    mistakes: [...problems, ...aliases],
    root: document.contents,
    at,
  };
}

const yamlMessages: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is here twice: expected it once',
  MULTIPLE_DOCS: 'expected one document: remove the line "---"',
  TAB_AS_INDENT: 'expected spaces: YAML takes no tabs as indentation',
};

function mistakesIn(
  issue: z.core.$ZodIssue,
  source: Source,
  schema: z.core.$ZodType,
  controls: readonly Control[],
): Mistake[] {
  const mistake = (path: readonly PropertyKey[], place: Node | null, message: string): Mistake => ({
    ...source.at(place?.range?.[0] ?? 0),
    path: writePath(path),
    message,
  });
  if (issue.code !== 'unrecognized_keys') {
    return [mistake(issue.path, placeOf(source.root, issue.path).value, issue.message)];
  }
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const message =
      issue.path.join('.') === 'controls' ? unknownControl(key, controls) : unknownKey(key, known);
    return mistake(path, placeOf(source.root, path).key, message);
  });
}

const unknownKey = (key: string, known: readonly string[]) =>
  `unknown key${didYouMean(key, known) || (known.length > 0 ? `: expected one of ${quoted(known)}` : ': expected none')}`;

function unknownControl(name: string, controls: readonly Control[]): string {
  const ids = controlsNamed(name, controls).map(({ id }) => id);
  if (ids.length > 0) return `expected the control's own id: ${quoted(ids)}`;
  return `no control has this id${didYouMean(
    name,
    controls.map(({ id }) => id),
  )}: docs/reference/controls.md lists them`;
}

/** Where the value of a path stands, and its key; for what is missing, the innermost value around it. */
function placeOf(
  root: ParsedNode | null,
  path: readonly PropertyKey[],
): { value: Node | null; key: Node | null } {
  let value: Node | null = root;
  let key: Node | null = root;
  for (const step of path) {
    if (isSeq<Node>(value) && typeof step === 'number') {
      key = value = value.items[step] ?? value;
    } else if (isMap<Scalar, Node | null>(value)) {
      // Of a key given twice the last one counts.
      const pair = value.items.findLast((item) => item.key.value === step);
      if (!pair) break;
      key = pair.key;
      value = pair.value ?? pair.key;
    } else break;
  }
  return { value, key };
}

/** The keys that the mapping at a path may have. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [step, ...rest] = path;
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return keysAt(def.innerType, path);
    // Made of what is given and then checked.
    case 'pipe':
      return keysAt(def.out, path);
    case 'array':
      return keysAt(def.element, rest);
    case 'object': {
      if (step === undefined) return Object.keys(def.shape);
      const member = def.shape[String(step)];
      return member ? keysAt(member, rest) : [];
    }
    default:
      return [];
  }
}

const inOrder = (mistakes: readonly Mistake[]): Mistake[] =>
  mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
