import { discover } from '../../../cli/verify/discovery';
import { selectionOf } from '../../../cli/verify/options';
import { Slots } from '../../../cli/verify/slots';

const ONE = '111122223333';
const TWO = '444455556666';

/** Folders of these keys, as S3 tells them. */
const sourceOf = (keys: readonly string[]) => {
  const asked: string[] = [];
  return {
    asked,
    async folders(_: string, prefix: string) {
      asked.push(prefix);
      const below = keys.filter((key) => key.startsWith(prefix));
      return [...new Set(below.map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)))].filter(
        (name) => name !== '',
      );
    },
  };
};

const keys = [
  `AWSLogs/${ONE}/CloudTrail-Digest/eu-west-1/2026/`,
  `AWSLogs/${ONE}/CloudTrail/eu-west-1/2026/`,
  `AWSLogs/${ONE}/CloudTrail/us-east-1/2026/`,
  `AWSLogs/${ONE}/Config/eu-west-1/2026/`,
  'AWSLogs/marker',
  `a/prefix/AWSLogs/o-exampleorg1/${TWO}/CloudTrail-Digest/eu-west-1/2026/`,
  `a/prefix/AWSLogs/o-exampleorg1/${TWO}/CloudTrail/eu-west-1/2026/`,
];

async function found(prefix: string, options: Partial<Parameters<typeof selectionOf>[0]> = {}) {
  const source = sourceOf(keys);
  const selection = selectionOf({ format: 'text', ...options });
  const { folders } = await discover({ bucket: 'logs', prefix }, source, selection, new Slots(4));
  return folders.map(
    (folder) =>
      `${folder.prefix}${folder.organizationId ?? '-'} ${folder.account} ${folder.region}${folder.hasDigests ? ' digests' : ''}${folder.hasLogs ? ' logs' : ''}`,
  );
}

const own = [`- ${ONE} eu-west-1 digests logs`, `- ${ONE} us-east-1 logs`];
const organization = [`a/prefix/o-exampleorg1 ${TWO} eu-west-1 digests logs`];

test.each<[string, string[]]>([
  ['', [...own, ...organization]],
  ['AWSLogs/', own],
  ['a/', organization],
  ['a/prefix/AWSLogs/o-exampleorg1/', organization],
  [`AWSLogs/${ONE}/CloudTrail-Digest/`, own],
  [`AWSLogs/${ONE}/CloudTrail/us-east-1/2026/01/`, own.slice(1)],
  [`AWSLogs/${TWO}/`, []],
  ['elsewhere/', []],
])('below %j', async (prefix, expected) => {
  expect(await found(prefix)).toEqual(expected);
});

test('only what is selected', async () => {
  expect(await found('', { account: [TWO] })).toEqual(organization);
  expect(await found('', { region: ['us-east-1'] })).toEqual(own.slice(1));
});

test('a bucket with more folders than anyone has prefixes is searched within bounds, and that is told', async () => {
  const many = sourceOf(Array.from({ length: 2000 }, (_, index) => `day=${index}/part/a/b/c/d/e/`));
  const selection = selectionOf({ format: 'text' });
  const { folders, skipped } = await discover({ bucket: 'logs', prefix: '' }, many, selection, new Slots(4));
  expect(folders).toEqual([]);
  expect(many.asked.length).toBeLessThan(600);
  expect(skipped).toBeGreaterThan(1000);
});
