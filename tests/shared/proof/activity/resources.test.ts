import { rules } from '../../../../shared/controls';
import { knownTypes, services } from '../../../../shared/proof/activity/resources';
import type { ByParameter, Touched } from '../../../../shared/proof/activity/resources/resource-calls';
import { fixtureLines } from '../../../support/judge-rule';

const schema = new Map(
  fixtureLines<{ resourceType: string; properties: Record<string, string> }>(
    'config-schema/resource-types.jsonl',
  ).map(({ resourceType, properties }) => [resourceType, Object.keys(properties)]),
);

/** Real, and not in AWS's list: it leaves out free-form maps, policies, and what became part of items later. */
const UNLISTED = new Set([
  'AWS::IAM::Role configuration.assumeRolePolicyDocument',
  'AWS::IAM::Role configuration.description',
  'AWS::IAM::Role configuration.maxSessionDuration',
  'AWS::S3::Bucket configuration.owner',
  'AWS::SNS::Topic configuration.Policy',
  'AWS::SNS::Topic configuration.SubscriptionsConfirmed',
  'AWS::SNS::Topic configuration.SubscriptionsDeleted',
  'AWS::SNS::Topic configuration.SubscriptionsPending',
  'AWS::SQS::Queue configuration.Policy',
]);

const pathsOf = (touched: Touched | ByParameter): readonly string[] => {
  if (touched === 'everything') return [];
  if ('length' in touched) return touched;
  return [...(touched.always ?? []), ...Object.values(touched.parameters ?? {}).flat()];
};

const rows = services.flatMap(({ types }) => types);

test.each([...new Set(rules.flatMap(({ resourceTypes }) => resourceTypes))].sort())(
  '%s, which a rule judges, has calls that are known to change it',
  (type) => {
    expect(
      knownTypes(type)
        .flatMap(({ effects }) => [...effects.values()])
        .some(({ touches }) => touches === 'everything' || pathsOf(touches).length > 0),
    ).toBe(true);
  },
);

test('a type is in one table of each service at most, and each call of it once', () => {
  for (const { eventSource, types } of services) {
    expect([eventSource, new Set(types.map(({ type }) => type)).size]).toEqual([eventSource, types.length]);
    for (const { type, calls, creates = '', deletes = '' } of types) {
      const ends = `${creates} ${deletes}`.split(' ').filter((name) => name !== '');
      expect([type, ends.filter((name, index) => ends.indexOf(name) !== index)]).toEqual([type, []]);
      const names = Object.keys(calls).flatMap((key) => key.split(' '));
      expect([type, names.filter((name, index) => names.indexOf(name) !== index)]).toEqual([type, []]);
      expect([type, names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))]).toEqual([type, []]);
    }
  }
});

test('properties are spelled as AWS Config spells them', () => {
  const wrong = rows.flatMap(({ type, calls }) => {
    const listed = schema.get(type) ?? [];
    if (listed.length === 0) return [];
    return Object.values(calls)
      .flatMap(pathsOf)
      .filter((path) => path.startsWith('configuration.'))
      .filter((path) => !listed.some((known) => known === path || known.startsWith(`${path}.`)))
      .filter((path) => listed.some((known) => known.toLowerCase() === path.toLowerCase()))
      .map((path) => `${type} ${path}`);
  });
  expect(wrong).toEqual([]);
});

test('properties that AWS does not list are few', () => {
  const unlisted = rows.flatMap(({ type, calls }) => {
    const listed = (schema.get(type) ?? []).map((path) => path.toLowerCase());
    if (listed.length === 0) return [];
    return Object.values(calls)
      .flatMap(pathsOf)
      .filter((path) => path.startsWith('configuration.') && path !== 'configuration.tags')
      .filter((path) => !listed.some((known) => known.startsWith(path.toLowerCase())))
      .map((path) => `${type} ${path}`);
  });
  expect([...new Set(unlisted)].filter((path) => !UNLISTED.has(path)).sort()).toEqual([]);
});
