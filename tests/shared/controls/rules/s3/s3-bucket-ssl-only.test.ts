import type { JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/s3/s3-bucket-ssl-only';
import {
  captured,
  fixtureLines,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const TEXT = 'supplementaryConfiguration.BucketPolicy.policyText';
const BUCKET = 'arn:aws:s3:::mborch-test-bucket-config-item';
const OBJECTS = `${BUCKET}/*`;
const overHttp = { Bool: { 'aws:SecureTransport': 'false' } };

// Denies plain HTTP to the bucket itself, and to none of its objects.
const bucketOnly = captured('ci-rdk-AWS_S3_Bucket');
const without = captured('ci-c7n-c53c0fb265');

const denial: JsonObject = {
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [BUCKET, OBJECTS],
  Condition: overHttp,
};
const allowed: JsonObject = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  Action: ['s3:GetObject'],
  Resource: OBJECTS,
};

const stating = (...statements: (JsonObject | null)[]): JsonObject =>
  withMember(bucketOnly, TEXT, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
/** The denial with some of its members replaced, or taken away by null. */
const denying = (members: JsonObject): JsonObject =>
  stating(
    Object.fromEntries(
      Object.entries({ ...denial, ...members }).filter(([, value]) => value !== null),
    ) as JsonObject,
  );
const complete = stating(denial);

const accepted: [name: string, item: JsonObject][] = [
  ['a denial for the bucket and its objects', complete],
  ['the same as the API writes it', inApiForm(complete)],
  ['the same beside statements that allow', stating(allowed, denial, allowed)],
  [
    'the same as the only statement, without a list',
    withMember(complete, TEXT, JSON.stringify({ Statement: denial })),
  ],
  ['the same as an object', withMember(complete, TEXT, { Version: '2012-10-17', Statement: [denial] })],
  [
    'the same as JSON text of JSON text',
    withMember(complete, TEXT, JSON.stringify(JSON.stringify({ Statement: denial }))),
  ],
  [
    'the same percent-encoded',
    withMember(complete, TEXT, encodeURIComponent(JSON.stringify({ Statement: denial }))),
  ],
  ['false as a boolean', denying({ Condition: { Bool: { 'aws:SecureTransport': false } } })],
  ['false in a list', denying({ Condition: { Bool: { 'aws:SecureTransport': ['false'] } } })],
  ['BoolIfExists', denying({ Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } })],
  [
    'Bool for all of the values',
    denying({ Condition: { 'ForAllValues:Bool': { 'aws:SecureTransport': 'false' } } }),
  ],
  [
    'Bool for any of the values',
    denying({ Condition: { 'ForAnyValue:Bool': { 'aws:SecureTransport': 'false' } } }),
  ],
  [
    'Bool twice over',
    denying({ Condition: { ...overHttp, BoolIfExists: { 'aws:SecureTransport': 'false' } } }),
  ],
  ['the key in other letters', denying({ Condition: { Bool: { 'AWS:securetransport': 'false' } } })],
  ['everyone by {"AWS": "*"}', denying({ Principal: { AWS: '*' } })],
  ['everyone among others', denying({ Principal: { AWS: ['arn:aws:iam::123456789012:root', '*'] } })],
  ['every action', denying({ Action: '*' })],
  ['every action of S3 in a list', denying({ Action: ['s3:*'] })],
  ['every action of S3 in capitals', denying({ Action: 'S3:*' })],
  ['every action of S3 among others', denying({ Action: ['s3:GetObject', 's3:*'] })],
  ['any resource', denying({ Resource: '*' })],
  ['one pattern for both', denying({ Resource: `${BUCKET}*` })],
  ['a pattern for more than this bucket', denying({ Resource: 'arn:aws:s3:::mborch-*' })],
  ['any bucket', denying({ Resource: 'arn:aws:s3:::*' })],
  ['any partition', denying({ Resource: [BUCKET.replace('aws', '*'), OBJECTS.replace('aws', '*')] })],
  [
    'the bucket and its objects in two statements',
    stating({ ...denial, Resource: BUCKET }, { ...denial, Resource: OBJECTS }),
  ],
  ['a denial of everything, by TLS too', denying({ Condition: null })],
  ['a denial under an empty condition', denying({ Condition: {} })],
  ['a denial beside a statement that cannot be read', stating(null, denial)],
  [
    'a bucket in China',
    withMember(
      stating({ ...denial, Resource: ['arn:aws-cn:s3:::here', 'arn:aws-cn:s3:::here/*'] }),
      'ARN',
      'arn:aws-cn:s3:::here',
    ),
  ],
];

const refused: [name: string, item: JsonObject][] = [
  ['no policy', without],
  ['no policy, as the API writes it', captured('ci-c7n-s3-website')],
  ['an empty policy', withMember(complete, TEXT, '')],
  ['a denial for the bucket alone', bucketOnly],
  ['a denial for the objects alone', denying({ Resource: OBJECTS })],
  ['a denial for objects below a prefix', denying({ Resource: [BUCKET, `${BUCKET}/private/*`] })],
  ['a denial for objects with an ending', denying({ Resource: [BUCKET, `${BUCKET}/*.html`] })],
  ['a denial for the keys of the caller', denying({ Resource: [BUCKET, `${BUCKET}/\${aws:username}/*`] })],
  ['a denial for keys of one character', denying({ Resource: [BUCKET, `${BUCKET}/?`] })],
  ['a denial for another bucket', denying({ Resource: ['arn:aws:s3:::other', 'arn:aws:s3:::other/*'] })],
  ['a denial for a bucket whose name goes on', denying({ Resource: [`${BUCKET}-2`, `${BUCKET}-2/*`] })],
  [
    'a denial in another partition',
    denying({ Resource: ['arn:aws-cn:s3:::mborch-test-bucket-config-item', OBJECTS] }),
  ],
  ['all resources but one prefix', denying({ Resource: null, NotResource: `${BUCKET}/public/*` })],
  ['no resource', denying({ Resource: null })],
  ['a denial of reading alone', denying({ Action: 's3:GetObject' })],
  ['a denial of all that begins with Get', denying({ Action: 's3:Get*' })],
  [
    'two denials that leave actions between them',
    stating({ ...denial, Action: 's3:Get*' }, { ...denial, Action: 's3:Put*' }),
  ],
  ['all actions but one', denying({ Action: null, NotAction: 's3:GetObject' })],
  ['all actions of another service', denying({ Action: 's3express:*' })],
  ['a denial for one account', denying({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } })],
  ['a denial for services', denying({ Principal: { Service: '*' } })],
  ['everyone but one', denying({ Principal: null, NotPrincipal: { AWS: 'arn:aws:iam::123456789012:root' } })],
  ['nobody', denying({ Principal: null })],
  ['the condition turned around', denying({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
  ['a condition that no value can meet', denying({ Condition: { Bool: { 'aws:SecureTransport': [] } } })],
  ['another key of that ending', denying({ Condition: { Bool: { 'my:SecureTransport': 'false' } } })],
  [
    'text compared in place of Bool',
    denying({ Condition: { StringNotEquals: { 'aws:SecureTransport': 'true' } } }),
  ],
  ['whether the key is there', denying({ Condition: { Null: { 'aws:SecureTransport': 'true' } } })],
  ['the version of TLS', denying({ Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } })],
  [
    'plain HTTP from some addresses',
    denying({ Condition: { ...overHttp, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
  ],
  [
    'plain HTTP by old TLS, which there is not',
    denying({ Condition: { ...overHttp, NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
  ],
  [
    'a second key of the same operator',
    denying({ Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' } } }),
  ],
  [
    'an allowance under TLS',
    denying({ Effect: 'Allow', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
  ],
  ['an allowance of plain HTTP', denying({ Effect: 'Allow' })],
  ['no statement', stating()],
];

const rows: Row[] = [
  ...accepted.map(([name, item]): Row => [name, item, 'COMPLIANT']),
  ...refused.map(([name, item]): Row => [name, item, 'NON_COMPLIANT', [TEXT]]),
  [
    'a deleted bucket',
    withMember(bucketOnly, 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  ['a policy that is no JSON', withMember(complete, TEXT, '{"Statement":['), 'INSUFFICIENT_DATA'],
  [
    'a policy without statements',
    withMember(complete, TEXT, '{"Version":"2012-10-17"}'),
    'INSUFFICIENT_DATA',
  ],
  ['a policy that is a number', withMember(complete, TEXT, 7), 'INSUFFICIENT_DATA'],
  ['a statement that cannot be read', stating(allowed, null), 'INSUFFICIENT_DATA'],
  [
    'a denial under a misspelled condition',
    denying({ Condition: null, condition: overHttp }),
    'INSUFFICIENT_DATA',
  ],
  [
    'no word about a policy',
    withoutMember(bucketOnly, 'supplementaryConfiguration.BucketPolicy'),
    'INSUFFICIENT_DATA',
  ],
  ['a policy of no text', withoutMember(bucketOnly, TEXT), 'INSUFFICIENT_DATA'],
  [
    'no supplementary configuration',
    withoutMember(bucketOnly, 'supplementaryConfiguration'),
    'INSUFFICIENT_DATA',
  ],
  ['a bucket without its ARN', withoutMember(complete, 'ARN'), 'INSUFFICIENT_DATA'],
  ['an ARN with a wildcard', withMember(complete, 'ARN', 'arn:aws:s3:::*'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});

const published = fixtureLines<{ id: string; question: string; expected: boolean; policy: JsonObject }>(
  'iam-policies/policies.jsonl',
).filter(({ question }) => question === 'missingSecureTransport');

test('has policies that others have judged', () => expect(published.length).toBe(2));

test.each(published)('judges $id as its source does', ({ policy, expected }) => {
  const [statement] = policy['Statement'] as JsonObject[];
  const [, bucket = ''] = /(arn:aws:s3:::[^/"]+)/.exec(JSON.stringify(statement)) ?? [];
  const item = withMember(withMember(bucketOnly, 'ARN', bucket), TEXT, JSON.stringify(policy));
  expect(said(rule, item).compliance).toBe(expected ? 'NON_COMPLIANT' : 'COMPLIANT');
});
