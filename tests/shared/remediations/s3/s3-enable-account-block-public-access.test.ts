import { everythingBlocked } from '../../../../shared/remediations/resources/public-access-block';
import remediation from '../../../../shared/remediations/s3/s3-enable-account-block-public-access';
import { someBlock } from '../cases';
import { ACCOUNT, type Case, planOf, said } from '../scene';

const account = (accountBlock: Case['cloud']['accountBlock']): Case => ({
  name: 'an account',
  finding: { resourceType: 'AWS::S3::AccountPublicAccessBlock', resourceId: ACCOUNT },
  cloud: { accountBlock: accountBlock ?? null },
});
const blocks = `Block all public access to the buckets of account ${ACCOUNT}`;

const rows: [name: string, one: Case, expected: string[]][] = [
  ['none', account(null), [blocks]],
  ['half', account(someBlock), [blocks]],
  [
    'all',
    account({ PublicAccessBlockConfiguration: everythingBlocked }),
    ['nothing-to-do: The account blocks all public access.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('is about the account, however the finding names it', () => {
  const finding = {
    accountId: ACCOUNT,
    region: 'global',
    resourceType: 'AWS::::Account',
    resourceId: 'anything',
  };
  expect(remediation.target(finding)).toMatchObject({ target: { id: ACCOUNT, region: 'us-east-1' } });
  expect(planOf(remediation, account(null)).calls[0]?.input).toEqual({
    AccountId: ACCOUNT,
    PublicAccessBlockConfiguration: everythingBlocked,
  });
});
