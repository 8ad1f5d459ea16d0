import * as client from '@aws-sdk/client-sqs';
import type { AccessControl, Caller, Need } from '../access';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Gate } from '../gate';
import { readPolicy } from '../iam';
import { isObject, list, parseObject } from '../json';
import { type Message, type MessageAttributes, md5, md5OfAttributes, Queue } from '../queue';
import { operation, type Service } from '../service';
import { allowProperties, type Resource, type Stack } from '../template';

const MAXIMUM_SIZE = 1_048_576;
const MAXIMUM_VISIBILITY = 43_200;

interface QueueInput {
  QueueUrl: string;
}
interface SendInput extends QueueInput {
  MessageBody: string;
  DelaySeconds?: number;
  MessageAttributes?: MessageAttributes;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}
interface ReceiveInput extends QueueInput {
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
}
interface Entry {
  Id: string;
}
interface BatchInput<E extends Entry> extends QueueInput {
  Entries: E[];
}
interface HandleInput {
  ReceiptHandle: string;
}
interface VisibilityInput extends HandleInput {
  VisibilityTimeout?: number;
}

/** The queues of the stack, and what AWS services do with them. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #gate: Gate;

  constructor(stack: Stack, access: AccessControl, gate: Gate, clock: Clock) {
    this.#gate = gate;
    for (const resource of stack.ofType('AWS::SQS::Queue')) {
      const queue = new Queue(readSettings(resource, stack, access, clock), clock);
      this.#queues.set(queue.settings.arn, queue);
    }
    for (const queue of this.all()) {
      const { redrive } = queue.settings;
      if (redrive) queue.redriveTo(this.withArn(redrive.deadLetterTargetArn));
    }
    for (const policy of stack.ofType('AWS::SQS::QueuePolicy')) {
      const statements = readPolicy(policy.properties['PolicyDocument'], policy.logicalId);
      for (const url of list(policy.properties['Queues'])) {
        const queue = this.withUrl(String(url));
        queue.policy.push(...statements);
        queue.policyText = JSON.stringify(policy.properties['PolicyDocument']);
      }
    }
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  withArn(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (!queue) throw nonexistent();
    return queue;
  }

  named(name: string): Queue {
    const queue = this.all().find(({ settings }) => settings.name === name);
    if (!queue) throw nonexistent();
    return queue;
  }

  /** By the last parts of the URL: a client may reach this server under another host name. */
  withUrl(url: string): Queue {
    const name = url.split('/').pop();
    if (!name) throw nonexistent();
    return this.named(name);
  }

  /** Sends in the name of an AWS service or, for a destination, of a function's role. */
  async deliver(
    arn: string,
    body: string,
    options: { caller: Caller; attributes?: MessageAttributes },
  ): Promise<void> {
    const { caller, attributes = {} } = options;
    const queue = this.withArn(arn);
    const input = { QueueUrl: queue.settings.url, MessageBody: body, MessageAttributes: attributes };
    const needs = [sendNeed(queue)];
    await this.#gate.pass(
      { service: 'sqs', action: 'SendMessage', caller, input, needs, implied: true },
      () => {
        checkMessage(body, attributes, queue);
        queue.send(body, { attributes, senderId: caller.name });
      },
    );
  }
}

