import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

/** A message as a test states it. */
export interface Put {
  readonly id: string;
  readonly body?: string;
  readonly sentAt?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly movedFrom?: string;
}

interface Stored {
  readonly message: Put;
  visible: boolean;
  receipts: number;
}

const QUEUES = [
  'dead-letters',
  'evaluate-configuration',
  'evaluate-configuration-dlq',
  'send-alert',
  'send-alert-dlq',
];

/** Queues in memory behind the SDK's client: hiding, showing and deleting as SQS does. */
export class FakeSqs {
  readonly client = mockClient(SQSClient);
  /** Every call that changes something, in order: `send trailseal-dev-send-alert {}`, `delete 1`, `show 1`. */
  readonly changes: string[] = [];
  /** Throws for the calls that a test wants to fail. */
  fail: (call: string) => void = () => undefined;
  readonly #queues = new Map<string, Stored[]>();

  constructor(names = QUEUES.map((name) => `trailseal-dev-${name}`)) {
    for (const name of names) this.#queues.set(name, []);
    this.client.on(ListQueuesCommand).callsFake(({ QueueNamePrefix = '' }) => {
      this.fail('list');
      return {
        QueueUrls: [...this.#queues.keys()].filter((name) => name.startsWith(QueueNamePrefix)).map(urlOf),
      };
    });
    this.client.on(GetQueueAttributesCommand).callsFake(({ QueueUrl }) => {
      const count = (visible: boolean) =>
        String(this.#at(QueueUrl).filter((stored) => stored.visible === visible).length);
      return {
        Attributes: {
          ApproximateNumberOfMessages: count(true),
          ApproximateNumberOfMessagesNotVisible: count(false),
        },
      };
    });
    this.client.on(ReceiveMessageCommand).callsFake(({ QueueUrl, MaxNumberOfMessages }) => {
      this.fail(`receive ${nameOf(QueueUrl)}`);
      const batch = this.#at(QueueUrl)
        .filter(({ visible }) => visible)
        .slice(0, MaxNumberOfMessages);
      return { Messages: batch.map(receive) };
    });
    this.client.on(SendMessageCommand).callsFake(({ QueueUrl, MessageBody }) => {
      this.#change(`send ${nameOf(QueueUrl)} ${MessageBody}`);
      this.put(nameOf(QueueUrl), { id: `sent-${this.changes.length}`, body: MessageBody });
      return {};
    });
    this.client.on(DeleteMessageCommand).callsFake(({ QueueUrl, ReceiptHandle }) => {
      this.#change(`delete ${idOf(ReceiptHandle)}`);
      const left = this.#at(QueueUrl).filter((stored) => handleOf(stored) !== ReceiptHandle);
      this.#queues.set(nameOf(QueueUrl), left);
      return {};
    });
    this.client.on(ChangeMessageVisibilityBatchCommand).callsFake(({ QueueUrl, Entries }) => {
      for (const { ReceiptHandle, VisibilityTimeout } of Entries) {
        this.#change(`show ${idOf(ReceiptHandle)}`);
        for (const stored of this.#at(QueueUrl)) {
          if (handleOf(stored) === ReceiptHandle) stored.visible = VisibilityTimeout === 0;
        }
      }
      return {};
    });
  }

  put(queue: string, ...messages: readonly Put[]): void {
    this.#queues.get(queue)?.push(...messages.map((message) => ({ message, visible: true, receipts: 0 })));
  }

  /** Ends the hiding of all messages, as time does. */
  showAll(): void {
    for (const stored of [...this.#queues.values()].flat()) stored.visible = true;
  }

  /** As when someone else has just received it. */
  hide(id: string): void {
    for (const stored of [...this.#queues.values()].flat()) {
      if (stored.message.id === id) stored.visible = false;
    }
  }

  /** Ids of the messages that anyone may receive. */
  visibleIn(queue: string): string[] {
    return (this.#queues.get(queue) ?? []).filter(({ visible }) => visible).map(({ message }) => message.id);
  }

  bodiesIn(queue: string): (string | undefined)[] {
    return (this.#queues.get(queue) ?? []).map(({ message }) => message.body);
  }

  #at(url: string): Stored[] {
    return this.#queues.get(nameOf(url)) ?? [];
  }

  #change(call: string): void {
    this.fail(call);
    this.changes.push(call);
  }
}

const urlOf = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;
const nameOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
const handleOf = ({ message, receipts }: Stored) => `${message.id}#${receipts}`;
const idOf = (handle: string) => handle.split('#')[0];

function receive(stored: Stored): Message {
  stored.visible = false;
  stored.receipts += 1;
  const { id, body = '{}', sentAt = '2026-01-31T10:00:00Z', attributes = {}, movedFrom } = stored.message;
  return {
    MessageId: id,
    ReceiptHandle: handleOf(stored),
    Body: body,
    Attributes: {
      SentTimestamp: String(Date.parse(sentAt)),
      ...(movedFrom === undefined ? {} : { DeadLetterQueueSourceArn: movedFrom }),
    },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    ),
  };
}
