import { discover, type Limit, type Selection } from '../../../../shared/proof/trail/discovery';

const ONE = '111122223333';
const TWO = '444455556666';
const ORGANIZATION = 'a/prefix/AWSLogs/o-exampleorg1';

const keys = [
  `AWSLogs/${ONE}/CloudTrail-Digest/eu-west-1/2026/`,
  `AWSLogs/${ONE}/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/${ONE}/CloudTrail/us-east-1/2026/`,
  `AWSLogs/${ONE}/Config/eu-south-1/2026/`,
  `AWSLogs/x${ONE}/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/${ONE}4/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/no-exampleorg1/${TWO}/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/o-Example/${TWO}/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/o-example_org/${TWO}/CloudTrail/eu-west-1/2026/`,
  'AWSLogs/marker',
  `${ORGANIZATION}/${TWO}/CloudTrail-Digest/eu-west-1/2026/`,
  `${ORGANIZATION}/${TWO}/CloudTrail/ap-south-1/2026/`,
  'other/AWSLogs-copy/x',
];

/** Folders of these keys, as S3 tells them, and what was asked. */
function sourceOf(all: readonly string[]) {
  const asked: string[] = [];
  return {
    asked,
    async folders(bucket: string, prefix: string) {
      asked.push(`${bucket} ${prefix}`);
      const below = all.filter((key) => key.startsWith(prefix));
      const names = below.map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1));
      return [...new Set(names.filter((name) => name !== ''))];
    },
  };
}

const everything: Selection = { account: () => true, region: () => true };

const found = (prefix: string, selection = everything, source = sourceOf(keys)) =>
  discover({ bucket: 'logs', prefix }, source, selection);

const folder = (region: string, hasDigests: boolean, hasLogs: boolean) => ({
  bucket: 'logs',
  prefix: '',
  account: ONE,
  region,
  hasDigests,
  hasLogs,
});
const ireland = folder('eu-west-1', true, true);
const virginia = folder('us-east-1', false, true);
const ofOrganization = { prefix: 'a/prefix/', organizationId: 'o-exampleorg1', account: TWO };
const organization = [
  { ...folder('eu-west-1', true, false), ...ofOrganization },
  { ...folder('ap-south-1', false, true), ...ofOrganization },
];

describe('below', () => {
  test.each<[string, object[]]>([
    ['', [ireland, virginia, ...organization]],
    ['AWSLogs/', [ireland, virginia]],
    [`AWSLogs/${ONE}/`, [ireland, virginia]],
    [`AWSLogs/${ONE}/CloudTrail/`, [ireland, virginia]],
    [`AWSLogs/${ONE}/CloudTrail-Digest/`, [ireland, virginia]],
    [`AWSLogs/${ONE}/CloudTrail-Digest/eu-west-1/`, [ireland]],
    [`AWSLogs/${ONE}/CloudTrail/us-east-1/2026/01/`, [virginia]],
    [`AWSLogs/${ONE}/CloudTrail/eu-central-1/`, []],
    [`AWSLogs/${TWO}/`, []],
    ['a/', organization],
    ['a/prefix/AWSLogs/', organization],
    ['a/prefix/AWSLogs/o-exampleorg1/', organization],
    [`${ORGANIZATION}/${TWO}/`, organization],
    [`${ORGANIZATION}/${TWO}/CloudTrail/eu-west-1/`, organization.slice(0, 1)],
    [`a/prefix/AWSLogs/${TWO}/`, []],
    ['elsewhere/', []],
    ['other/', []],
  ])('%j', async (prefix, folders) => {
    expect(await found(prefix)).toEqual({ folders, skipped: 0 });
  });
});

test('of the accounts and Regions there are, only those that are selected', async () => {
  const ofTwo = { ...everything, account: (account: string) => account === TWO };
  expect((await found('', ofTwo)).folders).toEqual(organization);
  const inVirginia = { ...everything, region: (region: string) => region === 'us-east-1' };
  expect((await found('', inVirginia)).folders).toEqual([virginia]);
  expect((await found(`AWSLogs/${ONE}/CloudTrail/eu-west-1/`, inVirginia)).folders).toEqual([]);
});

test('nothing is asked about what is no account, or not selected', async () => {
  const source = sourceOf(keys);
  await found('AWSLogs/', { ...everything, account: () => false }, source);
  expect(source.asked).toEqual(['logs AWSLogs/']);
});

test('nothing is asked about organizations that are not named', async () => {
  const source = sourceOf(keys);
  await found(`${ORGANIZATION}/`, { ...everything, account: () => false }, source);
  expect(source.asked).toEqual([`logs ${ORGANIZATION}/`]);
});

test('each folder is asked for once, and only when there is leave', async () => {
  const source = sourceOf(keys);
  let granted = 0;
  const limit: Limit = (request) => {
    granted += 1;
    return request();
  };
  await discover({ bucket: 'logs', prefix: `AWSLogs/${ONE}/` }, source, everything, limit);
  expect(source.asked.sort()).toEqual([
    `logs AWSLogs/${ONE}/CloudTrail-Digest/`,
    `logs AWSLogs/${ONE}/CloudTrail/`,
  ]);
  expect(granted).toBe(2);
});

describe('a bucket of other things is searched within bounds', () => {
  test.each([
    ['four folders deep', 'a/b/c/d/', 1, 0],
    ['five folders deep', 'a/b/c/d/e/', 0, 1],
  ])('%s', async (_name, prefix, folders, skipped) => {
    const source = sourceOf([`${prefix}AWSLogs/${ONE}/CloudTrail/eu-west-1/2026/`]);
    const discovery = await found('', everything, source);
    expect(discovery.folders).toHaveLength(folders);
    expect(discovery.skipped).toBe(skipped);
  });

  test.each([
    [499, 0],
    [500, 1],
    [2000, 1501],
  ])('%d folders beside each other', async (count, skipped) => {
    const source = sourceOf(Array.from({ length: count }, (_, index) => `day=${index}/part`));
    expect(await found('', everything, source)).toEqual({ folders: [], skipped });
    expect(source.asked).toHaveLength(count + 1 - skipped);
  });
});
