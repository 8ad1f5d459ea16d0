import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { rules, rulesByResourceType } from '../../shared/controls';
import type { AnyRule, Frameworks } from '../../shared/controls/control';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import { outdated, render, ruleFiles } from '../../tools/generated-files';
import { remediated } from '../../tools/remediated';
import { fixtureLines } from '../support/judge-rule';
import { root } from './source';

/** Ids of controls that are gone. Findings and exemptions out there still name them, so none comes back. */
const retired: readonly string[] = [];

const byId = rules.map((rule): [string, AnyRule] => [rule.id, rule]);

/** Property paths that AWS lists for a resource type; those under `*` hold for all. */
const schema = new Map(
  fixtureLines<{ resourceType: string; properties: Record<string, string> }>(
    'config-schema/resource-types.jsonl',
  ).map(({ resourceType, properties }) => [resourceType, new Set(Object.keys(properties))]),
);

/** The two that the normal form of an item spells as events do, and the published schema as the API does. */
const inSchema: Readonly<Record<string, string>> = { awsAccountId: 'accountId', ARN: 'arn' };

test('generated files are up to date: if not, run npm run generate', async () => {
  expect(outdated(await render(remediated))).toEqual([]);
});

describe('the index is the folder', () => {
  test('every file exports a rule that is named after it, on the shelf of its service', async () => {
    for (const { path, rule } of await ruleFiles()) {
      const services = rule.resourceTypes.map((type) => type.split('::')[1]?.toLowerCase());
      expect(services.map((service) => `rules/${service}/${rule.id}.ts`)).toEqual(
        rule.resourceTypes.map(() => path),
      );
    }
  });

  test('every file is in the index, once and in order', async () => {
    expect(rules.map(({ id }) => id)).toEqual((await ruleFiles()).map(({ rule }) => rule.id));
    expect(new Set(rules).size).toBe(rules.length);
  });

  test('by resource type it holds the same rules', () => {
    const types = [...new Set(rules.flatMap(({ resourceTypes }) => resourceTypes))].sort();
    expect(rulesByResourceType).toEqual(
      Object.fromEntries(
        types.map((type) => [type, rules.filter(({ resourceTypes }) => resourceTypes.includes(type))]),
      ),
    );
  });
});

describe('names', () => {
  test('ids are unique, and none is an alias of another control', () => {
    const ids = rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(rules.flatMap(aliasesOf).filter((alias) => ids.includes(alias))).toEqual([]);
  });

  test('no id comes back from the retired ones', () => {
    expect(rules.map(({ id }) => id).filter((id) => retired.includes(id))).toEqual([]);
  });
});

const placeholder = /\b(todo|tbd|fixme|xxx|lorem|placeholder)\b|\.\.\.|…|<\w+>|\$\{|\s{2,}/i;
const sentence = /^[A-Z0-9"].*[.!?]$/;

const wellFormed: { readonly [K in Exclude<keyof Frameworks, 'cis'>]: RegExp } = {
  securityHub: /^[A-Z][A-Za-z0-9]*\.\d+$/,
  awsConfig: /^[A-Z0-9]+(_[A-Z0-9]+)+$/,
  nist80053r5: /^[A-Z]{2}-\d{1,2}(\((\d{1,2}|[a-z])\))*$/,
  pciDss4: /^A?\d{1,2}(\.\d{1,2}){1,3}$/,
  soc2: /^(CC|PI|A|C|P)\d\.\d$/,
};

describe.each(byId)('%s', (id, rule) => {
  test('is written in lower case with hyphens', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  test('has a positive version', () => {
    expect(Number.isInteger(rule.version) && rule.version > 0).toBe(true);
  });

  test('names the passing state in its title', () => {
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.title).not.toMatch(/^(ensure|check|verify|make sure)/i);
    expect(rule.title).not.toMatch(placeholder);
  });

  test('says why and what to do in sentences', () => {
    for (const text of [rule.rationale, ...rule.whatToDo]) {
      expect(text).toMatch(sentence);
      expect(text).not.toMatch(placeholder);
    }
  });

  test('names framework items as their frameworks write them', () => {
    const { cis, ...others } = rule.frameworks;
    for (const [version, item] of Object.entries(cis)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(item).toMatch(/^\d+(\.\d+)+$/);
    }
    for (const [name, items] of Object.entries(others) as [keyof typeof others, readonly string[]][]) {
      expect(items.filter((item) => !wellFormed[name].test(item))).toEqual([]);
      expect(new Set(items).size).toBe(items.length);
    }
  });

  test.each(rule.resourceTypes)('reads paths that %s has, letter by letter', (type) => {
    const listed = schema.get(type);
    const isListed = (path: string) => {
      const name = inSchema[path] ?? path;
      return listed?.has(name) || schema.get('*')?.has(name);
    };
    expect(pathsRead(rule).filter((path) => !isListed(path))).toEqual([]);
  });

  test('reads something', () => {
    expect(pathsRead(rule)).not.toEqual([]);
  });

  test('works without parameters, each of which has a default and a description', () => {
    const defaults = rule.parameters.parse({}) as Readonly<Record<string, unknown>>;
    const { properties = {} } = z.toJSONSchema(rule.parameters, { io: 'input' });
    expect(Object.keys(defaults)).toEqual(Object.keys(properties));
    for (const property of Object.values(properties)) {
      expect(property).toMatchObject({
        default: expect.anything(),
        description: expect.stringMatching(sentence),
      });
    }
  });

  test('has a test with each verdict that its table needs', () => {
    const [service = ''] = rule.resourceTypes.map((type) => type.split('::')[1]?.toLowerCase() ?? '');
    const file = join(root, 'tests', 'shared', 'controls', 'rules', service, `${id}.test.ts`);
    expect(existsSync(file)).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(
      ['COMPLIANT', 'NON_COMPLIANT', 'INSUFFICIENT_DATA'].filter((verdict) => !text.includes(`'${verdict}'`)),
    ).toEqual([]);
  });
});
