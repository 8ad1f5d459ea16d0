import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { accessKeyOf } from '../../local/access';
import type { JsonObject } from '../../local/json';
import type { Template } from '../../local/template';
import { REGION, startTestAws, type TestAws } from '../support/local-aws';

/** A statement of the one role there is. */
export interface Grant {
  Effect?: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: object;
}

const EVERYTHING: Grant[] = [
  { Action: ['ec2:*', 'rds:*', 'kms:*', 'iam:*', 'cloudwatch:*', 'logs:*'], Resource: '*' },
];

/** A stack of one function, with a key. A queue hears what AWS tells of changes. */
function template(grants: Grant[]): Template {
  return {
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                Action: 'kms:*',
                Resource: '*',
              },
            ],
          },
        },
      },
      Heard: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'heard' } },
      HeardPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Heard' }],
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: { 'Fn::GetAtt': ['Heard', 'Arn'] },
              },
            ],
          },
        },
      },
      HearRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'hear',
          EventPattern: {
            'detail-type': ['AWS API Call via CloudTrail', 'Config Configuration Item Change'],
          },
          Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Heard', 'Arn'] } }],
        },
      },
      RemediateRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [
            {
              PolicyName: 'calls',
              PolicyDocument: { Statement: grants.map((grant) => ({ Effect: 'Allow', ...grant })) },
            },
          ],
        },
      },
      RemediateFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'remediate', Role: { 'Fn::GetAtt': ['RemediateRole', 'Arn'] } },
      },
    },
  };
}

/** Unmodified clients of the services that hold state, signed as the function unless another key is named. */
export function clients(url: string, accessKeyId = accessKeyOf('RemediateFunction'), region = REGION) {
  const config = {
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return {
    ec2: new EC2Client(config),
    rds: new RDSClient(config),
    kms: new KMSClient(config),
    iam: new IAMClient(config),
    cloudwatch: new CloudWatchClient(config),
  };
}

export type HoldingClients = ReturnType<typeof clients>;

/** Local AWS with a function whose role has these rights, or all of those services. */
export async function startHoldingAws(
  grants: Grant[] = EVERYTHING,
): Promise<{ aws: TestAws } & HoldingClients> {
  const aws = await startTestAws(template(grants));
  return { aws, ...clients(aws.url) };
}

export interface HeardEvent {
  source: string;
  'detail-type': string;
  region: string;
  resources: string[];
  detail: JsonObject;
}

/** What the bus carried, in order, as far as a rule heard it. */
export async function heard(aws: TestAws): Promise<HeardEvent[]> {
  await aws.idle();
  return aws.queue('heard').messages.map(({ body }) => JSON.parse(body));
}
