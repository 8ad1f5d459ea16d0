import { validateEventPattern } from '../../../../local/event-pattern';
import { detections } from '../../../../shared/controls';
import type { AnyDetection } from '../../../../shared/controls/detections/detection';
import { activityRules, LONGEST_PATTERN } from '../../../../shared/controls/detections/patterns';

const nothingSet = { controls: {}, trails: { buckets: [], topics: [], lookbackDays: 30 } };
const rules = activityRules(detections, nothingSet);
const lengthOf = (pattern: object) => JSON.stringify(pattern).length;

test('EventBridge takes every pattern, and each is short enough', () => {
  for (const { pattern } of rules) {
    expect(() => validateEventPattern(pattern)).not.toThrow();
    expect(lengthOf(pattern)).toBeLessThanOrEqual(LONGEST_PATTERN);
  }
});

test('names are unique, and of letters and digits', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(rules.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
});

test('read-only calls come to those that need them, and to nobody else', () => {
  const withReadOnly = rules.filter(({ state }) => state !== 'ENABLED');
  expect(withReadOnly.flatMap((rule) => rule.detections).sort()).toEqual([
    'activity-root-usage',
    'activity-root-usage',
    'activity-unauthorized-api-calls',
  ]);
  expect(new Set(withReadOnly.map(({ state }) => state))).toEqual(
    new Set(['ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
  );
});

test('there is one rule for an event source, and every detection has one', () => {
  const sources = rules.flatMap(
    ({ pattern }) => (pattern as { detail: { eventSource?: string[] } }).detail.eventSource ?? [],
  );
  expect(new Set(sources).size).toBe(sources.length);
  const without = detections.filter(({ id }) => !rules.some((rule) => rule.detections.includes(id)));
  // Without Regions in compliance.yml none is unapproved.
  expect(without.map(({ id }) => id)).toEqual(['activity-unapproved-region']);
});

test('a detection that is off has no rule', () => {
  const off = {
    ...nothingSet,
    controls: { 'activity-cloudhsm-change': { mode: 'off' as const, parameters: {} } },
  };
  expect(activityRules(detections, off).some(({ name }) => name === 'Cloudhsm')).toBe(false);
});

test('no pattern takes everything', () => {
  for (const { pattern } of rules) {
    const { detail } = pattern as { detail: object };
    expect(Object.keys(detail).length).toBeGreaterThan(0);
  }
});

test('a pattern that would be too long becomes several', () => {
  const [template] = detections;
  const names = Array.from({ length: 200 }, (_, index) => `SomeRatherLongEventName${index}`);
  const many = {
    ...template,
    id: 'activity-many',
    listensTo: { detailTypes: ['x'], calls: { 'ec2.amazonaws.com': names } },
  } as AnyDetection;
  const parts = activityRules([many], nothingSet);
  expect(parts.map(({ name }) => name)).toEqual(['Ec2', 'Ec2Part2', 'Ec2Part3']);
  expect(Math.max(...parts.map(({ pattern }) => lengthOf(pattern)))).toBeLessThanOrEqual(LONGEST_PATTERN);
  const listed = parts.flatMap(
    ({ pattern }) => (pattern as { detail: { eventName: string[] } }).detail.eventName,
  );
  expect(listed.toSorted()).toEqual(names.toSorted());
});
