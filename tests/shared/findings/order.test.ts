import { compareKeys, holdsFrom, keyText, type OrderKey } from '../../../shared/findings/order';
import { at, policySince } from '../../support/findings';

const key = (parts: Partial<OrderKey> = {}): OrderKey => ({
  observedAt: at(5),
  configurationStateId: '5',
  policyVersion: policySince(at(1)),
  ...parts,
});

test.each<[why: string, greater: Partial<OrderKey>]>([
  ['observed later', { observedAt: at(6) }],
  ['observed later, with a smaller state id', { observedAt: at(6), configurationStateId: '1' }],
  ['a greater state id', { configurationStateId: '6' }],
  ['a state id of more digits', { configurationStateId: '10' }],
  ['a newer policy', { policyVersion: policySince(at(2)) }],
  ['another policy of the same instant', { policyVersion: policySince(at(1), 'ffffffffffff') }],
])('greater is what is %s', (_, greater) => {
  expect(compareKeys(key(), key(greater))).toBeLessThan(0);
  expect(compareKeys(key(greater), key())).toBeGreaterThan(0);
  expect(keyText(key(greater))).not.toBe(keyText(key()));
});

test('state ids past 2^53 are told apart', () => {
  const [a, b] = ['9007199254740992', '9007199254740993'].map((id) => key({ configurationStateId: id }));
  expect(compareKeys(a as OrderKey, b as OrderKey)).toBeLessThan(0);
});

test('a key equals itself', () => expect(compareKeys(key(), key())).toBe(0));

describe('a judgement holds', () => {
  test('from its observation', () => {
    expect(holdsFrom(key(), undefined)).toBe(at(5));
    expect(holdsFrom(key(), key({ observedAt: at(4) }))).toBe(at(5));
  });

  test('from the beginning of its policy, when an older one judged the same item', () => {
    expect(holdsFrom(key({ policyVersion: policySince(at(9)) }), key())).toBe(at(9));
  });

  test('never from before its observation', () => {
    expect(holdsFrom(key({ policyVersion: policySince(at(3)) }), key())).toBe(at(5));
  });
});
