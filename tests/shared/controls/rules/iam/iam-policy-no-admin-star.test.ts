import type { Json, JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/iam/iam-policy-no-admin-star';
import {
  captured,
  fixtureLines,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const VERSIONS = 'configuration.policyVersionList';
const DOCUMENT = `${VERSIONS}.0.document`;
const statement = (index: number, version = 0) => `${VERSIONS}[${version}].document.Statement[${index}]`;

const loadBalancers = captured('ci-rdk-AWS_IAM_Policy');
const admin = { Effect: 'Allow', Action: '*', Resource: '*' };
const narrow = { Effect: 'Allow', Action: 's3:Get*', Resource: '*' };

const holding = (document: Json) => withMember(loadBalancers, DOCUMENT, document);
const stating = (...statements: Json[]) => holding({ Version: '2012-10-17', Statement: statements });
const text = JSON.stringify({ Version: '2012-10-17', Statement: [admin] });
const unattached = withMember(stating(admin), 'configuration.attachmentCount', 0);

const version = (versionId: string, isDefaultVersion: boolean | null, one: JsonObject): JsonObject => ({
  versionId,
  isDefaultVersion,
  document: { Statement: [one] },
});
const versions = (defaultVersionId: string | null, ...list: JsonObject[]) =>
  withMember(withMember(loadBalancers, VERSIONS, list), 'configuration.defaultVersionId', defaultVersionId);

const rows: Row[] = [
  ['everything', stating(admin), 'NON_COMPLIANT', [statement(0)]],
  ['everything, as the API writes it', inApiForm(stating(admin)), 'NON_COMPLIANT', [statement(0)]],
  [
    'everything in an array, as Config writes it',
    holding([{ Statement: [admin] }]),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  ['everything percent-encoded', holding(encodeURIComponent(text)), 'NON_COMPLIANT', [statement(0)]],
  ['everything as JSON text', holding(text), 'NON_COMPLIANT', [statement(0)]],
  ['a statement without a list around it', holding({ Statement: admin }), 'NON_COMPLIANT', [statement(0)]],
  [
    'lists',
    stating({ ...admin, Action: ['s3:Get*', '*'], Resource: ['arn:aws:s3:::a', '*'] }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  ['*:*', stating({ ...admin, Action: '*:*' }), 'NON_COMPLIANT', [statement(0)]],
  [
    'stars that say the same',
    stating({ ...admin, Action: '**', Resource: '?*' }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  ['every ARN', stating({ ...admin, Resource: 'arn:aws:*' }), 'NON_COMPLIANT', [statement(0)]],
  [
    'every ARN of another partition',
    withMember(
      stating({ ...admin, Resource: 'arn:aws-cn:*' }),
      'arn',
      'arn:aws-cn:iam::264683526309:policy/ELB-policy',
    ),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  ['two of three statements', stating(admin, narrow, admin), 'NON_COMPLIANT', [statement(0), statement(2)]],
  [
    'everything under a condition',
    stating({ ...admin, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'everything, and a denial of some',
    stating(admin, { ...narrow, Effect: 'Deny' }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'everything beside a statement that cannot be read',
    stating(null, admin),
    'NON_COMPLIANT',
    [statement(1)],
  ],
  [
    'all but S3',
    stating({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'all but some of IAM',
    stating({ Effect: 'Allow', NotAction: ['iam:CreateUser', 'iam:Delete*'], Resource: '*' }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'all resources but one',
    stating({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::a' }),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'the version in force among others',
    versions('v2', version('v1', false, narrow), version('v2', true, admin)),
    'NON_COMPLIANT',
    [statement(0, 1)],
  ],
  [
    'the version in force by its id',
    versions('v2', version('v1', null, narrow), version('v2', null, admin)),
    'NON_COMPLIANT',
    [statement(0, 1)],
  ],
  [
    'the version in force by its mark',
    versions(null, version('v1', true, admin)),
    'NON_COMPLIANT',
    [statement(0)],
  ],
  [
    'everything, attached to nobody, when that counts',
    unattached,
    'NON_COMPLIANT',
    [statement(0)],
    { includeUnattached: true },
  ],

  ['some actions', loadBalancers, 'COMPLIANT'],
  ['some actions, as the API writes them', inApiForm(loadBalancers), 'COMPLIANT'],
  ['all actions of one service', stating({ ...admin, Action: 's3:*' }), 'COMPLIANT'],
  [
    'everything on some resources',
    stating({ ...admin, Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'] }),
    'COMPLIANT',
  ],
  ['everything on all of one service', stating({ ...admin, Resource: 'arn:aws:s3:::*' }), 'COMPLIANT'],
  ['everything in another partition', stating({ ...admin, Resource: 'arn:aws-cn:*' }), 'COMPLIANT'],
  ['a denial of everything', stating({ ...admin, Effect: 'Deny' }), 'COMPLIANT'],
  [
    'all but IAM, as power users have',
    stating({ Effect: 'Allow', NotAction: ['IAM:*', 'organizations:*'], Resource: '*' }),
    'COMPLIANT',
  ],
  ['all but everything', stating({ Effect: 'Allow', NotAction: '*', Resource: '*' }), 'COMPLIANT'],
  ['everything on no resource', stating({ Effect: 'Allow', Action: '*', NotResource: '*' }), 'COMPLIANT'],
  [
    'everything in an old version',
    versions('v2', version('v1', false, admin), version('v2', true, narrow)),
    'COMPLIANT',
  ],
  ['no statements', stating(), 'COMPLIANT'],

  ['everything, attached to nobody', unattached, 'NOT_APPLICABLE'],
  [
    'a deleted policy',
    withMember(stating(admin), 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],

  ['no document', withoutMember(loadBalancers, DOCUMENT), 'INSUFFICIENT_DATA'],
  ['a document of null', holding(null), 'INSUFFICIENT_DATA'],
  ['a document that is no JSON', holding('%7B%22Statement'), 'INSUFFICIENT_DATA'],
  ['a statement that cannot be read', stating(narrow, { ...admin, Effect: 'allow' }), 'INSUFFICIENT_DATA'],
  ['no versions', withMember(loadBalancers, VERSIONS, []), 'INSUFFICIENT_DATA'],
  ['a version in force that is not there', versions('v3', version('v1', false, admin)), 'INSUFFICIENT_DATA'],
  [
    'no count of attachments',
    withoutMember(stating(admin), 'configuration.attachmentCount'),
    'INSUFFICIENT_DATA',
  ],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});

const published = fixtureLines<{ id: string; question: string; expected: boolean; policy: JsonObject }>(
  'iam-policies/policies.jsonl',
).filter(({ question }) => question === 'admin');

test('has policies that others have judged', () => {
  expect(published.filter(({ expected }) => expected).length).toBeGreaterThan(5);
  expect(published.filter(({ expected }) => !expected).length).toBeGreaterThan(100);
});

test.each(published)('judges $id as its source does', ({ policy, expected }) => {
  expect(said(rule, holding(policy)).compliance).toBe(expected ? 'NON_COMPLIANT' : 'COMPLIANT');
});
