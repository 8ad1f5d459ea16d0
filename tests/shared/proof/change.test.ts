import type { ChangedProperty } from '../../../shared/contracts/aws/config-change';
import { parseConfigChange } from '../../../shared/contracts/aws/config-change';
import type { Json } from '../../../shared/contracts/aws/configuration-item';
import { parseAwsEvent } from '../../../shared/contracts/aws/event';
import { pathsRead } from '../../../shared/controls/reads';
import rule from '../../../shared/controls/rules/ec2/sg-no-world-admin-ipv4';
import { changeLink } from '../../../shared/proof/change';
import { itemChange } from '../../support/config-events';

const READ = [
  'configuration.ipPermissions.fromPort',
  'configuration.ipPermissions.ipv4Ranges.cidrIp',
  'supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicAcls',
  'configuration.policy',
];
const SECRET = 'hunter2-correct-horse';

const changed = (path: string, before: Json, after: Json): ChangedProperty => ({
  path,
  changeType: before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE',
  before,
  after,
});
const linked = (...diff: ChangedProperty[]) => changeLink(diff, READ);

const permission = {
  fromPort: 22,
  ipv4Ranges: [{ cidrIp: '0.0.0.0/0', description: SECRET }],
  userIdGroupPairs: [{ userId: SECRET }],
};
const shownOfIt = { fromPort: 22, ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }] };

test.each([[null], [[]]])('of no comparison (%j) it says nothing', (diff) => {
  expect(changeLink(diff, READ)).toEqual({ state: 'none', properties: [], otherPaths: [] });
});

describe('of a property it keeps what is read', () => {
  test.each<[what: string, path: string, before: Json, after: Json, shown: { before: Json; after: Json }]>([
    [
      'an element of a list',
      'configuration.ipPermissions.0',
      null,
      permission,
      { before: null, after: shownOfIt },
    ],
    [
      'a removed element',
      'configuration.ipPermissions.0',
      permission,
      null,
      { before: shownOfIt, after: null },
    ],
    ['the whole list', 'configuration.ipPermissions', [], [permission], { before: [], after: [shownOfIt] }],
    [
      'the whole configuration',
      'configuration',
      null,
      { ipPermissions: [permission], description: SECRET },
      { before: null, after: { ipPermissions: [shownOfIt] } },
    ],
    [
      'keys in another letter case',
      'configuration.IpPermissions.0',
      null,
      { FromPort: 22, Description: SECRET },
      { before: null, after: { FromPort: 22 } },
    ],
    ['a leaf', 'configuration.ipPermissions.3.fromPort', 22, 443, { before: 22, after: 443 }],
    [
      'what lies below a leaf',
      'configuration.policy.statement.0.effect',
      'Deny',
      'Allow',
      { before: 'Deny', after: 'Allow' },
    ],
    [
      'JSON text where an object is expected',
      'configuration.ipPermissions.0',
      null,
      JSON.stringify(permission),
      { before: null, after: shownOfIt },
    ],
    [
      'JSON text within',
      'supplementaryConfiguration',
      null,
      { PublicAccessBlockConfiguration: JSON.stringify({ blockPublicAcls: true, x: SECRET }) },
      { before: null, after: { PublicAccessBlockConfiguration: { blockPublicAcls: true } } },
    ],
    [
      'JSON text of JSON text',
      'configuration.ipPermissions.0',
      null,
      JSON.stringify(JSON.stringify(permission)),
      { before: null, after: shownOfIt },
    ],
    [
      'broken text where an object is expected',
      'configuration',
      null,
      `{"description":"${SECRET}`,
      { before: null, after: '(not kept: string, where an object was expected)' },
    ],
    [
      'an object of which nothing is read',
      'configuration',
      null,
      { description: SECRET },
      { before: null, after: {} },
    ],
  ])('%s', (_, path, before, after, shown) => {
    const link = linked(changed(path, before, after));
    expect(link).toMatchObject({ state: 'reported', properties: [{ path, ...shown }], otherPaths: [] });
    expect(JSON.stringify(link)).not.toContain(SECRET);
  });
});

test.each([
  'configuration.description',
  'configuration.ipPermissionsEgress.0.fromPort',
  'configuration.ipPermissions.0.userIdGroupPairs.0',
  'relationships.0',
  'tags.team',
  'configuration2.ipPermissions',
])('%s is named without its values', (path) => {
  const link = linked(changed(path, SECRET, { deep: SECRET }));
  expect(link).toEqual({ state: 'reported', properties: [], otherPaths: [path] });
});

