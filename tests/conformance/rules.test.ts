import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SNAPSHOT_PATH } from '../../shared/contracts/aws/account-snapshot';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import {
  controls,
  detections,
  partners,
  rules,
  rulesByResourceType,
  verifications,
} from '../../shared/controls';
import type { AnyRule, Control, Frameworks } from '../../shared/controls/control';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import { remediationByControl } from '../../shared/remediations';
import { controlFiles, outdated, render } from '../../tools/generated-files';
import { capturedItems, fixtureLines } from '../support/judge-rule';
import { root } from './source';

/** Ids of controls that are gone. Findings and exemptions out there still name them, so none comes back. */
const retired: readonly string[] = [];

const byId = controls.map((control): [string, Control] => [control.id, control]);
const rulesById = rules.map((rule): [string, AnyRule] => [rule.id, rule]);

const servicesOf = ({ resourceTypes }: Control) => [
  ...new Set(resourceTypes.map((type) => (type.split('::')[1] || 'account').toLowerCase())),
];

/**
 * A detection stands on the shelf of what it is about first, as does what is judged from snapshots; a partner on its
 * own; the others are about one service.
 */
const shelvesOf = (control: Control) => {
  if (control.kind === 'partner') return [control.listensTo.source.replace(/^aws\./, '')];
  const isOfOne = control.kind === 'detection' || (control.kind === 'rule' && control.ofSnapshots);
  return isOfOne ? servicesOf(control).slice(0, 1) : servicesOf(control);
};

/** Property paths that AWS lists for a resource type; those under `*` hold for all. */
const schema = new Map(
  fixtureLines<{ resourceType: string; properties: Record<string, string> }>(
    'config-schema/resource-types.jsonl',
  ).map(({ resourceType, properties }) => [resourceType, new Set(Object.keys(properties))]),
);

/** Policies, which AWS leaves out of its list; each of them stands in a captured item. */
const unlisted: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Policy': ['configuration.policyVersionList.document'],
  'AWS::S3::Bucket': ['supplementaryConfiguration.BucketPolicy.policyText'],
};

/** The two that the normal form of an item spells as events do, and the published schema as the API does. */
const inSchema: Readonly<Record<string, string>> = { awsAccountId: 'accountId', ARN: 'arn' };

