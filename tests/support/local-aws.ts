import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { accessKeyOf } from '../../local/access';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../local/aws';
import { ManualClock } from '../../local/clock';
import type { Template } from '../../local/template';

/** What a test's function does with an event. Throwing is what a crashing handler does. */
export type Handler = (event: unknown, clients: Clients) => Promise<unknown> | unknown;

/** Unmodified SDK clients, signed with one access key. */
export interface Clients {
  events: EventBridgeClient;
  sns: SNSClient;
  sqs: SQSClient;
  dynamodb: DynamoDBDocumentClient;
  config: ConfigServiceClient;
}

export interface TestAws extends LocalAws {
  clock: ManualClock;
  operator: Clients;
  /** What local AWS would have told a person. */
  said: { info: string[]; error: string[] };
  /** Clients that call as the function with this logical id. */
  as(logicalId: string): Clients;
  arn(logicalId: string): string;
}

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

const running: TestAws[] = [];

/** Starts local AWS on a free port with a clock that stands still. */
export async function startTestAws(
  template: Template,
  handlers: Record<string, Handler> = {},
  options: Partial<LocalAwsOptions> = {},
): Promise<TestAws> {
  const clock = new ManualClock();
  const said: TestAws['said'] = { info: [], error: [] };
  const byName = new Map<string, Clients>();
  const invoke = async (name: string, payload: unknown) => {
    const handler = handlers[name];
    if (!handler) throw new Error(`the test has no handler for ${name}`);
    try {
      const clients = byName.get(name);
      if (!clients) throw new Error(`no clients for ${name}`);
      return { payload: (await handler(structuredClone(payload), clients)) ?? null };
    } catch (error) {
      const { name: errorType, message } = error instanceof Error ? error : new Error(String(error));
      return { payload: { errorType, errorMessage: message }, functionError: 'Unhandled' };
    }
  };
  const aws = await startLocalAws({
    template,
    accountId: ACCOUNT,
    region: REGION,
    stage: 'test',
    port: 0,
    invoke,
    clock,
    log: { info: (message) => said.info.push(message), error: (message) => said.error.push(message) },
    ...options,
  });
  const resource = (logicalId: string) => {
    const found = aws.stack.all().find((r) => r.logicalId === logicalId);
    if (!found) throw new Error(`no resource ${logicalId}`);
    return found;
  };
  for (const fn of aws.stack.ofType('AWS::Lambda::Function')) {
    byName.set(fn.name, clientsFor(aws.url, accessKeyOf(fn.logicalId)));
  }
  const testAws: TestAws = Object.assign(aws, {
    clock,
    said,
    operator: clientsFor(aws.url, 'operator'),
    as: (logicalId: string) => clientsFor(aws.url, accessKeyOf(logicalId)),
    arn: (logicalId: string) => resource(logicalId).arn,
  });
  running.push(testAws);
  return testAws;
}

/** For afterEach: nothing started by a test outlives it. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((aws) => aws.stop()));
}

/** Clients with one attempt only: a test sees the first answer. */
export function clientsFor(url: string, accessKeyId: string): Clients {
  const config = {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return {
    events: new EventBridgeClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    config: new ConfigServiceClient(config),
  };
}
