import fc from 'fast-check';
import { readPolicy } from '../../../../shared/controls/policies/policy-document';

const document = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['a', 'b'] }],
};
const text = JSON.stringify(document);
const read = {
  statements: [
    {
      index: 0,
      effect: 'Deny',
      forEveryone: true,
      actions: ['s3:*'],
      resources: ['a', 'b'],
      conditions: [],
    },
  ],
  unread: 0,
};

test.each<[name: string, document: unknown]>([
  ['an object', document],
  ['an array around one', [document]],
  ['JSON text', text],
  ['JSON text with line breaks', JSON.stringify(document, null, 2)],
  ['percent-encoded JSON text', encodeURIComponent(text)],
  ['JSON text of JSON text', JSON.stringify(text)],
  ['JSON text of percent-encoded JSON text', JSON.stringify(encodeURIComponent(text))],
  ['one statement without a list', { ...document, Statement: document.Statement[0] }],
])('reads %s', (_name, form) => {
  expect(readPolicy(form)).toEqual(read);
});

test.each<[name: string, document: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['no text', ''],
  ['text that is no JSON', '{"Statement": ['],
  ['a broken percent-encoding', '%7B%2'],
  ['a number', 7],
  ['an empty array', []],
  ['two documents', [document, document]],
  ['no statement', { Version: '2012-10-17' }],
  ['statements of null', { Statement: null }],
  ['statements as text', { Statement: text }],
  ['a text of a megabyte', `${text}${' '.repeat(1_000_000)}`],
  ['brackets without an end', '['.repeat(60_000)],
])('does not read %s', (_name, form) => {
  expect(readPolicy(form)).toBeUndefined();
});

const statement = (members: object) =>
  readPolicy({ Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*', ...members }] });

test.each<[principal: object, forEveryone: boolean]>([
  [{ Principal: '*' }, true],
  [{ Principal: { AWS: '*' } }, true],
  [{ Principal: { AWS: ['*'] } }, true],
  [{ Principal: { AWS: ['arn:aws:iam::123456789012:root', '*'] } }, true],
  [{ Principal: { AWS: '*', Service: 'cloudtrail.amazonaws.com' } }, true],
  [{ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, false],
  [{ Principal: { AWS: 'arn:aws:iam::*:root' } }, false],
  [{ Principal: { Service: '*' } }, false],
  [{ Principal: { CanonicalUser: '*' } }, false],
  [{ Principal: {} }, false],
  [{ NotPrincipal: { AWS: 'arn:aws:iam::123456789012:root' } }, false],
  [{ Principal: '*', NotPrincipal: { AWS: 'arn:aws:iam::123456789012:root' } }, false],
  [{}, false],
])('%j is for everyone: %j', (principal, forEveryone) => {
  expect(statement(principal)?.statements[0]?.forEveryone).toBe(forEveryone);
});

test.each<[name: string, condition: unknown, conditions: object[]]>([
  [
    'one value',
    { Bool: { 'aws:SecureTransport': 'false' } },
    [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] }],
  ],
  [
    'a boolean',
    { Bool: { 'aws:SecureTransport': false } },
    [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] }],
  ],
  [
    'two keys of two operators',
    { NumericLessThan: { 's3:TlsVersion': 1.2 }, StringEquals: { a: ['b', 'c'] } },
    [
      { operator: 'NumericLessThan', key: 's3:TlsVersion', values: ['1.2'] },
      { operator: 'StringEquals', key: 'a', values: ['b', 'c'] },
    ],
  ],
  [
    'names that objects have by themselves',
    JSON.parse('{"__proto__":{"constructor":"x"}}'),
    [{ operator: '__proto__', key: 'constructor', values: ['x'] }],
  ],
  ['none', {}, []],
])('reads conditions: %s', (_name, condition, conditions) => {
  expect(statement({ Condition: condition })?.statements[0]?.conditions).toEqual(conditions);
});

test.each<[name: string, members: object]>([
  ['another effect', { Effect: 'deny' }],
  ['an action that is no text', { Action: [1] }],
  ['resources of null', { Resource: null }],
  ['a condition that is a list', { Condition: [] }],
  ['a condition of null', { Condition: null }],
  ['an operator without keys', { Condition: { Bool: 'false' } }],
  ['a value of null', { Condition: { Bool: { 'aws:SecureTransport': null } } }],
  ['an element that IAM does not have', { condition: { StringEquals: { a: 'b' } } }],
  ['a principal that is a number', { Principal: 7 }],
])('counts a statement with %s as unread', (_name, members) => {
  expect(statement(members)).toEqual({ statements: [], unread: 1 });
});

test('an unread statement leaves the others, and their places', () => {
  const both = readPolicy({ Statement: [null, document.Statement[0]] });
  expect([both?.unread, both?.statements.map(({ index }) => index)]).toEqual([1, [1]]);
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, maxDepth: 4 }), fc.jsonValue(), (any, json) => {
      readPolicy(any);
      readPolicy({ Statement: any });
      readPolicy({ Statement: [any] });
      readPolicy(JSON.stringify({ Statement: json }));
    }),
  );
});
