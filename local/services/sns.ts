import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-sns';
import type { AccessControl, Caller, EncryptionKey, Need } from '../access';
import type { Activity, Log } from '../activity';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { deliver, type Failure } from '../delivery';
import type { Functions } from '../functions';
import type { Gate } from '../gate';
import { readPolicy, type Statement } from '../iam';
import type { Inbox } from '../inbox';
import { isObject, list, parseObject } from '../json';
import type { MessageAttributes } from '../queue';
import { operation, type Service } from '../service';
import { compileFilter, type FilterScope } from '../subscription-filter';
import { allowProperties, type Resource, type Stack } from '../template';
import type { Queues } from './sqs';

const MAXIMUM_SIZE = 262_144;
/** SNS keeps trying AWS's own endpoints for 23 days. */
const RETRIES = { maximumRetries: 100_015, maximumAgeSeconds: 23 * 24 * 3600 };
const INTO_INBOX = ['email', 'email-json', 'sms', 'http', 'https'];

interface Topic {
  resource: Resource;
  name: string;
  policy: Statement[];
  policyText?: string;
  key: EncryptionKey | undefined;
  subscriptions: Subscription[];
  /** Belongs to somebody else; the stack only subscribes to it. */
  outside?: true;
}

interface Subscription {
  arn: string;
  protocol: string;
  endpoint: string;
  raw: boolean;
  deadLetters: string | undefined;
  scope: FilterScope;
  policy: unknown;
  accepts: (message: string, attributes: MessageAttributes) => boolean;
  /** Exists on this laptop only: AWS would not list it. */
  hidden?: true;
}

interface Publication {
  messageId: string;
  subject?: string;
  /** The text for one protocol: MessageStructure json gives each its own. */
  textFor: (protocol: string) => string;
  attributes: MessageAttributes;
}

interface PublishInput {
  TopicArn?: string;
  TargetArn?: string;
  PhoneNumber?: string;
  Message: string;
  Subject?: string;
  MessageStructure?: string;
  MessageAttributes?: MessageAttributes;
}

interface SubscribeInput {
  TopicArn: string;
  Protocol: string;
  Endpoint?: string;
  Attributes?: Record<string, string>;
}

export interface TopicsWorld {
  stack: Stack;
  access: AccessControl;
  gate: Gate;
  queues: Queues;
  functions: Functions;
  inbox: Inbox;
  clock: Clock;
  activity: Activity;
  log: Log;
  signal: AbortSignal;
}

