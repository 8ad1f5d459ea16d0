import { type ServiceCalls, TAGS } from './resource-calls';

export const sns: ServiceCalls = {
  eventSource: 'sns.amazonaws.com',
  types: [
    {
      type: 'AWS::SNS::Topic',
      // CreateTopic names it by name, and its answer by ARN.
      named: ['topicArn', 'resourceArn'],
      arn: /^([^:]+)$/,
      text: /^$/,
      onlyListed: true,
      creates: 'CreateTopic',
      deletes: 'DeleteTopic',
      calls: {
        SetTopicAttributes: { propertiesAt: 'attributeName' },
        'AddPermission RemovePermission': ['configuration.Policy'],
        'Subscribe Unsubscribe ConfirmSubscription': [
          'configuration.SubscriptionsConfirmed',
          'configuration.SubscriptionsPending',
          'configuration.SubscriptionsDeleted',
        ],
        PutDataProtectionPolicy: [],
        'TagResource UntagResource': TAGS,
      },
    },
  ],
};

export const sqs: ServiceCalls = {
  eventSource: 'sqs.amazonaws.com',
  types: [
    {
      type: 'AWS::SQS::Queue',
      named: ['queueUrl', 'queueName'],
      arn: /^([^:]+)$/,
      // https://sqs.eu-west-1.amazonaws.com/123456789012/orders
      text: /^(?:https:\/\/.+\/)?([\w-]+(?:\.fifo)?)$/,
      onlyListed: true,
      creates: 'CreateQueue',
      deletes: 'DeleteQueue',
      calls: {
        SetQueueAttributes: { always: ['configuration.LastModifiedTimestamp'], propertiesAt: 'attributes' },
        'AddPermission RemovePermission': ['configuration.Policy'],
        'TagQueue UntagQueue': TAGS,
      },
    },
  ],
};
