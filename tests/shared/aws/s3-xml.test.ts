import { bareEtag, readError, readExpiryDays, readPage } from '../../../shared/aws/s3-xml';

const page = (content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>top</Prefix>${content}</ListBucketResult>\n`;
const object = (key: string) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`;

describe('a page of a list', () => {
  test('has objects and folders, and where the next begins', () => {
    const xml = page(`<IsTruncated>true</IsTruncated><NextContinuationToken>1/a&amp;b=</NextContinuationToken>
      <Contents>
        <Key>AWSLogs/a+b%2B%C3%A9.gz</Key>
        <LastModified>2026-01-31T09:00:00.000Z</LastModified>
        <ETag>&quot;d41d8cd9&#34;</ETag>
        <Size>12</Size>
        <StorageClass>STANDARD</StorageClass>
      </Contents>
      <Contents><Key>z</Key><Size>0</Size></Contents>
      <CommonPrefixes><Prefix>AWSLogs/1/</Prefix></CommonPrefixes>
      <CommonPrefixes><Prefix>AWSLogs/2+3/</Prefix></CommonPrefixes>`);
    expect(readPage(xml)).toEqual({
      objects: [
        { key: 'AWSLogs/a b+é.gz', size: 12, etag: 'd41d8cd9', lastModified: '2026-01-31T09:00:00.000Z' },
        { key: 'z', size: 0 },
      ],
      folders: ['AWSLogs/1/', 'AWSLogs/2 3/'],
      next: '1/a&b=',
    });
  });

  test('the last one has no next', () => {
    expect(readPage(page('<IsTruncated>false</IsTruncated>'))).toEqual({ objects: [], folders: [] });
  });

  test.each([
    ['another document', '<html></html>', /not a whole/],
    ['nothing', '', /not a whole/],
    ['half a list', page(object('k')).slice(0, -5), /not a whole/],
    ['more to come, but not where', page('<IsTruncated>true</IsTruncated>'), /not a whole/],
    ['an object without a key', page('<Contents><Size>1</Size></Contents>'), /without key or size/],
    ['an object without a size', page('<Contents><Key>k</Key></Contents>'), /without key or size/],
    [
      'an object of some size',
      page('<Contents><Key>k</Key><Size>-1</Size></Contents>'),
      /without key or size/,
    ],
    ['a key that is not encoded', page(object('100%')), /not URL-encoded/],
  ])('is none: %s', (_, xml, says) => {
    expect(() => readPage(xml)).toThrow(says);
  });
});

test.each([
  [
    '<Error><Code>AccessDenied</Code><Message>not &lt;you&gt; &#x41;&#66;</Message></Error>',
    { code: 'AccessDenied', message: 'not <you> AB' },
  ],
  ['<Error><Code>X</Code></Error>', { code: 'X' }],
  ['<Error><Code>cut', {}],
  ['', {}],
  ['<Error><Code>&#x110000;&unknown;</Code></Error>', { code: '&#x110000;&unknown;' }],
])('an error: %s', (xml, expected) => expect(readError(xml)).toEqual(expected));

test.each([
  ['"abc"', 'abc'],
  ['abc', 'abc'],
  ['""', ''],
])('the ETag %s', (etag, bare) => expect(bareEtag(etag)).toBe(bare));

describe('the days until a lifecycle expires objects below p/AWSLogs/', () => {
  const rule = (content: string, status = 'Enabled') => `<Rule><Status>${status}</Status>${content}</Rule>`;
  const days = (number: number) => `<Expiration><Days>${number}</Days></Expiration>`;
  const prefix = (text: string) => `<Filter><Prefix>${text}</Prefix></Filter>`;

  test.each<[string, string, number | undefined]>([
    ['a rule for all', rule(`<Filter/>${days(30)}`), 30],
    ['a rule for a folder above', rule(prefix('p/') + days(30)), 30],
    ['a rule in the old form', rule(`<Prefix>p/AWSLogs/</Prefix>${days(30)}`), 30],
    ['the shortest of two', rule(days(90)) + rule(days(30)), 30],
    ['a rule for another folder', rule(prefix('q/') + days(30)), undefined],
    ['a rule for a part of them', rule(prefix('p/AWSLogs/1/') + days(30)), undefined],
    ['a rule that is not in force', rule(days(30), 'Disabled'), undefined],
    [
      'a rule for objects with a tag',
      rule(
        `<Filter><And><Prefix>p/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>${days(30)}`,
      ),
      undefined,
    ],
    [
      'a rule for large objects',
      rule(`<Filter><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan></Filter>${days(30)}`),
      undefined,
    ],
    ['a rule with a date', rule('<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>'), undefined],
    [
      'a rule for old versions',
      rule('<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>'),
      undefined,
    ],
    ['a rule that archives', rule('<Transition><Days>1</Days></Transition>'), undefined],
  ])('%s', (_, rules, expected) => {
    expect(readExpiryDays(`<LifecycleConfiguration>${rules}</LifecycleConfiguration>`, 'p/AWSLogs/')).toBe(
      expected,
    );
  });
});