/** The topics of the stack and their subscribers. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #world: TopicsWorld;

  constructor(world: TopicsWorld) {
    this.#world = world;
    const { stack, access } = world;
    for (const resource of stack.ofType('AWS::SNS::Topic')) {
      allowProperties(
        resource,
        ['TopicName', 'Subscription', 'KmsMasterKeyId'],
        ['DisplayName', 'SignatureVersion', 'TracingConfig', 'DeliveryStatusLogging'],
      );
      const key = access.keyNamed(resource.properties['KmsMasterKeyId']);
      this.#topics.set(resource.arn, { resource, name: resource.name, policy: [], key, subscriptions: [] });
      for (const inline of list(resource.properties['Subscription'])) {
        if (isObject(inline)) this.#subscribe(resource.arn, inline);
      }
    }
    for (const policy of stack.ofType('AWS::SNS::TopicPolicy')) {
      const statements = readPolicy(policy.properties['PolicyDocument'], policy.logicalId);
      for (const arn of list(policy.properties['Topics'])) {
        const topic = this.withArn(String(arn));
        topic.policy.push(...statements);
        topic.policyText = JSON.stringify(policy.properties['PolicyDocument']);
      }
    }
    for (const subscription of stack.ofType('AWS::SNS::Subscription')) {
      allowProperties(subscription, [
        'TopicArn',
        // Where the topic is, as its ARN says too.
        'Region',
        'Protocol',
        'Endpoint',
        'FilterPolicy',
        'FilterPolicyScope',
        'RawMessageDelivery',
        'RedrivePolicy',
      ]);
      const topicArn = String(subscription.properties['TopicArn']);
      if (!this.#topics.has(topicArn)) this.#addOutside(topicArn);
      this.#subscribe(topicArn, subscription.properties);
    }
  }

  all(): Topic[] {
    return [...this.#topics.values()];
  }

  withArn(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (!topic) throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    return topic;
  }

  /**
   * A reader on this laptop for topics that nobody reads by e-mail, so that no alert stays unseen: with the filter of
   * the subscription that the template has for whoever gives an address.
   */
  addEmailViewer(offered: readonly Resource[]): void {
    for (const topic of this.all()) {
      if (topic.outside || topic.subscriptions.some(({ protocol }) => protocol === 'email')) continue;
      const own = offered.find(
        ({ properties }) =>
          properties['Protocol'] === 'email' && properties['TopicArn'] === topic.resource.arn,
      );
      const viewer = this.#subscribe(topic.resource.arn, {
        ...own?.properties,
        Protocol: 'email',
        Endpoint: 'you@localhost',
      });
      viewer.hidden = true;
    }
  }

  publish(topic: Topic, input: PublishInput): string {
    const publication = readPublication(input);
    for (const subscription of topic.subscriptions) {
      if (!subscription.accepts(publication.textFor('default'), publication.attributes)) continue;
      this.#world.activity.start(() => this.#deliver(topic, subscription, publication));
    }
    return publication.messageId;
  }

  /** Publishes in the name of an AWS service, as far as the topic lets it. */
  async publishFor(caller: Caller, input: PublishInput & { TopicArn: string }): Promise<void> {
    const topic = this.withArn(input.TopicArn);
    const needs = [publishNeed(topic)];
    await this.#world.gate.pass(
      { service: 'sns', action: 'Publish', caller, input, needs, implied: true },
      () => this.publish(topic, input),
    );
  }

  subscribe(input: SubscribeInput): Subscription {
    return this.#subscribe(input.TopicArn, { ...input, ...input.Attributes });
  }

  unsubscribe(arn: string): void {
    for (const topic of this.all()) {
      topic.subscriptions = topic.subscriptions.filter((subscription) => subscription.arn !== arn);
    }
  }

  /** A topic that the template names by its ARN alone: its owner lets in whoever publishes. */
  #addOutside(arn: string): void {
    const name = /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:([\w-]+)$/.exec(arn)?.[1];
    if (name === undefined) throw new Error(`Not the ARN of a topic: ${arn}`);
    const resource = { logicalId: name, type: 'AWS::SNS::Topic', name, arn, properties: {} };
    const policy = readPolicy(
      { Statement: { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: arn } },
      arn,
    );
    this.#topics.set(arn, { resource, name, policy, key: undefined, subscriptions: [], outside: true });
  }

  #subscribe(topicArn: string, properties: Record<string, unknown>): Subscription {
    const topic = this.withArn(topicArn);
    const protocol = String(properties['Protocol']);
    if (![...INTO_INBOX, 'sqs', 'lambda'].includes(protocol)) {
      throw new AwsError(
        'InvalidParameterException',
        `Invalid parameter: protocol ${protocol} isn't simulated locally`,
      );
    }
    const redrive = asObject(properties['RedrivePolicy']);
    const scope = properties['FilterPolicyScope'] === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
    const subscription: Subscription = {
      arn: `${topicArn}:${randomUUID()}`,
      protocol,
      endpoint: String(properties['Endpoint']),
      raw: String(properties['RawMessageDelivery']) === 'true',
      deadLetters: redrive ? String(redrive['deadLetterTargetArn']) : undefined,
      scope,
      policy: properties['FilterPolicy'],
      accepts: compileFilter(properties['FilterPolicy'], scope),
    };
    topic.subscriptions.push(subscription);
    return subscription;
  }

  async #deliver(topic: Topic, subscription: Subscription, publication: Publication): Promise<void> {
    const failure = await deliver(
      () => this.#attempt(topic, subscription, publication),
      RETRIES,
      this.#world,
    );
    if (failure) await this.#giveUp(topic, subscription, publication, failure);
  }

  async #attempt(topic: Topic, subscription: Subscription, publication: Publication): Promise<void> {
    const { queues, functions, inbox } = this.#world;
    const caller = this.#caller(topic);
    const { protocol, endpoint, raw } = subscription;
    if (protocol === 'sqs') {
      const body = raw ? publication.textFor(protocol) : this.#envelope(topic, subscription, publication);
      await queues.deliver(endpoint, body, {
        caller,
        ...(raw ? { attributes: publication.attributes } : {}),
      });
    } else if (protocol === 'lambda') {
      functions.invokeLater(endpoint, this.#lambdaEvent(topic, subscription, publication), caller);
    } else {
      const asText = protocol === 'email' || protocol === 'sms' || raw;
      inbox.put({
        protocol,
        endpoint,
        topicArn: topic.resource.arn,
        messageId: publication.messageId,
        // A text message has no subject.
        ...(publication.subject === undefined || protocol === 'sms' ? {} : { subject: publication.subject }),
        text: asText ? publication.textFor(protocol) : this.#envelope(topic, subscription, publication),
      });
    }
  }

  async #giveUp(
    topic: Topic,
    subscription: Subscription,
    publication: Publication,
    failure: Failure,
  ): Promise<void> {
    const { queues, log } = this.#world;
    const what = `${topic.name} couldn't deliver to ${subscription.protocol} ${subscription.endpoint}`;
    log.error(`${what}: ${failure.error.message}`);
    if (!subscription.deadLetters)
      return log.error(`${what}: the message is LOST, it has no dead-letter queue`);
    const text = String(failure.error.message);
    try {
      await queues.deliver(subscription.deadLetters, this.#envelope(topic, subscription, publication), {
        caller: this.#caller(topic),
        attributes: {
          RequestID: { DataType: 'String', StringValue: publication.messageId },
          ErrorCode: { DataType: 'String', StringValue: failure.error.code },
          ErrorMessage: { DataType: 'String', StringValue: text },
        },
      });
    } catch (error) {
      log.error(`${what}: the message is LOST, its dead-letter queue refused it: ${String(error)}`);
    }
  }

  #caller(topic: Topic): Caller {
    return { kind: 'service', name: 'sns.amazonaws.com', sourceArn: topic.resource.arn };
  }

  #envelope(topic: Topic, subscription: Subscription, publication: Publication): string {
    return JSON.stringify({
      Type: 'Notification',
      MessageId: publication.messageId,
      TopicArn: topic.resource.arn,
      ...(publication.subject === undefined ? {} : { Subject: publication.subject }),
      Message: publication.textFor(subscription.protocol),
      Timestamp: new Date(this.#world.clock.now()).toISOString(),
      SignatureVersion: '1',
      Signature: 'EXAMPLE',
      SigningCertURL: this.#certificate(),
      UnsubscribeURL: this.#unsubscribe(subscription),
      ...attributesMember(publication.attributes),
    });
  }

  /** To Lambda the same names are spelled differently: SigningCertUrl, UnsubscribeUrl. */
  #lambdaEvent(topic: Topic, subscription: Subscription, publication: Publication): unknown {
    return {
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: subscription.arn,
          Sns: {
            Type: 'Notification',
            MessageId: publication.messageId,
            TopicArn: topic.resource.arn,
            Subject: publication.subject ?? null,
            Message: publication.textFor('lambda'),
            Timestamp: new Date(this.#world.clock.now()).toISOString(),
            SignatureVersion: '1',
            Signature: 'EXAMPLE',
            SigningCertUrl: this.#certificate(),
            UnsubscribeUrl: this.#unsubscribe(subscription),
            MessageAttributes: attributesMember(publication.attributes).MessageAttributes ?? {},
          },
        },
      ],
    };
  }

  #certificate(): string {
    return `https://sns.${this.#world.stack.options.region}.amazonaws.com/SimpleNotificationService-example.pem`;
  }

  #unsubscribe({ arn }: Subscription): string {
    return `https://sns.${this.#world.stack.options.region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${arn}`;
  }
}

