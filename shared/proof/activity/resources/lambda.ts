import { type ServiceCalls, TAGS } from './resource-calls';

const CODE = [
  'configuration.codeSha256',
  'configuration.codeSize',
  'configuration.packageType',
  'configuration.architectures',
];
/** Every change of a function shows in these. */
const REVISION = ['configuration.revisionId', 'configuration.lastModified', 'configuration.version'];

export const lambda: ServiceCalls = {
  eventSource: 'lambda.amazonaws.com',
  types: [
    {
      type: 'AWS::Lambda::Function',
      named: ['functionName', 'functionArn', 'resource', 'fullyQualifiedArn.relativeId.functionName'],
      arn: /^function:([^:]+)/,
      // A name may bring its account and its version along: 123456789012:function:orders:live
      text: /^(?:\d{12}:)?(?:function:)?([\w-]+)(?::[\w$-]+)?$/,
      onlyListed: true,
      creates: 'CreateFunction',
      deletes: 'DeleteFunction',
      calls: {
        UpdateFunctionCode: [
          ...CODE,
          ...REVISION,
          'configuration.signingJobArn',
          'configuration.signingProfileVersionArn',
        ],
        UpdateFunctionConfiguration: {
          always: REVISION,
          parameters: {
            functionName: [],
            role: ['configuration.role', 'relationships'],
            vpcConfig: ['configuration.vpcConfig', 'relationships'],
            imageConfig: ['configuration.imageConfigResponse'],
          },
        },
        'AddPermission RemovePermission': ['supplementaryConfiguration.Policy', 'configuration.revisionId'],
        'PutFunctionConcurrency DeleteFunctionConcurrency': ['supplementaryConfiguration.Concurrency'],
        'PublishVersion CreateAlias UpdateAlias DeleteAlias': [],
        'CreateFunctionUrlConfig UpdateFunctionUrlConfig DeleteFunctionUrlConfig': [],
        'CreateEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping': [],
        'PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig': [],
        'PutFunctionCodeSigningConfig DeleteFunctionCodeSigningConfig': [],
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};
