import fc from 'fast-check';
import {
  digestFolder,
  digestKey,
  logFolder,
  logKey,
  parseTrailKey,
} from '../../../shared/contracts/aws/trail-object-key';

const DIGEST =
  'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2024/07/31/111122223333_CloudTrail-Digest_eu-west-1_my-trail_us-east-1_20240731T110131Z.json.gz';
const LOG =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2024/07/31/111122223333_CloudTrail_eu-west-1_20240731T1005Z_6VigqfDTuvpuJX5c.json.gz';

const digest = {
  kind: 'digest',
  prefix: '',
  account: '111122223333',
  region: 'eu-west-1',
  trail: 'my-trail',
  homeRegion: 'us-east-1',
  end: '2024-07-31T11:01:31Z',
  backfill: false,
};
const log = {
  kind: 'log',
  prefix: '',
  account: '111122223333',
  region: 'eu-west-1',
  minute: '2024-07-31T10:05:00Z',
  unique: '6VigqfDTuvpuJX5c',
};

const withTrail = (trail: string) => DIGEST.replace('_my-trail_', `_${trail}_`);
const inRegion = (region: string, key: string) => key.replaceAll('eu-west-1', region);

describe.each([
  ['a digest', DIGEST, digest],
  ['a backfill digest', DIGEST.replace('Z.json', 'Z_backfill.json'), { ...digest, backfill: true }],
  ['a log file', LOG, log],
  ['a digest under a prefix', `some/pre fix/${DIGEST}`, { ...digest, prefix: 'some/pre fix/' }],
  [
    'a log file under a prefix that looks like CloudTrail’s own',
    `AWSLogs/${LOG}`,
    { ...log, prefix: 'AWSLogs/' },
  ],
  [
    'a digest of an organization trail',
    DIGEST.replace('AWSLogs/', 'AWSLogs/o-exampleorg1/'),
    { ...digest, organizationId: 'o-exampleorg1' },
  ],
  [
    'a log file of an organization trail under a prefix',
    `o-exampleorg1/${LOG.replace('AWSLogs/', 'AWSLogs/o-exampleorg1/')}`,
    { ...log, prefix: 'o-exampleorg1/', organizationId: 'o-exampleorg1' },
  ],
  ['a trail whose name has _', withTrail('my_trail.of_2024'), { ...digest, trail: 'my_trail.of_2024' }],
  [
    'a trail whose name looks like a Region and a time',
    withTrail('a_eu-west-1_20240731T100000Z'),
    { ...digest, trail: 'a_eu-west-1_20240731T100000Z' },
  ],
  ['a trail whose name ends in _backfill', withTrail('x_backfill'), { ...digest, trail: 'x_backfill' }],
  ...[
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-isob-east-1',
    'ap-southeast-7',
    'il-central-1',
  ].flatMap((region): [string, string, object][] => [
    [`a digest of ${region}`, inRegion(region, DIGEST), { ...digest, region }],
    [`a log file of ${region}`, inRegion(region, LOG), { ...log, region }],
  ]),
  [
    '29 February of a leap year',
    LOG.replace('07/31', '02/29').replace('0731', '0229'),
    { ...log, minute: '2024-02-29T10:05:00Z' },
  ],
  [
    'the first second of a day',
    DIGEST.replace('07/31', '08/01').replace('0731T110131', '0801T000000'),
    { ...digest, end: '2024-08-01T00:00:00Z' },
  ],
])('%s', (_name, key, parts) => {
  test('is read', () => {
    expect(parseTrailKey(key)).toEqual(parts);
  });

  test('is written back as it was', () => {
    const read = parseTrailKey(key);
    expect(read && (read.kind === 'digest' ? digestKey(read) : logKey(read))).toBe(key);
  });
});

const day = (from: string, to: string, key = LOG) => key.replace('2024/07/31', from).replace('20240731', to);