/** The SNS API over the stack's topics. */
export function snsService(topics: Topics, inbox: Inbox, stack: Stack): Service {
  const { accountId, region } = stack.options;
  const on = (action: string, arn: string): Need => {
    const topic = topics.withArn(arn);
    return { action: `sns:${action}`, resource: arn, policy: topic.policy };
  };
  const find = (arn: string) => {
    const subscription = topics
      .all()
      .flatMap((t) => t.subscriptions)
      .find((s) => s.arn === arn && !s.hidden);
    if (!subscription) throw new AwsError('NotFoundException', 'Subscription does not exist', 404);
    return subscription;
  };
  const describe = (topic: Topic, s: Subscription) => ({
    SubscriptionArn: s.arn,
    Owner: accountId,
    Protocol: s.protocol,
    Endpoint: s.endpoint,
    TopicArn: topic.resource.arn,
  });
  return {
    name: 'sns',
    protocol: 'query',
    apiVersion: '2010-03-31',
    schemas: client,
    deniedCode: 'AuthorizationErrorException',
    invalidCode: 'InvalidParameterException',
    operations: {
      Publish: operation<PublishInput>({
        needs: (input) => {
          const arn = input.TopicArn ?? input.TargetArn;
          if (arn === undefined) {
            if (input.PhoneNumber) return [{ action: 'sns:Publish', resource: '*' }];
            throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
          }
          return [publishNeed(topics.withArn(arn))];
        },
        run: (input) => {
          const arn = input.TopicArn ?? input.TargetArn;
          if (arn) return { MessageId: topics.publish(topics.withArn(arn), input) };
          const { messageId, textFor } = readPublication(input);
          const endpoint = input.PhoneNumber ?? '';
          inbox.put({ protocol: 'sms', endpoint, topicArn: '', messageId, text: textFor('sms') });
          return { MessageId: messageId };
        },
      }),
      Subscribe: operation<SubscribeInput>({
        needs: (input) => [
          {
            ...on('Subscribe', input.TopicArn),
            keys: { 'sns:Protocol': input.Protocol, 'sns:Endpoint': input.Endpoint },
          },
        ],
        // Nobody can click a confirmation here: every subscription counts as confirmed.
        run: (input) => ({ SubscriptionArn: topics.subscribe(input).arn }),
      }),
      ConfirmSubscription: operation<{ TopicArn: string; Token: string }>({
        needs: (input) => [on('ConfirmSubscription', input.TopicArn)],
        run: (input) => ({ SubscriptionArn: find(input.Token).arn }),
      }),
      Unsubscribe: operation<{ SubscriptionArn: string }>({
        needs: (input) => [{ action: 'sns:Unsubscribe', resource: find(input.SubscriptionArn).arn }],
        run: (input) => topics.unsubscribe(input.SubscriptionArn),
      }),
      ListTopics: operation<object>({
        needs: () => [{ action: 'sns:ListTopics', resource: `arn:aws:sns:${region}:${accountId}:*` }],
        run: () => ({
          Topics: topics
            .all()
            .filter(({ outside }) => !outside)
            .map((topic) => ({ TopicArn: topic.resource.arn })),
        }),
      }),
      ListSubscriptionsByTopic: operation<{ TopicArn: string }>({
        needs: (input) => [on('ListSubscriptionsByTopic', input.TopicArn)],
        run: (input) => {
          const topic = topics.withArn(input.TopicArn);
          return {
            Subscriptions: topic.subscriptions.filter((s) => !s.hidden).map((s) => describe(topic, s)),
          };
        },
      }),
      GetTopicAttributes: operation<{ TopicArn: string }>({
        needs: (input) => [on('GetTopicAttributes', input.TopicArn)],
        run: (input) => {
          const { resource, subscriptions, policyText } = topics.withArn(input.TopicArn);
          const keyId = resource.properties['KmsMasterKeyId'];
          return {
            Attributes: {
              TopicArn: resource.arn,
              Owner: accountId,
              SubscriptionsConfirmed: String(subscriptions.filter((s) => !s.hidden).length),
              SubscriptionsPending: '0',
              SubscriptionsDeleted: '0',
              ...(policyText ? { Policy: policyText } : {}),
              ...(keyId === undefined ? {} : { KmsMasterKeyId: String(keyId) }),
            },
          };
        },
      }),
      GetSubscriptionAttributes: operation<{ SubscriptionArn: string }>({
        needs: (input) => [
          { action: 'sns:GetSubscriptionAttributes', resource: find(input.SubscriptionArn).arn },
        ],
        run: (input) => {
          const { arn, protocol, endpoint, raw, scope, policy } = find(input.SubscriptionArn);
          return {
            Attributes: {
              SubscriptionArn: arn,
              TopicArn: arn.slice(0, arn.lastIndexOf(':')),
              Owner: accountId,
              Protocol: protocol,
              Endpoint: endpoint,
              RawMessageDelivery: String(raw),
              PendingConfirmation: 'false',
              ...(policy === undefined
                ? {}
                : {
                    FilterPolicyScope: scope,
                    FilterPolicy: typeof policy === 'string' ? policy : JSON.stringify(policy),
                  }),
            },
          };
        },
      }),
    },
  };
}