/** The SQS API over the stack's queues. */
export function sqsService(queues: Queues, stack: Stack, clock: Clock, signal: AbortSignal): Service {
  const at = (action: string) => (input: QueueInput) => [need(queues.withUrl(input.QueueUrl), action)];
  const queueOf = (input: QueueInput) => queues.withUrl(input.QueueUrl);
  const send = (queue: Queue, input: Omit<SendInput, 'QueueUrl'>, caller: Caller) => {
    const { MessageBody, DelaySeconds, MessageAttributes = {} } = input;
    checkMessage(MessageBody, MessageAttributes, queue);
    if (input.MessageDeduplicationId !== undefined) {
      throw invalidValue('The request include parameter that is not valid for this queue type');
    }
    if (DelaySeconds !== undefined) checkRange('DelaySeconds', DelaySeconds, 0, 900);
    const message = queue.send(MessageBody, {
      attributes: MessageAttributes,
      senderId: caller.name,
      ...(DelaySeconds === undefined ? {} : { delay: DelaySeconds }),
    });
    return {
      MessageId: message.id,
      MD5OfMessageBody: md5(message.body),
      ...attributesDigest(MessageAttributes),
    };
  };
  const remove = (queue: Queue, input: HandleInput) => queue.delete(input.ReceiptHandle);
  const hide = (queue: Queue, { ReceiptHandle, VisibilityTimeout = -1 }: VisibilityInput) => {
    checkRange('VisibilityTimeout', VisibilityTimeout, 0, MAXIMUM_VISIBILITY);
    queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
  };

  return {
    name: 'sqs',
    protocol: 'json',
    schemas: client,
    operations: {
      SendMessage: operation<SendInput>({
        needs: (input) => [sendNeed(queueOf(input))],
        run: (input, caller) => send(queueOf(input), input, caller),
      }),
      SendMessageBatch: operation<BatchInput<Entry & Omit<SendInput, 'QueueUrl'>>>({
        needs: (input) => [sendNeed(queueOf(input))],
        run: (input, caller) => {
          const size = input.Entries.reduce(
            (sum, e) => sum + messageSize(e.MessageBody, e.MessageAttributes ?? {}),
            0,
          );
          if (size > MAXIMUM_SIZE) {
            const message = `Batch requests cannot be longer than ${MAXIMUM_SIZE} bytes. You have sent ${size} bytes.`;
            throw new AwsError('BatchRequestTooLong', message);
          }
          return batch(input.Entries, (entry) => send(queueOf(input), entry, caller));
        },
      }),
      ReceiveMessage: operation<ReceiveInput>({
        needs: (input) => [receiveNeed(queueOf(input))],
        run: async (input) => {
          const { MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds } = input;
          checkRange('MaxNumberOfMessages', MaxNumberOfMessages, 1, 10);
          if (VisibilityTimeout !== undefined)
            checkRange('VisibilityTimeout', VisibilityTimeout, 0, MAXIMUM_VISIBILITY);
          if (WaitTimeSeconds !== undefined) checkRange('WaitTimeSeconds', WaitTimeSeconds, 0, 20);
          const queue = queueOf(input);
          const deadline = clock.now() + (WaitTimeSeconds ?? queue.settings.receiveWait) * 1000;
          let messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout);
          // A message that wakes us may turn out to be a dead letter: ask until the time is up.
          while (messages.length === 0 && clock.now() < deadline && !signal.aborted) {
            await queue.untilVisible(signal, deadline);
            messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout);
          }
          return messages.length > 0 ? { Messages: messages.map((message) => describe(message, input)) } : {};
        },
      }),
      DeleteMessage: operation<QueueInput & HandleInput>({
        needs: at('DeleteMessage'),
        run: (input) => remove(queueOf(input), input),
      }),
      DeleteMessageBatch: operation<BatchInput<Entry & HandleInput>>({
        needs: at('DeleteMessage'),
        run: (input) => batch(input.Entries, (entry) => remove(queueOf(input), entry)),
      }),
      ChangeMessageVisibility: operation<QueueInput & VisibilityInput>({
        needs: at('ChangeMessageVisibility'),
        run: (input) => hide(queueOf(input), input),
      }),
      ChangeMessageVisibilityBatch: operation<BatchInput<Entry & VisibilityInput>>({
        needs: at('ChangeMessageVisibility'),
        run: (input) => batch(input.Entries, (entry) => hide(queueOf(input), entry)),
      }),
      GetQueueUrl: operation<{ QueueName: string }>({
        needs: (input) => [need(queues.named(input.QueueName), 'GetQueueUrl')],
        run: (input) => ({ QueueUrl: queues.named(input.QueueName).settings.url }),
      }),
      GetQueueAttributes: operation<QueueInput & { AttributeNames?: string[] }>({
        needs: at('GetQueueAttributes'),
        run: (input) => ({ Attributes: pick(queueAttributes(queueOf(input)), input.AttributeNames ?? []) }),
      }),
      ListQueues: operation<{ QueueNamePrefix?: string }>({
        needs: () => [
          {
            action: 'sqs:ListQueues',
            resource: `arn:aws:sqs:${stack.options.region}:${stack.options.accountId}:*`,
          },
        ],
        run: ({ QueueNamePrefix = '' }) => ({
          QueueUrls: queues
            .all()
            .filter(({ settings }) => settings.name.startsWith(QueueNamePrefix))
            .map(({ settings }) => settings.url),
        }),
      }),
      PurgeQueue: operation<QueueInput>({
        needs: at('PurgeQueue'),
        run: (input) => queueOf(input).purge(),
      }),
    },
  };
}

/** What sending to the queue takes. */
export const sendNeed = (queue: Queue): Need => ({
  ...need(queue, 'SendMessage'),
  encryption: { key: queue.settings.key, actions: ['kms:GenerateDataKey', 'kms:Decrypt'], via: 'sqs' },
});

/** What reading the queue takes. */
export const receiveNeed = (queue: Queue): Need => ({
  ...need(queue, 'ReceiveMessage'),
  encryption: { key: queue.settings.key, actions: ['kms:Decrypt'], via: 'sqs' },
});

/** What any other call on the queue takes. */
export const need = (queue: Queue, action: string): Need => ({
  action: `sqs:${action}`,
  resource: queue.settings.arn,
  policy: queue.policy,
});

/** The attributes that AWS keeps about a message. */
export function systemAttributes(message: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.deadLetterSource ? { DeadLetterQueueSourceArn: message.deadLetterSource } : {}),
  };
}

