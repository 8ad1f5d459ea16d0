import {
  GetAccessKeyLastUsedCommand,
  type IAMClient,
  ListAccessKeysCommand,
  paginateListAccessKeys,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { stopAll } from '../support/local-aws';
import { type Grant, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const UserName = 'deploy';
const [FIRST, SECOND] = ['AKIAEXAMPLE0000000001', 'AKIAEXAMPLE0000000002'];

async function started(grants?: Grant[]) {
  const all = await startHoldingAws(grants);
  all.aws.iam.putUser({
    UserName,
    Path: '/ci/',
    Tags: { team: 'edge' },
    AccessKeys: [
      {
        AccessKeyId: FIRST,
        CreateDate: new Date('2025-01-02T03:04:05Z'),
        LastUsed: { LastUsedDate: '2026-01-30T00:00:00Z', ServiceName: 's3', Region: 'eu-central-1' },
      },
      { AccessKeyId: SECOND, Status: 'Inactive' },
    ],
  });
  return all;
}

const keys = async (iam: IAMClient) =>
  (await iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata;

const update = (iam: IAMClient, Status: 'Active' | 'Inactive', AccessKeyId = FIRST, user = UserName) =>
  iam.send(new UpdateAccessKeyCommand({ UserName: user, AccessKeyId, Status }));

test('a key is deactivated and activated again', async () => {
  const { iam } = await started();
  const before = await keys(iam);
  expect(before).toMatchObject([
    { UserName, AccessKeyId: FIRST, Status: 'Active', CreateDate: new Date('2025-01-02T03:04:05Z') },
    { AccessKeyId: SECOND, Status: 'Inactive' },
  ]);
  await update(iam, 'Inactive');
  expect((await keys(iam))?.map(({ Status }) => Status)).toEqual(['Inactive', 'Inactive']);
  await update(iam, 'Active');
  await expect(keys(iam)).resolves.toEqual(before);
});

test.each([
  [FIRST, { ServiceName: 's3', Region: 'eu-central-1', LastUsedDate: new Date('2026-01-30T00:00:00Z') }],
  [SECOND, { ServiceName: 'N/A', Region: 'N/A' }],
])('%s was last used', async (AccessKeyId, expected) => {
  const { iam } = await started();
  const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
  expect(used).toMatchObject({ UserName, AccessKeyLastUsed: expected });
});

test.each([
  ['a key that is not there', 'AKIAEXAMPLE0000000009', UserName],
  ['a user who is not there', FIRST, 'nobody'],
])('not found: %s', async (_, key, user) => {
  const { iam } = await started();
  await expect(update(iam, 'Inactive', key, user)).rejects.toMatchObject({
    name: 'NoSuchEntityException',
    Code: 'NoSuchEntity',
    $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ['a status that there is not', { UserName, AccessKeyId: FIRST, Status: 'Gone' as 'Active' }],
  ['nobody named, by a role', { AccessKeyId: FIRST, Status: 'Inactive' as const }],
])('invalid: %s', async (_, input) => {
  const { iam } = await started();
  const call = iam.send(new UpdateAccessKeyCommand(input));
  await expect(call).rejects.toMatchObject({ name: 'ValidationError' });
  expect((await keys(iam))?.[0]?.Status).toBe('Active');
});

test('keys come page by page', async () => {
  const { iam } = await started();
  const pages = [];
  for await (const page of paginateListAccessKeys({ client: iam, pageSize: 1 }, { UserName })) {
    pages.push(page.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId));
  }
  expect(pages).toEqual([[FIRST], [SECOND]]);
});

const USER = 'arn:aws:iam::123456789012:user/ci/deploy';
test.each<[string, Grant[], boolean]>([
  ['none', [], false],
  ['on the user, path and all', [{ Action: 'iam:UpdateAccessKey', Resource: USER }], true],
  [
    'on the name without its path',
    [{ Action: 'iam:UpdateAccessKey', Resource: USER.replace('ci/', '') }],
    false,
  ],
  [
    'by tag',
    [
      {
        Action: 'iam:UpdateAccessKey',
        Resource: '*',
        Condition: { StringEquals: { 'iam:ResourceTag/team': 'edge' } },
      },
    ],
    true,
  ],
])('rights: %s', async (_, grants, allowed) => {
  const { iam } = await started(grants);
  const call = update(iam, 'Inactive');
  if (allowed) await expect(call).resolves.toBeDefined();
  else {
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  }
});
