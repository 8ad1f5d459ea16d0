import { filedTypes, resourceKeys } from '../../../cli/who/resource-keys';
import { parseCloudTrailRecord } from '../../../shared/contracts/aws/cloudtrail-record';
import { keysNamed } from '../../../shared/findings/named';

const HERE = { accounts: ['123456789012'], regions: ['eu-central-1'] };
const texts = (resource: string, whereabouts = {}) =>
  resourceKeys(resource, { ...HERE, ...whereabouts }).map(
    ({ account, region, resourceType, id }) => `${account} ${region} ${resourceType} ${id}`,
  );

test.each<[string, object, string[]]>([
  ['arn:aws:iam::111122223333:role/path/web', {}, ['111122223333 global AWS::IAM::Role web']],
  [
    'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1',
    {},
    ['111122223333 us-east-1 AWS::EC2::SecurityGroup sg-1'],
  ],
  [
    'arn:aws:s3:::my-bucket',
    { regions: ['eu-central-1', 'us-east-1'] },
    ['123456789012 global AWS::S3::Bucket my-bucket'],
  ],
  [
    'orders',
    { types: ['AWS::DynamoDB::Table'], regions: ['eu-central-1', 'us-east-1'] },
    [
      '123456789012 eu-central-1 AWS::DynamoDB::Table orders',
      '123456789012 us-east-1 AWS::DynamoDB::Table orders',
    ],
  ],
  ['my-bucket', { types: ['AWS::No::Such'] }, []],
])('%s with %j', (resource, whereabouts, expected) => {
  expect(texts(resource, whereabouts)).toEqual(expected);
});

test('a bare name may be of any type that such a name fits', () => {
  const found = texts('web');
  expect(found).toContain('123456789012 global AWS::IAM::Role web');
  expect(found).toContain('123456789012 global AWS::S3::Bucket web');
  expect(new Set(found).size).toBe(found.length);
});

test('each account and Region', () => {
  const whereabouts = { accounts: ['1', '2'], regions: ['a', 'b'], types: ['AWS::EC2::SecurityGroup'] };
  expect(texts('sg-1', whereabouts)).toHaveLength(4);
});

test('a call is found where it is filed, by each of the names that it gives', () => {
  const record = parseCloudTrailRecord({
    eventName: 'AttachRolePolicy',
    eventSource: 'iam.amazonaws.com',
    eventTime: '2026-01-31T09:00:00Z',
    awsRegion: 'us-east-1',
    recipientAccountId: '123456789012',
    requestParameters: { roleName: 'web', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  });
  const filed = keysNamed(record).map((key) => JSON.stringify(key));
  expect(filed.length).toBeGreaterThan(0);
  for (const name of ['web', 'arn:aws:iam::123456789012:role/web']) {
    const keys = resourceKeys(name, HERE).map((key) => JSON.stringify(key));
    expect(filed.some((key) => keys.includes(key))).toBe(true);
  }
});

test('types are named once each', () => {
  expect(new Set(filedTypes).size).toBe(filedTypes.length);
  expect(filedTypes).toContain('AWS::S3::Bucket');
});