const publishNeed = ({ resource, policy, key }: Topic): Need => ({
  action: 'sns:Publish',
  resource: resource.arn,
  policy,
  encryption: { key, actions: ['kms:GenerateDataKey', 'kms:Decrypt'], via: 'sns' },
});

function readPublication(input: PublishInput): Publication {
  const { Message, Subject, MessageAttributes = {}, MessageStructure } = input;
  if (Message === '') throw invalid('Empty message');
  if (Subject !== undefined) checkSubject(Subject);
  checkAttributes(MessageAttributes);
  const size = Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue + BinaryValue),
    Buffer.byteLength(Message),
  );
  if (size > MAXIMUM_SIZE) throw invalid('Message too long');
  return {
    messageId: randomUUID(),
    ...(Subject === undefined ? {} : { subject: Subject }),
    textFor: textPerProtocol(Message, MessageStructure),
    attributes: MessageAttributes,
  };
}

function textPerProtocol(message: string, structure: string | undefined): (protocol: string) => string {
  if (structure === undefined) return () => message;
  if (structure !== 'json') throw invalid('MessageStructure Reason: not a valid value');
  const texts = parseObject(message);
  if (!texts) throw invalid('Message Structure - JSON message body failed to parse');
  const fallback = texts['default'];
  if (typeof fallback !== 'string')
    throw invalid('Message Structure - No default entry in JSON message body');
  return (protocol) => {
    const text = texts[protocol];
    return typeof text === 'string' ? text : fallback;
  };
}