function readSettings(
  resource: Resource,
  stack: Stack,
  access: AccessControl,
  clock: Clock,
): Queue['settings'] {
  const { name, arn, properties, logicalId } = resource;
  allowProperties(
    resource,
    [
      'QueueName',
      'VisibilityTimeout',
      'MessageRetentionPeriod',
      'DelaySeconds',
      'ReceiveMessageWaitTimeSeconds',
      'MaximumMessageSize',
      'RedrivePolicy',
      'KmsMasterKeyId',
    ],
    ['KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'],
  );
  const redrive = readRedrive(properties['RedrivePolicy'], logicalId);
  const keyId = properties['KmsMasterKeyId'];
  return {
    name,
    arn,
    url: `${stack.options.url}/${stack.options.accountId}/${name}`,
    visibilityTimeout: Number(properties['VisibilityTimeout'] ?? 30),
    retention: Number(properties['MessageRetentionPeriod'] ?? 345_600),
    delay: Number(properties['DelaySeconds'] ?? 0),
    receiveWait: Number(properties['ReceiveMessageWaitTimeSeconds'] ?? 0),
    maximumMessageSize: Number(properties['MaximumMessageSize'] ?? MAXIMUM_SIZE),
    ...(redrive ? { redrive } : {}),
    key: access.keyNamed(keyId),
    keyId: keyId === undefined ? undefined : String(keyId),
    managedEncryption: keyId === undefined && properties['SqsManagedSseEnabled'] !== false,
    createdAt: clock.now(),
  };
}

function readRedrive(policy: unknown, where: string): Queue['settings']['redrive'] {
  const redrive = typeof policy === 'string' ? parseObject(policy) : policy;
  if (redrive === undefined) return undefined;
  if (!isObject(redrive)) throw new Error(`${where}: RedrivePolicy must be an object`);
  return {
    deadLetterTargetArn: String(redrive['deadLetterTargetArn']),
    maxReceiveCount: Number(redrive['maxReceiveCount']),
  };
}

function describe(message: Message, input: ReceiveInput): unknown {
  const wanted = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
  const system = pick(systemAttributes(message), wanted);
  const attributes = pickAttributes(message.attributes, input.MessageAttributeNames ?? []);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(system).length > 0 ? { Attributes: system } : {}),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
    ...attributesDigest(attributes),
  };
}

function attributesDigest(attributes: MessageAttributes): { MD5OfMessageAttributes?: string } {
  const digest = md5OfAttributes(attributes);
  return digest ? { MD5OfMessageAttributes: digest } : {};
}

function queueAttributes(queue: Queue): Record<string, string> {
  const { settings, policyText } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  const created = String(Math.floor(settings.createdAt / 1000));
  return {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: String(settings.visibilityTimeout),
    MaximumMessageSize: String(settings.maximumMessageSize),
    MessageRetentionPeriod: String(settings.retention),
    DelaySeconds: String(settings.delay),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWait),
    SqsManagedSseEnabled: String(settings.managedEncryption),
    ...(settings.redrive ? { RedrivePolicy: JSON.stringify(settings.redrive) } : {}),
    ...(settings.keyId ? { KmsMasterKeyId: settings.keyId } : {}),
    ...(policyText ? { Policy: policyText } : {}),
  };
}

function pick(attributes: Record<string, string>, names: string[]): Record<string, string> {
  if (names.includes('All')) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

function pickAttributes(attributes: MessageAttributes, names: string[]): MessageAttributes {
  const isWanted = (name: string) =>
    names.some((n) => n === 'All' || n === name || (n.endsWith('.*') && name.startsWith(n.slice(0, -1))));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

/** Entries succeed or fail one by one; a batch that is malformed as a whole fails whole. */
function batch<E extends Entry>(entries: E[], act: (entry: E) => unknown): unknown {
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map((entry) => entry.Id);
  const bad = ids.find((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id));
  if (bad !== undefined) {
    const message = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores.';
    throw new AwsError('InvalidBatchEntryId', `${message} It can be at most 80 letters long.`);
  }
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      const result = act(entry);
      Successful.push({ Id: entry.Id, ...(isObject(result) ? result : {}) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function checkMessage(body: string, attributes: MessageAttributes, queue: Queue): void {
  if (body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  const limit = queue.settings.maximumMessageSize;
  if (messageSize(body, attributes) > limit) {
    throw invalidValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  if (Object.keys(attributes).length > 10) {
    throw invalidValue('Number of message attributes [11] exceeds the allowed maximum [10].');
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const [type] = DataType.split('.');
    const value = type === 'Binary' ? BinaryValue : StringValue;
    if (!['String', 'Number', 'Binary'].includes(type ?? '')) {
      throw invalidValue(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    if (!value)
      throw invalidValue(
        `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
      );
    if (type === 'Number' && Number.isNaN(Number(value))) {
      throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
  }
}

const messageSize = (body: string, attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.from(BinaryValue, 'base64').length,
    Buffer.byteLength(body),
  );

function checkRange(name: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to && Number.isInteger(value)) return;
  throw invalidValue(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be >= ${from} and <= ${to}, if provided.`,
  );
}

const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message);

const nonexistent = () => new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
