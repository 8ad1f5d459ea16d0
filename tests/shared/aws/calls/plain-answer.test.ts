import { ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeInstancesCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { plainAnswer } from '../../../../shared/aws/calls/plain-answer';

const schemaOf = (command: object) => (command as { readonly schema?: unknown }).schema;
const $metadata = { requestId: 'r', httpStatusCode: 200 };

test.each<[string, object, object, object]>([
  [
    'times are ISO 8601, and what belongs to the request goes',
    new ListAccessKeysCommand({}),
    {
      $metadata,
      AccessKeyMetadata: [{ AccessKeyId: 'AKIA', CreateDate: new Date('2026-01-02T03:04:05Z') }],
      IsTruncated: false,
      Marker: undefined,
    },
    {
      AccessKeyMetadata: [{ AccessKeyId: 'AKIA', CreateDate: '2026-01-02T03:04:05.000Z' }],
      IsTruncated: false,
    },
  ],
  [
    'bytes are base64',
    new ListPublicKeysCommand({}),
    { PublicKeyList: [{ Fingerprint: 'f', Value: Uint8Array.from([1, 2, 255]) }] },
    { PublicKeyList: [{ Fingerprint: 'f', Value: 'AQL/' }] },
  ],
  [
    'what a function answered is left out',
    new InvokeCommand({ FunctionName: 'f' }),
    { $metadata, StatusCode: 200, Payload: Buffer.from('hunter2') },
    { StatusCode: 200 },
  ],
  [
    'a new password that waits is left out',
    new DescribeDBInstancesCommand({}),
    {
      DBInstances: [
        { PubliclyAccessible: true, PendingModifiedValues: { MasterUserPassword: 'hunter2', Port: 5432 } },
      ],
    },
    { DBInstances: [{ PubliclyAccessible: true, PendingModifiedValues: { Port: 5432 } }] },
  ],
  [
    "a function's environment is left out",
    new GetFunctionConfigurationCommand({ FunctionName: 'f' }),
    { CodeSha256: 'abc=', Environment: { Variables: { TOKEN: 'hunter2' } } },
    { CodeSha256: 'abc=', Environment: {} },
  ],
  [
    'user data is left out',
    new DescribeLaunchTemplateVersionsCommand({}),
    {
      LaunchTemplateVersions: [
        { LaunchTemplateId: 'lt-1', LaunchTemplateData: { UserData: 'aHVudGVyMg==', ImageId: 'ami-1' } },
      ],
    },
    { LaunchTemplateVersions: [{ LaunchTemplateId: 'lt-1', LaunchTemplateData: { ImageId: 'ami-1' } }] },
  ],
  [
    'settings with tokens in their names stay',
    new DescribeInstancesCommand({}),
    { Reservations: [{ Instances: [{ MetadataOptions: { HttpTokens: 'required' } }] }], NextToken: '' },
    { Reservations: [{ Instances: [{ MetadataOptions: { HttpTokens: 'required' } }] }], NextToken: '' },
  ],
  ['what the model does not name goes', new DescribeInstancesCommand({}), { Secret: 'hunter2' }, {}],
])('%s', (_name, command, output, answer) => {
  expect(plainAnswer(schemaOf(command), output)).toEqual(answer);
});

test('without a model nothing is passed on', () => {
  expect(() => plainAnswer(undefined, { DBInstances: [] })).toThrow('no schema');
});
