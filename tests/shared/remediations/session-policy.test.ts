import fc from 'fast-check';
import { covers, readPolicy } from '../../../local/iam';
import { sessionPolicy } from '../../../shared/remediations/session-policy';

const allows = (...pairs: (readonly [string, ...string[]])[]) => ({
  allows: pairs.map(([action, ...resources]) => ({ action, resources })),
});

const GROUP = 'arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0a1b2c3d';
const RULES = 'arn:aws:ec2:eu-central-1:123456789012:security-group-rule/*';

test.each([
  ['one call', [allows(['kms:EnableKey', 'arn:k'])], [{ Action: ['kms:EnableKey'], Resource: ['arn:k'] }]],
  [
    'calls on the same resource stand together',
    [allows(['kms:EnableKey', 'arn:k']), allows(['kms:CancelKeyDeletion', 'arn:k'])],
    [{ Action: ['kms:CancelKeyDeletion', 'kms:EnableKey'], Resource: ['arn:k'] }],
  ],
  [
    'actions with other resources stay apart',
    [allows(['ec2:Authorize', GROUP, RULES], ['ec2:CreateTags', RULES]), allows(['ec2:Revoke', GROUP])],
    [
      { Action: ['ec2:Authorize'], Resource: [RULES, GROUP] },
      { Action: ['ec2:CreateTags'], Resource: [RULES] },
      { Action: ['ec2:Revoke'], Resource: [GROUP] },
    ],
  ],
  [
    'the same call twice is one right',
    [allows(['iam:UpdateAccessKey', 'arn:u']), allows(['iam:UpdateAccessKey', 'arn:u'])],
    [{ Action: ['iam:UpdateAccessKey'], Resource: ['arn:u'] }],
  ],
])('%s', (_name, calls, statements) => {
  const found = sessionPolicy(calls);
  expect('policy' in found && JSON.parse(found.policy)).toEqual({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Effect: 'Allow', ...one })),
  });
});

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    allows(['ec2:ModifyNetworkInterfaceAttribute', `arn:aws:ec2:eu-central-1:123456789012:eni/${index}`]),
  );

test.each([
  ['no calls', [], 'The calls name no right that they need.'],
  [
    'more rights than a session holds',
    many(50),
    /^The rights that it needs take \d{4} characters, and a session has 2048 at most\.$/,
  ],
  [
    'a name that IAM does not take',
    [allows(['s3:GetObject', 'arn:aws:s3:::ключ'])],
    'A resource has a name that IAM does not take.',
  ],
])('there is none for %s', (_name, calls, refused) => {
  expect(sessionPolicy(calls)).toEqual({
    refused: typeof refused === 'string' ? refused : expect.stringMatching(refused),
  });
});

test('it fits as long as it is taken: 2,048 characters and no more', () => {
  const lengths = Array.from({ length: 60 }, (_, count) => sessionPolicy(many(count + 1))).flatMap((found) =>
    'policy' in found ? [found.policy.length] : [],
  );
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2_048);
  expect(Math.max(...lengths)).toBeGreaterThan(1_980);
});

test('it allows each of the rights, and no other pair of an action and a resource', () => {
  const action = fc.constantFrom('a:One', 'a:Two', 'b:One');
  const resource = fc.constantFrom('arn:x', 'arn:y', 'arn:z');
  const right = fc.record({ action, resources: fc.uniqueArray(resource, { minLength: 1 }) });
  fc.assert(
    fc.property(fc.array(fc.record({ allows: fc.array(right) }), { minLength: 1 }), (calls) => {
      const wanted = calls.flatMap(({ allows: all }) =>
        all.flatMap((one) => one.resources.map((found) => `${one.action} ${found}`)),
      );
      fc.pre(wanted.length > 0);
      const found = sessionPolicy(calls);
      if ('refused' in found) throw new Error(found.refused);
      const statements = readPolicy(JSON.parse(found.policy), 'session');
      for (const one of ['a:One', 'a:Two', 'b:One'])
        for (const on of ['arn:x', 'arn:y', 'arn:z'])
          expect([one, on, statements.some((statement) => covers(statement, one, on))]).toEqual([
            one,
            on,
            wanted.includes(`${one} ${on}`),
          ]);
    }),
  );
});
