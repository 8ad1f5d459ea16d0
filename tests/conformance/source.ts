import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from '@swc/core';

export const root = join(__dirname, '..', '..');

/** Paths are from the project's root, with slashes. */
const fromRoot = (path: string) => relative(root, path).split(sep).join('/');

/** Every file and folder below a folder, which need not exist. */
export function below(folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((entry) => fromRoot(join(path, entry)));
}

export const sourceFiles = (folder: string): string[] =>
  below(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

export const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory();

export interface Source {
  /** What it imports, types too: packages by name, files of the project by path. */
  readonly imports: readonly string[];
  /** What in it would make the same call give another answer: `process.env`, `Date.now`, `new Date()` … */
  readonly impurities: readonly string[];
}

/** @param file a path from the project's root */
export const sourceOf = (file: string): Source => readSource(readFileSync(join(root, file), 'utf8'), file);

/** Reads a TypeScript source by its syntax tree, so that comments and texts don't count. */
export function readSource(text: string, file: string): Source {
  const imports: string[] = [];
  const impurities: string[] = [];
  walk(parseSync(text, { syntax: 'typescript', target: 'es2022' }), (node) => {
    const imported = importIn(node);
    if (imported !== undefined) imports.push(resolved(imported, file));
    const impurity = impurityIn(node);
    if (impurity !== undefined) impurities.push(impurity);
  });
  return { imports, impurities };
}

/** All that a file reaches by imports, each with the way there. */
export function reachedFrom(file: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[file, [file]]]);
  for (const [reached, way] of ways) {
    if (!reached.endsWith('.ts')) continue;
    for (const imported of sourceOf(reached).imports) {
      if (!ways.has(imported)) ways.set(imported, [...way, imported]);
    }
  }
  return ways;
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) visit(value);
  for (const member of Object.values(value)) walk(member, visit);
}

const text = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'StringLiteral' && typeof value['value'] === 'string'
    ? value['value']
    : undefined;

const name = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Identifier' && typeof value['value'] === 'string'
    ? value['value']
    : undefined;

function importIn(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return text(node['source']);
    case 'TsImportType':
      return text(node['argument']);
    case 'TsExternalModuleReference':
      return text(node['expression']);
    case 'CallExpression': {
      const { callee } = node;
      const isImport = (isNode(callee) && callee.type === 'Import') || name(callee) === 'require';
      const [first] = Array.isArray(node['arguments']) ? node['arguments'] : [];
      return isImport ? (text(first?.expression) ?? 'a computed import') : undefined;
    }
    default:
      return undefined;
  }
}

function resolved(specifier: string, file: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const path = resolve(root, dirname(file), specifier);
  const candidates = [path, `${path}.ts`, join(path, 'index.ts')];
  return fromRoot(
    candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile()) ?? path,
  );
}

const impureMembers = new Set([
  'process.env',
  'process.hrtime',
  'Date.now',
  'Math.random',
  'performance.now',
]);
const impureNames = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'getRandomValues',
  'fetch',
  'setTimeout',
  'setInterval',
]);

function impurityIn(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') {
    const member = `${name(node['object'])}.${name(node['property']) ?? text(computed(node['property']))}`;
    return impureMembers.has(member) ? member : undefined;
  }
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
  if (isCall && name(node['callee']) === 'Date') {
    const given = node['arguments'];
    return Array.isArray(given) && given.length > 0 && node.type === 'NewExpression'
      ? undefined
      : 'the date of now';
  }
  const own = name(node);
  return own !== undefined && impureNames.has(own) ? own : undefined;
}

const computed = (value: unknown): unknown =>
  isNode(value) && value.type === 'Computed' ? value['expression'] : undefined;