test.each([
  ['nothing', ''],
  ['the empty object of a folder', 'AWSLogs/111122223333/CloudTrail/'],
  ['an Insights file', LOG.replaceAll('CloudTrail', 'CloudTrail-Insight')],
  ['no AWSLogs', LOG.replace('AWSLogs', 'Logs')],
  ['AWSLogs at the end of a longer name', `my${LOG}`],
  ['a leading slash', `/${LOG}`],
  ['an empty segment', `some//${LOG}`],
  ['a way up', `some/../${LOG}`],
  ['a way nowhere', `./${LOG}`],
  ['a line feed', `some\n/${LOG}`],
  ['a control character', `some\u0000/${LOG}`],
  ['a trail with two full stops', withTrail('my..trail')],
  ['a trail of two characters', withTrail('my')],
  ['a trail of 129 characters', withTrail('m'.repeat(129))],
  ['a trail that begins with a hyphen', withTrail('-my-trail')],
  ['a trail with a slash', withTrail('my/trail')],
  ['no trail', DIGEST.replace('_my-trail', '')],
  ['no home Region', DIGEST.replace('_us-east-1', '')],
  ['a home Region that is none', DIGEST.replace('_us-east-1', '_east')],
  ['another account in its name', LOG.replace('/111122223333_', '/444455556666_')],
  ['another Region in its name', LOG.replace('_eu-west-1_', '_eu-west-2_')],
  ['a log file in a digest folder', LOG.replace('/CloudTrail/', '/CloudTrail-Digest/')],
  ['a digest in a log folder', DIGEST.replace('/CloudTrail-Digest/', '/CloudTrail/')],
  ['another date in its name', day('2024/07/30', '20240731')],
  ['30 February', day('2024/02/30', '20240230')],
  ['29 February of another year', day('2023/02/29', '20230229')],
  ['month 13', day('2024/13/01', '20241301')],
  ['hour 24', LOG.replace('T1005', 'T2400')],
  ['minute 60', LOG.replace('T1005', 'T1060')],
  ['second 60', DIGEST.replace('T110131', 'T110160')],
  ['a digest without seconds', DIGEST.replace('T110131Z', 'T1101Z')],
  ['a log file with seconds', LOG.replace('T1005Z', 'T100500Z')],
  ['a unique string of 15', LOG.replace('_6Vi', '_Vi')],
  ['a unique string with _', LOG.replace('_6Vi', '_6_i')],
  ['another ending', LOG.replace('.gz', '')],
  ['something after its ending', `${LOG}.bak`],
  ['a backfill of a log file', LOG.replace('.json', '_backfill.json')],
  ['a short account', LOG.replaceAll('111122223333', '11112222333')],
  ['an account of other digits', LOG.replaceAll('111122223333', '１１１１２２２２３３３３')],
  ['an organization that is none', LOG.replace('AWSLogs/', 'AWSLogs/exampleorg1/')],
  ['a Region that is none', inRegion('EU-WEST-1', LOG)],
  ['a key longer than S3 allows', `${'p'.repeat(1024 - LOG.length)}/${LOG}`],
])('%s is no key of CloudTrail', (_name, key) => {
  expect(parseTrailKey(key)).toBeUndefined();
});

test('the longest key that S3 allows is read', () => {
  expect(parseTrailKey(`${'p'.repeat(1023 - LOG.length)}/${LOG}`)).toMatchObject({ kind: 'log' });
});

test('what is read is always written back the same', () => {
  const alphabet = [...'/._-0T', 'AWSLogs/', 'CloudTrail', 'my_trail', '..', 'us-east-1', '111122223333'];
  fc.assert(
    fc.property(
      fc.constantFrom(DIGEST, LOG),
      fc.nat(200),
      fc.nat(4),
      fc.array(fc.constantFrom(...alphabet), { maxLength: 3 }),
      (key, at, cut, put) => {
        const changed = key.slice(0, at) + put.join('') + key.slice(at + cut);
        const read = parseTrailKey(changed);
        if (read) expect(read.kind === 'digest' ? digestKey(read) : logKey(read)).toBe(changed);
      },
    ),
    { numRuns: 3000, seed: 7 },
  );
});

test('the folders are those of the keys', () => {
  const of = { prefix: 'p/', organizationId: 'o-exampleorg1', account: '111122223333', region: 'eu-west-1' };
  expect(digestFolder(of)).toBe('p/AWSLogs/o-exampleorg1/111122223333/CloudTrail-Digest/eu-west-1/');
  expect(logFolder({ ...of, prefix: '' })).toBe('AWSLogs/o-exampleorg1/111122223333/CloudTrail/eu-west-1/');
});
