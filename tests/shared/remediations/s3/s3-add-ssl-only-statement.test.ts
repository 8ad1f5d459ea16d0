import fc from 'fast-check';
import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import remediation from '../../../../shared/remediations/s3/s3-add-ssl-only-statement';
import { BUCKET, bucketCase, somePolicy } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const adds = `Add a statement that denies requests without TLS to the policy of bucket ${BUCKET}`;
const arn = `arn:aws:s3:::${BUCKET}`;
const deny = (more: JsonObject = {}): JsonObject => ({
  Sid: 'DenyInsecureTransport',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  ...more,
});
const policy = (...Statement: JsonObject[]) =>
  bucketCase({ policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const done = ['nothing-to-do: The policy denies requests without TLS.'];

const rows: [name: string, one: Case, expected: string[]][] = [
  ['no policy', bucketCase({}), [adds]],
  ['another policy', bucketCase({ policy: somePolicy }), [adds]],
  ['the statement', policy(deny()), done],
  [
    'everybody in other words',
    policy(deny({ Principal: { AWS: ['*'] }, Action: ['*'], Resource: '*' })),
    done,
  ],
  ['no objects', policy(deny({ Resource: arn })), [adds]],
  ['one user', policy(deny({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } })), [adds]],
  ['reading alone', policy(deny({ Action: 's3:GetObject' })), [adds]],
  [
    'a further condition',
    policy(
      deny({
        Condition: {
          Bool: { 'aws:SecureTransport': 'false' },
          StringEquals: { 'aws:PrincipalOrgID': 'o-1' },
        },
      }),
    ),
    [adds],
  ],
  [
    'what is no policy',
    bucketCase({ policy: '[]' }),
    ['cannot: The policy of the bucket is none that a statement could be added to.'],
  ],
  [
    'what is no JSON',
    bucketCase({ policy: '{' }),
    ['cannot: The policy of the bucket is none that a statement could be added to.'],
  ],
  [
    'a number that would not stay the same',
    bucketCase({ policy: '{"Statement":[{"Condition":{"NumericEquals":{"a":12345678901234567890}}}]}' }),
    ['cannot: The policy of the bucket is none that a statement could be added to.'],
  ],
  [
    'a policy that is full',
    policy(deny({ Principal: { AWS: 'x'.repeat(20_200) } })),
    [
      expect.stringMatching(
        /^cannot: The policy would have 20\d{3} bytes, and S3 takes 20480\.$/,
      ) as unknown as string,
    ],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

const textPut = (one: Case) => JSON.parse(planOf(remediation, one).calls[0]?.input['Policy'] as string);

test('makes a policy where there is none', () => {
  expect(textPut(bucketCase({}))).toEqual({ Version: '2012-10-17', Statement: [deny()] });
});

test('takes a name for the statement that is free', () => {
  const { Statement } = textPut(policy({ ...deny({ Effect: 'Allow' }) }));
  expect(Statement[1].Sid).toBe('DenyInsecureTransport2');
});

const statement = fc.record(
  {
    Sid: fc.constantFrom('DenyInsecureTransport', 'A', 'B'),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.constantFrom<unknown>('*', { AWS: '*' }, { Service: 'cloudtrail.amazonaws.com' }),
    Action: fc.constantFrom<unknown>('s3:*', ['s3:GetObject'], '*'),
    Resource: fc.constantFrom<unknown>(arn, [arn, `${arn}/*`], `${arn}/*`),
    Condition: fc.constantFrom<unknown>(
      { Bool: { 'aws:SecureTransport': 'false' } },
      { Bool: { 'aws:SecureTransport': 'true' } },
      { StringLike: { 'aws:userid': ['ä', '"'] } },
    ),
  },
  { requiredKeys: ['Effect', 'Action'] },
);
const anyPolicy = fc.record(
  {
    Version: fc.constant('2012-10-17'),
    Id: fc.string({ maxLength: 5 }),
    Statement: fc.oneof(fc.array(statement, { maxLength: 4 }), statement),
  },
  { requiredKeys: ['Version', 'Statement'] },
);

test('any policy keeps all that it has, in its order, denies afterwards, and comes back to the letter', () => {
  fc.assert(
    fc.property(anyPolicy, fc.constantFrom(0, 2), (before, indent) => {
      const text = JSON.stringify(before, null, indent);
      const scene = sceneOf(remediation, bucketCase({ policy: text }));
      const captured = scene.capture();
      const proposal = scene.propose(captured);
      if ('plan' in proposal) {
        scene.apply(proposal.plan);
        const { Statement, ...rest } = JSON.parse(scene.cloud.buckets[BUCKET]?.['policy']);
        const { Statement: statements, ...others } = JSON.parse(text);
        expect(JSON.stringify(rest)).toBe(JSON.stringify(others));
        const kept = Array.isArray(statements) ? statements : [statements];
        expect(JSON.stringify(Statement.slice(0, -1))).toBe(JSON.stringify(kept));
        expect(Statement.at(-1)).toEqual(deny({ Sid: Statement.at(-1).Sid }));
        const sids = Statement.map(({ Sid }: JsonObject) => Sid);
        expect(sids.filter((sid: string) => sid === Statement.at(-1).Sid)).toHaveLength(1);
        scene.undo(captured, scene.capture());
      } else {
        expect(proposal.refusal.code).toBe('nothing-to-do');
      }
      expect(scene.cloud.buckets[BUCKET]?.['policy']).toBe(text);
    }),
    { numRuns: 200 },
  );
});