/** ASCII, one line, at most 100 characters, beginning with a letter, a number or punctuation. */
function checkSubject(subject: string): void {
  if (!/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) throw invalid('Subject');
}

function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    if (!/^[\w.-]{1,256}$/.test(name)) throw valueInvalid(`The message attribute name '${name}' is invalid.`);
    const [type] = DataType.split('.');
    if (!['String', 'Number', 'Binary'].includes(type ?? '')) {
      throw valueInvalid(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = type === 'Binary' ? BinaryValue : StringValue;
    if (!value)
      throw valueInvalid(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    if (type === 'Number' && Number.isNaN(Number(value))) {
      throw valueInvalid(`Could not cast message attribute '${name}' value to number.`);
    }
    if (DataType === 'String.Array' && !isArrayText(value)) {
      throw valueInvalid(
        `The message attribute '${name}' of type String.Array must be a JSON array of values.`,
      );
    }
  }
}

function isArrayText(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function attributesMember(attributes: MessageAttributes): { MessageAttributes?: Record<string, unknown> } {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return entries.length > 0 ? { MessageAttributes: Object.fromEntries(entries) } : {};
}

const asObject = (value: unknown) =>
  typeof value === 'string' ? parseObject(value) : isObject(value) ? value : undefined;

const invalid = (what: string) => new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);

const valueInvalid = (message: string) => new AwsError('InvalidParameterValueException', message);