test('keys that mean something to JavaScript do no harm', () => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"x":1},"fromPort":22}') as Json;
  const link = linked(
    changed('configuration.ipPermissions.0', null, value),
    changed('configuration.policy', null, value),
    changed('__proto__.polluted', null, 'x'),
    changed('constructor', null, 'x'),
  );
  expect(link.properties[0]?.after).toEqual({ fromPort: 22 });
  const kept = JSON.parse(JSON.stringify(link.properties[1]?.after)) as Record<string, unknown>;
  expect(Object.keys(kept)).toEqual(['(__proto__)', 'constructor', 'fromPort']);
  expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  expect(link.otherPaths).toEqual(['__proto__.polluted', 'constructor']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('what DynamoDB does not take', () => {
  const keptOf = (value: Json) => linked(changed('configuration.policy', null, value)).properties[0]?.after;

  test.each<[Json, Json]>([
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [JSON.parse('9007199254740993') as number, '9007199254740992'],
    [1e300, '1e+300'],
    [JSON.parse('1e999') as number, 'Infinity'],
    [-1e-200, '-1e-200'],
    [1e-100, 1e-100],
    [0.1, 0.1],
    ['a\ud800', 'a\ufffd'],
    [{ '\udc00': [1e200] }, { '\ufffd': ['1e+200'] }],
  ])('%j is kept as %j', (value, kept) => expect(keptOf(value)).toEqual(kept));

  test('is a negative zero', () => expect(Object.is(keptOf(-0), 0)).toBe(true));

  test('is a value nested without end', () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as Json;
    expect(JSON.stringify(keptOf(deep))).toBe(
      `${'['.repeat(16)}"(not kept: nested more than 16 levels deep)"${']'.repeat(16)}`,
    );
    const within = linked(changed('configuration.ipPermissions', null, deep)).properties[0]?.after;
    expect(JSON.stringify(within)).toContain('nested more than 16 levels deep');
  });
});

describe('however much changed', () => {
  test('a large value is replaced by its size, so that two of them can still be told apart', () => {
    const [a, b] = ['a', 'b'].map((letter) => letter.repeat(5000));
    const [property] = linked(changed('configuration.policy', a ?? '', b ?? '')).properties;
    expect(property?.before).toMatch(/^\(not kept: 5002 bytes of JSON, SHA-256 [0-9a-f]{12}…\)$/);
    expect(property?.after).not.toBe(property?.before);
  });

  test('a value is kept up to 2 KB', () => {
    const text = 'x'.repeat(2046);
    expect(linked(changed('configuration.policy', text, `${text}x`)).properties).toMatchObject([
      { before: text, after: expect.stringMatching(/^\(not kept: 2049 bytes/) },
    ]);
  });

  test('at most 50 properties are kept with values, and the others named', () => {
    const link = linked(
      ...Array.from({ length: 60 }, (_, index) => changed(`configuration.policy.${index}`, 1, 2)),
    );
    expect(link.properties).toHaveLength(50);
    expect(link.otherPaths).toEqual(
      Array.from({ length: 10 }, (_, index) => `configuration.policy.${index + 50}`),
    );
    expect(link).not.toHaveProperty('omitted');
  });

  test('names are kept up to 50, and then counted', () => {
    const link = linked(...Array.from({ length: 80 }, (_, index) => changed(`tags.${index}`, 1, 2)));
    expect(link.otherPaths).toHaveLength(50);
    expect(link.omitted).toBe(30);
  });

  test('all of it together stays small', () => {
    const long = '\u0001ä'.repeat(2000);
    const link = linked(
      ...Array.from({ length: 400 }, (_, index) =>
        changed(`configuration.policy.${index}${long}`, 'x'.repeat(2000), { [long]: long }),
      ),
      ...Array.from({ length: 400 }, (_, index) => changed(`tags.${index}${long}`, 1, 2)),
    );
    expect(link.properties.length + link.otherPaths.length + (link.omitted ?? 0)).toBe(800);
    expect(Buffer.byteLength(JSON.stringify(link))).toBeLessThan(12 * 1024);
  });
});

test('from an event of AWS Config to the link: only what the rule reads', () => {
  const event = itemChange({
    diff: {
      changeType: 'UPDATE',
      changedProperties: {
        'Configuration.IpPermissions.0': {
          previousValue: null,
          updatedValue: JSON.stringify(permission),
          changeType: 'CREATE',
        },
        'Configuration.Description': { previousValue: 'a', updatedValue: SECRET, changeType: 'UPDATE' },
      },
    },
  });
  const change = parseConfigChange(parseAwsEvent(event));
  if (change.kind !== 'item') throw new Error('expected an item');
  expect(changeLink(change.diff, pathsRead(rule))).toEqual({
    state: 'reported',
    properties: [
      { path: 'configuration.IpPermissions.0', changeType: 'CREATE', before: null, after: shownOfIt },
    ],
    otherPaths: ['configuration.Description'],
  });
});