const stands = (value: Json | undefined, path: readonly string[]): boolean => {
  const [step, ...rest] = path;
  if (step === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((member: Json) => stands(member, path));
  return typeof value === 'object' && value !== null && stands((value as JsonObject)[step], rest);
};

test.each(Object.entries(unlisted))('%s has what AWS does not list', (type, paths) => {
  const items = capturedItems.filter(({ resourceType }) => resourceType === type).map(({ item }) => item);
  expect(paths.filter((path) => !items.some((item) => stands(item, path.split('.'))))).toEqual([]);
});

test('generated files are up to date: if not, run npm run generate', async () => {
  expect(outdated(await render())).toEqual([]);
});

describe('the index is the folder', () => {
  test('every file exports a control that is named after it, on the shelf of its service', async () => {
    for (const { path, control } of await controlFiles()) {
      expect(shelvesOf(control).map((service) => `${control.kind}s/${service}/${control.id}.ts`)).toEqual([
        path,
      ]);
    }
  });

  test('every file is in the index, once and in order', async () => {
    expect(controls.map(({ id }) => id)).toEqual((await controlFiles()).map(({ control }) => control.id));
    expect(new Set(controls).size).toBe(controls.length);
  });

  test('rules, verifications, detections and partners are all that there is, each of its kind', () => {
    expect(rules).toEqual(controls.filter(({ kind }) => kind === 'rule'));
    expect(verifications).toEqual(controls.filter(({ kind }) => kind === 'verification'));
    expect(detections).toEqual(controls.filter(({ kind }) => kind === 'detection'));
    expect(partners).toEqual(controls.filter(({ kind }) => kind === 'partner'));
    expect(rules.length + verifications.length + detections.length + partners.length).toBe(controls.length);
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
    const ids = controls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(controls.flatMap(aliasesOf).filter((alias) => ids.includes(alias))).toEqual([]);
  });

  test('no id comes back from the retired ones', () => {
    expect(controls.map(({ id }) => id).filter((id) => retired.includes(id))).toEqual([]);
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

const tests = join(root, 'tests', 'shared', 'controls');

describe.each(byId)('%s', (id, control) => {
  test('is written in lower case with hyphens', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  test('has a positive version', () => {
    expect(Number.isInteger(control.version) && control.version > 0).toBe(true);
  });

  test('names the passing state in its title', () => {
    expect(control.title).toMatch(/^[A-Z].*[^.]$/);
    expect(control.title).not.toMatch(/^(ensure|check|verify|make sure)/i);
    expect(control.title).not.toMatch(placeholder);
  });

  test('says why and what to do in sentences', () => {
    for (const text of [control.rationale, ...control.whatToDo]) {
      expect(text).toMatch(sentence);
      expect(text).not.toMatch(placeholder);
    }
  });

  test('names framework items as their frameworks write them', () => {
    const { cis, ...others } = control.frameworks;
    for (const [version, item] of Object.entries(cis)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(item).toMatch(/^\d+(\.\d+)+$/);
    }
    for (const [name, items] of Object.entries(others) as [keyof typeof others, readonly string[]][]) {
      expect(items.filter((item) => !wellFormed[name].test(item))).toEqual([]);
      expect(new Set(items).size).toBe(items.length);
    }
  });

  test('works without parameters, each of which has a default and a description', () => {
    const defaults = control.parameters.parse({}) as Readonly<Record<string, unknown>>;
    const { properties = {} } = z.toJSONSchema(control.parameters, { io: 'input' });
    expect(Object.keys(defaults)).toEqual(Object.keys(properties));
    for (const property of Object.values(properties)) {
      expect(property).toMatchObject({
        default: expect.anything(),
        description: expect.stringMatching(sentence),
      });
    }
  });

  test('has a test', () => {
    const [service = ''] = shelvesOf(control);
    expect(existsSync(join(tests, `${control.kind}s`, service, `${id}.test.ts`))).toBe(true);
  });
});

describe.each(rulesById)('the rule %s', (id, rule) => {
  test.each(rule.resourceTypes)('reads paths that %s has, letter by letter', (type) => {
    const listed = schema.get(type);
    const isListed = (path: string) => {
      const name = inSchema[path] ?? path;
      // What AWS Config does not record, and only snapshots have.
      if (rule.ofSnapshots && path.startsWith(`${SNAPSHOT_PATH}.`)) return true;
      return listed?.has(name) || schema.get('*')?.has(name) || unlisted[type]?.includes(name);
    };
    expect(pathsRead(rule).filter((path) => !isListed(path))).toEqual([]);
  });

  test('reads something', () => {
    expect(pathsRead(rule)).not.toEqual([]);
  });

  test('is tested with each verdict that its table needs', () => {
    const [service = ''] = servicesOf(rule);
    const text = readFileSync(join(tests, 'rules', service, `${id}.test.ts`), 'utf8');
    expect(
      ['COMPLIANT', 'NON_COMPLIANT', 'INSUFFICIENT_DATA'].filter((verdict) => !text.includes(`'${verdict}'`)),
    ).toEqual([]);
  });
});

test.each(verifications)(
  '$id guards the evidence: no exemption, and no remediation',
  ({ id, exemptible }) => {
    expect(exemptible).toBe(false);
    expect(remediationByControl.has(id)).toBe(false);
  },
);

describe.each(detections.map((detection) => [detection.id, detection] as const))(
  'the detection %s',
  (_, detection) => {
    const { listensTo, attack, quietHours } = detection;

    test('listens to something, by names as CloudTrail writes them', () => {
      const calls = Object.entries(listensTo.calls ?? {});
      expect(calls.length > 0 || listensTo.anyCall !== undefined).toBe(true);
      for (const [source, names] of calls) {
        expect(source).toMatch(/^[a-z0-9-]+\.amazonaws\.com$/);
        expect(names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
      }
    });

    test('counts failed calls only of those that it listens to', () => {
      const names = Object.values(listensTo.calls ?? {}).flat();
      expect((listensTo.failed ?? []).filter((name) => !names.includes(name))).toEqual([]);
    });

    test('names techniques as ATT&CK does, and a time after which it is quiet', () => {
      expect(attack.filter((id) => !/^T\d{4}(\.\d{3})?$/.test(id))).toEqual([]);
      expect(attack.length).toBeGreaterThan(0);
      expect(quietHours).toBeGreaterThan(0);
    });
  },
);
