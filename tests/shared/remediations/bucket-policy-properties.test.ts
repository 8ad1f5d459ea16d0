import fc from 'fast-check';
import rule from '../../../shared/controls/rules/s3/s3-bucket-ssl-only';
import remediation from '../../../shared/remediations/s3/s3-add-ssl-only-statement';
import { said } from '../../support/judge-rule';
import { BUCKET, bucketCase } from './cases';
import { asItem } from './item';
import { sceneOf } from './scene';

// Any bucket policy, request by request: what it decides is worked out here, by IAM's rules and nothing of ours.

const arn = `arn:aws:s3:::${BUCKET}`;
const ROOT = 'arn:aws:iam::123456789012:root';
const OTHER = 'arn:aws:iam::210987654321:root';

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const who = fc.constantFrom<Partial<Statement>>(
  { Principal: '*' },
  { Principal: { AWS: '*' } },
  { Principal: { AWS: ['*', ROOT] } },
  { Principal: { AWS: ROOT } },
  { Principal: { AWS: [ROOT, OTHER] } },
  { Principal: { Service: 'logging.s3.amazonaws.com' } },
  { NotPrincipal: { AWS: ROOT } },
);
const does = fc.constantFrom<Partial<Statement>>(
  { Action: 's3:*' },
  { Action: '*' },
  { Action: ['s3:*', 's3:GetObject'] },
  { Action: ['s3:GetObject', 's3:PutObject'] },
  { Action: 's3:Get*' },
  { NotAction: 's3:GetObject' },
);
const to = fc.constantFrom<Partial<Statement>>(
  { Resource: arn },
  { Resource: [arn, `${arn}/*`] },
  { Resource: [`${arn}/*`, arn, `${arn}/private/*`] },
  { Resource: `${arn}*` },
  { Resource: '*' },
  { Resource: `${arn}/private/*` },
  { NotResource: `${arn}/private/*` },
);
const when = fc.constantFrom<Partial<Statement>>(
  {},
  { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
  { Condition: { Bool: { 'aws:securetransport': 'false' } } },
  { Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } },
  { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
  { Condition: { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
);
const statement = fc
  .tuple(
    fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny'),
    who,
    does,
    to,
    when,
    fc.constantFrom<Partial<Statement>>({}, { Sid: 'DenyInsecureTransport' }, { Sid: 'Read' }),
  )
  .map(([Effect, ...parts]): Statement => Object.assign({ Effect }, ...parts));
const anyPolicy = fc.record({
  Version: fc.constant('2012-10-17'),
  Statement: fc.oneof(fc.array(statement, { minLength: 1, maxLength: 5 }), statement),
});

interface Asked {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly secure: boolean;
  readonly org: string | undefined;
}

const requests: Asked[] = ['anonymous', ROOT, OTHER, 'logging.s3.amazonaws.com'].flatMap((principal) =>
  [
    ['s3:ListBucket', arn],
    ['s3:GetObject', `${arn}/open`],
    ['s3:GetObject', `${arn}/private/key`],
    ['s3:PutObject', `${arn}/open`],
    ['s3:DeleteObject', `${arn}/private/key`],
  ].flatMap(([action = '', resource = '']) =>
    [true, false].flatMap((secure) =>
      ['o-1', undefined].map((org) => ({ principal, action, resource, secure, org })),
    ),
  ),
);

const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]) as string[];
const like = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[.+^$()|[\]{}\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);
const isNamed = (principals: unknown, principal: string) =>
  principals === '*' ||
  Object.values(principals as object)
    .flatMap(list)
    .some((one) => one === '*' || one === principal);

function matches(one: Statement, { principal, action, resource, secure, org }: Asked): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition = {} } = one;
  const holds = Object.values(Condition)
    .flatMap((keys) => Object.entries(keys))
    .every(([key, value]) =>
      key.toLowerCase() === 'aws:securetransport' ? value === String(secure) : value === org,
    );
  return (
    holds &&
    (Principal === undefined ? !isNamed(NotPrincipal, principal) : isNamed(Principal, principal)) &&
    (Action === undefined
      ? !list(NotAction).some((pattern) => like(pattern, action))
      : list(Action).some((pattern) => like(pattern, action))) &&
    (Resource === undefined
      ? !list(NotResource).some((pattern) => like(pattern, resource))
      : list(Resource).some((pattern) => like(pattern, resource)))
  );
}

function decided(text: string, asked: Asked): 'deny' | 'allow' | 'none' {
  const statements = list(JSON.parse(text).Statement) as unknown as Statement[];
  const effects = statements.filter((one) => matches(one, asked)).map(({ Effect }) => Effect);
  return effects.includes('Deny') ? 'deny' : effects.includes('Allow') ? 'allow' : 'none';
}

test('without TLS everything is denied, with it nothing is decided otherwise, and the undo brings it back', () => {
  let mended = 0;
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const text = JSON.stringify(policy);
      const scene = sceneOf(remediation, bucketCase({ policy: text }));
      const before = scene.capture();
      const proposal = scene.propose(before);
      if ('plan' in proposal) scene.apply(proposal.plan);
      else expect(proposal.refusal.code).toBe('nothing-to-do');
      const now: string = scene.cloud.buckets[BUCKET]?.['policy'];
      for (const asked of requests)
        expect([asked, decided(now, asked)]).toEqual([asked, asked.secure ? decided(text, asked) : 'deny']);

      const left = scene.capture();
      const observed = remediation.observed(left as never, scene.target);
      if (!observed) throw new Error('the bucket is gone');
      expect(said(rule, asItem(scene.target, observed)).compliance).toBe('COMPLIANT');
      if (!('plan' in proposal)) return;
      mended += 1;
      expect(remediation.meaning(left as never)).toEqual(proposal.plan.after);
      scene.undo(before, left);
      expect(scene.cloud.buckets[BUCKET]?.['policy']).toBe(text);
    }),
    { numRuns: 200 },
  );
  expect(mended).toBeGreaterThan(50);
});
