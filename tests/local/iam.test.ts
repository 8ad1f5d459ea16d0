import { decide, matchesWildcard, type Principal, readPolicy } from '../../local/iam';

const role: Principal = {
  kind: 'role',
  roleArn: 'arn:aws:iam::123456789012:role/r',
  sessionArn: 'arn:aws:sts::123456789012:assumed-role/r/f',
  accountId: '123456789012',
};
const allow = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const deny = { ...allow, Effect: 'Deny' };
const root = { AWS: 'arn:aws:iam::123456789012:root' };
const stranger = { AWS: 'arn:aws:iam::210987654321:root' };

function decided(own: object[], theirs: object[], kind: 'ordinary' | 'keyPolicy', keys = {}): boolean {
  const request = { principal: role, action: 'sqs:SendMessage', resource: 'arn:aws:sqs:x:1:q', keys };
  return decide(
    request,
    readPolicy({ Statement: own }, 'own'),
    readPolicy({ Statement: theirs }, 'theirs'),
    kind,
  ).allowed;
}

test.each([
  ['nothing allows', [], [], 'ordinary', false],
  ['its own policy allows', [allow], [], 'ordinary', true],
  ['its own policy denies as well', [allow, deny], [], 'ordinary', false],
  [
    'its own policy denies what the resource allows',
    [deny],
    [{ ...allow, Principal: '*' }],
    'ordinary',
    false,
  ],
  ['the resource names the role', [], [{ ...allow, Principal: { AWS: role.roleArn } }], 'ordinary', true],
  ['the resource trusts the account only', [], [{ ...allow, Principal: root }], 'ordinary', false],
  ['the resource trusts another account', [], [{ ...allow, Principal: stranger }], 'ordinary', false],
  ['the resource denies everybody', [allow], [{ ...deny, Principal: '*' }], 'ordinary', false],
  ['a statement of the resource names nobody', [], [allow], 'ordinary', false],
  [
    'the key trusts the account, and its own policy allows',
    [allow],
    [{ ...allow, Principal: root }],
    'keyPolicy',
    true,
  ],
  [
    'the key trusts the account, and nothing else allows',
    [],
    [{ ...allow, Principal: root }],
    'keyPolicy',
    false,
  ],
  ['the key trusts nobody, though its own policy allows', [allow], [], 'keyPolicy', false],
  ['the key names the role', [], [{ ...allow, Principal: { AWS: role.roleArn } }], 'keyPolicy', true],
] as [string, object[], object[], 'ordinary' | 'keyPolicy', boolean][])(
  '%s',
  (_, own, theirs, kind, allowed) => {
    expect(decided(own, theirs, kind)).toBe(allowed);
  },
);

const named = (AWS: string) => ({ ...allow, Principal: { AWS } });

test.each([
  ['its policy allows as well', [allow], [], [allow], true],
  ['its policy says nothing', [allow], [], [], false],
  ['its policy denies', [allow], [], [allow, deny], false],
  ['its policy allows more than the role may', [], [], [allow], false],
  ['the resource names the role, and its policy says nothing', [], [named(role.roleArn)], [], false],
  ['the resource names the role, and its policy allows', [], [named(role.roleArn)], [allow], true],
  ['the resource names the session itself', [], [named(role.sessionArn)], [], true],
  [
    'the resource names the session itself, and its policy denies',
    [],
    [named(role.sessionArn)],
    [deny],
    false,
  ],
  [
    'the resource lets everybody in, and its policy says nothing',
    [],
    [{ ...allow, Principal: '*' }],
    [],
    false,
  ],
] as [string, object[], object[], object[], boolean][])(
  'a session: %s',
  (_, own, theirs, session, allowed) => {
    const request = { principal: role, action: 'sqs:SendMessage', resource: 'arn:aws:sqs:x:1:q', keys: {} };
    const read = (statements: object[]) => readPolicy({ Statement: statements }, 'x');
    expect(decide(request, read(own), read(theirs), 'ordinary', read(session)).allowed).toBe(allowed);
  },
);

const SOURCE = 'aws:SourceArn';
const rule = 'arn:aws:events:eu-central-1:123456789012:rule/bus/r';

test.each([
  ['StringEquals', { StringEquals: { [SOURCE]: ['x', rule] } }, rule, true],
  ['StringEquals in another case', { StringEquals: { [SOURCE]: rule.toUpperCase() } }, rule, false],
  ['StringNotEquals', { StringNotEquals: { [SOURCE]: ['x', rule] } }, rule, false],
  ['StringLike', { StringLike: { [SOURCE]: 'arn:*:rule/???/r' } }, rule, true],
  ['ArnLike', { ArnLike: { [SOURCE]: 'arn:aws:events:*:123456789012:rule/*' } }, rule, true],
  ['ArnLike, whose * does not cross a colon', { ArnLike: { [SOURCE]: 'arn:aws:*:rule/bus/r' } }, rule, false],
  ['ArnNotLike', { ArnNotLike: { [SOURCE]: 'arn:aws:events:*:*:rule/*' } }, rule, false],
  ['an absent key', { StringEquals: { [SOURCE]: rule } }, undefined, false],
  ['an absent key, negated', { StringNotEquals: { [SOURCE]: rule } }, undefined, true],
  ['an absent key, IfExists', { StringEqualsIfExists: { [SOURCE]: rule } }, undefined, true],
  ['Null true', { Null: { [SOURCE]: 'true' } }, undefined, true],
  ['Null false', { Null: { [SOURCE]: 'false' } }, undefined, false],
  [
    'two operators of which one fails',
    { ArnLike: { [SOURCE]: '*:*:*:*:*:*' }, Null: { [SOURCE]: 'true' } },
    rule,
    false,
  ],
  ['a key in another letter case', { StringEquals: { 'AWS:sourcearn': rule } }, rule, true],
])('condition %s', (_, Condition, source, allowed) => {
  expect(decided([{ ...allow, Condition }], [], 'ordinary', { [SOURCE]: source })).toBe(allowed);
});

test.each([
  ['NotAction leaves the named out', { Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }, false],
  ['NotAction takes the others in', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, true],
  ['NotResource leaves the named out', { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:sqs:*' }, false],
  ['a statement without actions allows nothing', { Effect: 'Allow', Action: [], Resource: '*' }, false],
  ['actions are compared without case', { Effect: 'Allow', Action: 'SQS:sendmessage', Resource: '*' }, true],
])('%s', (_, statement, allowed) => {
  expect(decided([statement], [], 'ordinary')).toBe(allowed);
});

test('a wildcard pattern takes every other character literally', () => {
  expect(matchesWildcard('a.b', 'a?b')).toBe(true);
  expect(matchesWildcard('axb', 'a.b')).toBe(false);
});
