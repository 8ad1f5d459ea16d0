import { connect } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { accessKeyOf } from '../../local/access';
import type { LocalAws } from '../../local/aws';
import type { Template } from '../../local/template';
import { REGION } from '../support/local-aws';

/**
 * A stack with a bucket that notifies nobody yet, a topic and a queue that let the bucket and CloudTrail in, a
 * queue for S3's events on the default bus, and a function whose role has these statements.
 */
export function s3Template(statements: object[] = []): Template {
  const sendTo = (queue: string, service: string, sourceArn: unknown) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
  });
  return {
    Resources: {
      Logs: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'logs' } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'files' } },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'Topic' }],
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 's3.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
                Condition: {
                  ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Logs', 'Arn'] } },
                  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                },
              },
              {
                Effect: 'Allow',
                Principal: { Service: 'cloudtrail.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
                Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:*:123456789012:trail/main' } },
              },
            ],
          },
        },
      },
      FromTopic: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'from-topic' } },
      Raw: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'raw' } },
      FromBucket: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'from-bucket' } },
      FromBus: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'from-bus' } },
      Policies: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: ['FromTopic', 'Raw', 'FromBucket', 'FromBus'].map((queue) => ({ Ref: queue })),
          PolicyDocument: {
            Statement: [
              sendTo('FromTopic', 'sns.amazonaws.com', 'arn:aws:sns:*:*:*'),
              sendTo('Raw', 'sns.amazonaws.com', 'arn:aws:sns:*:*:*'),
              sendTo('FromBucket', 's3.amazonaws.com', { 'Fn::GetAtt': ['Logs', 'Arn'] }),
              sendTo('FromBus', 'events.amazonaws.com', { 'Fn::GetAtt': ['Rule', 'Arn'] }),
            ],
          },
        },
      },
      Subscription: subscription({ Ref: 'Topic' }, 'FromTopic', false),
      RawSubscription: subscription({ Ref: 'Topic' }, 'Raw', true),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'objects',
          EventPattern: { source: ['aws.s3'] },
          Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['FromBus', 'Arn'] } }],
        },
      },
      ReaderRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [{ PolicyName: 'calls', PolicyDocument: { Statement: statements } }],
        },
      },
      Reader: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'reader', Role: { 'Fn::GetAtt': ['ReaderRole', 'Arn'] } },
      },
    },
  };
}

export const subscription = (topic: unknown, queue: string, raw: boolean): Template['Resources'][string] => ({
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: topic,
    Protocol: 'sqs',
    Endpoint: { 'Fn::GetAtt': [queue, 'Arn'] },
    RawMessageDelivery: raw,
  },
});

/** An unmodified client with one attempt, as the operator or as the function with this logical id. */
export const s3Client = (aws: LocalAws, logicalId?: string, region = REGION): S3Client =>
  new S3Client({
    endpoint: aws.url,
    region,
    credentials: {
      accessKeyId: logicalId === undefined ? 'operator' : accessKeyOf(logicalId),
      secretAccessKey: 'local',
    },
    maxAttempts: 1,
  });

/** A request in the words of the wire, path and all: clients and URL parsers would tidy it up. */
export function wire({ url }: LocalAws, lines: string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(url);
  const head = [
    lines[0],
    'authorization: AWS4-HMAC-SHA256 Credential=operator/20260131/eu-central-1/s3/aws4_request, Signature=x',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...lines.slice(1),
    ...(lines.some((line) => line.startsWith('host:')) ? [] : [`host: ${hostname}:${port}`]),
  ];
  return new Promise((resolve, reject) => {
    let answer = '';
    connect(Number(port), hostname)
      .on('data', (data) => {
        answer += data.toString();
      })
      .on('end', () => resolve(answer))
      .on('error', reject)
      .end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
