import fc from 'fast-check';
import {
  type AwsCall,
  nextStates,
  Plan,
  RemediationState,
} from '../../../shared/contracts/trailseal/remediation';
import remediation from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import {
  answerOf,
  canonicalJson,
  capture,
  inputOf,
  planHash,
  tokenFor,
} from '../../../shared/remediations/plan';
import type { AnyRemediation } from '../../../shared/remediations/remediation';
import { group, groupCase, mixedRules, rule } from './cases';
import { planOf, sceneOf } from './scene';

test('canonical JSON does not depend on the order of members, and tells values apart', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'ä' }], a: undefined, 'a"': true })).toBe(
    '{"a\\"":true,"b":[1,{"c":"ä","d":null}]}',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

const plan = planOf(remediation, groupCase(mixedRules));

test('a plan is bound to its hash', () => {
  expect(Plan.parse(plan)).toEqual(plan);
  expect(planHash(plan)).toBe(plan.hash);
  expect(planHash(JSON.parse(JSON.stringify(plan)))).toBe(plan.hash);
});

const changes: [name: string, changed: Partial<Plan>][] = [
  ['the finding', { findingId: 'other' }],
  ['the control', { control: 'other' }],
  ['the target', { target: { ...plan.target, accountId: '210987654321' } }],
  ['a call less', { calls: plan.calls.slice(1) }],
  ['the order of calls', { calls: plan.calls.toReversed() }],
  ['the state before', { before: {} }],
  ['the state after', { after: {} }],
  ['the version', { version: 2 }],
  ['a note', { notes: ['other'] }],
];

test.each(changes)('another hash for another plan: %s', (_name, changed) => {
  expect(planHash({ ...plan, ...changed })).not.toBe(plan.hash);
});

test('a change of the resource makes another plan', () => {
  const other = groupCase([...mixedRules, rule('new', { CidrIpv4: '192.0.2.1/32', FromPort: 1, ToPort: 1 })]);
  expect(planOf(remediation, other).hash).not.toBe(plan.hash);
});

describe('what is captured', () => {
  const any: AnyRemediation = remediation;
  const answers = (rules: object[]) => ({
    group: { SecurityGroups: [group()] },
    rules: { SecurityGroupRules: rules },
  });

  test('is what the remediation names', () => {
    const extra = {
      ...answers([{ ...mixedRules[0], GroupOwnerId: '1', Secret: 'x' }]),
      $metadata: { requestId: 'r' },
    };
    const text = JSON.stringify(capture(any, JSON.parse(JSON.stringify(extra))));
    expect(text).not.toMatch(/Secret|metadata|GroupOwnerId/);
    expect(text).toContain('sgr-ssh');
  });

  test.each<[name: string, answers: Parameters<typeof capture>[1], says: RegExp]>([
    ['another form', { group: null, rules: null }, /group must be an object/],
    ['no answer', {}, /group must be an object/],
    [
      'too much',
      answers(
        Array.from({ length: 5000 }, (_, index) => ({
          ...mixedRules[0],
          SecurityGroupRuleId: `sgr-${index}`,
        })),
      ) as never,
      /takes \d+ bytes, and 350000 are kept/,
    ],
  ])('or nothing is done: %s', (_name, given, says) => {
    expect(capture(any, given)).toMatchObject({
      refusal: { code: 'unreadable', says: expect.stringMatching(says) },
    });
  });
});

test('more calls than a run can make are refused', () => {
  const rules = Array.from({ length: 101 }, (_, index) =>
    rule(String(index), {
      FromPort: 21,
      ToPort: 22,
      CidrIpv4: `${index}.0.0.0/0`,
      Tags: [{ Key: 'n', Value: String(index) }],
    }),
  );
  const scene = sceneOf(remediation, groupCase(rules));
  expect(scene.propose(scene.capture())).toMatchObject({
    refusal: { code: 'cannot', says: 'It would take 102 calls, and 100 are made at most.' },
  });
});

describe('answers of earlier calls', () => {
  const call = {
    input: { GroupId: answerOf(0, 'GroupId'), Deep: [{ Id: answerOf(1, 'Id') }], n: 1 },
  } as unknown as AwsCall;

  test('take their places', () => {
    expect(inputOf(call, [{ GroupId: 'sg-1' }, { Id: 'x' }])).toEqual({
      GroupId: 'sg-1',
      Deep: [{ Id: 'x' }],
      n: 1,
    });
  });

  test('are missed where AWS did not give them', () => {
    expect(() => inputOf(call, [{ GroupId: 'sg-1' }, {}])).toThrow('the answer of call 1 has no Id');
  });
});

test('a token is the same for one exposure, and another for the next', () => {
  const occasion = {
    findingId: 'F',
    control: 'c',
    parameters: {},
    at: 'later',
    since: '2026-11-29T10:00:00.000Z',
  };
  const token = tokenFor(occasion, 'r');
  expect(tokenFor({ ...occasion, at: 'much later' }, 'r')).toBe(token);
  expect(tokenFor({ ...occasion, since: '2026-11-29T11:00:00.000Z' }, 'r')).not.toBe(token);
  expect(tokenFor(occasion, 'other')).not.toBe(token);
});

test('no state follows what is over, and every state but the first follows another', () => {
  const followed = new Set(Object.values(nextStates).flat());
  expect(RemediationState.options.filter((state) => !followed.has(state))).toEqual(['planned']);
  expect(RemediationState.options.filter((state) => nextStates[state].length === 0)).toEqual([
    'refused',
    'applied',
    'undone',
  ]);
});
