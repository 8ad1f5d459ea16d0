import { isObject, type JsonObject, list } from '../../json';
import { S3Error } from './errors';
import { childrenOf, type Element, readXml, textOf, type Xml } from './xml';

/** Whom a bucket tells about which of its objects. */
export interface NotificationRule {
  id: string;
  to: 'topic' | 'queue';
  arn: string;
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:DeleteMarkerCreated` … */
  events: readonly string[];
  prefix: string;
  suffix: string;
}

export interface Notification {
  readonly rules: readonly NotificationRule[];
  readonly eventBridge: boolean;
}

const DESTINATIONS = [
  { element: 'TopicConfiguration', target: 'Topic', to: 'topic' },
  { element: 'QueueConfiguration', target: 'Queue', to: 'queue' },
] as const;

/** The events that are raised here, and what stands for several of them. */
const EVENTS = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
];

/** Reads the body of PutBucketNotificationConfiguration. */
export function readNotification(xml: string): Notification {
  const root = readXml(xml, 'NotificationConfiguration');
  const known = ['EventBridgeConfiguration', ...DESTINATIONS.map(({ element }) => element)];
  const foreign = root.children.find(({ name }) => !known.includes(name));
  if (foreign) throw new S3Error('NotImplemented', `${foreign.name} isn't simulated by local AWS`);
  const rules = DESTINATIONS.flatMap(({ element, target, to }) =>
    childrenOf(root, element).map((configuration, i) => ({
      id: textOf(configuration, 'Id') ?? `${element}-${i + 1}`,
      to,
      arn: textOf(configuration, target) ?? '',
      events: childrenOf(configuration, 'Event').map(({ text }) => text.trim()),
      ...readFilter(configuration),
    })),
  );
  return checked({ rules, eventBridge: childrenOf(root, 'EventBridgeConfiguration').length > 0 });
}

function readFilter(configuration: Element): { prefix: string; suffix: string } {
  const filters = childrenOf(configuration, 'Filter')
    .flatMap((filter) => childrenOf(filter, 'S3Key'))
    .flatMap((key) => childrenOf(key, 'FilterRule'));
  const value = (name: string) => {
    const rule = filters.find((filter) => textOf(filter, 'Name')?.toLowerCase() === name);
    return rule ? (textOf(rule, 'Value') ?? '') : '';
  };
  return { prefix: value('prefix'), suffix: value('suffix') };
}

/** What GetBucketNotificationConfiguration answers. */
export const notificationXml = ({ rules, eventBridge }: Notification): Xml => ({
  ...Object.fromEntries(
    DESTINATIONS.map(({ element, target, to }) => [
      element,
      rules
        .filter((rule) => rule.to === to)
        .map(({ id, arn, events, prefix, suffix }) => ({
          Id: id,
          [target]: arn,
          Event: events,
          Filter: {
            S3Key: {
              FilterRule: [
                { Name: 'Prefix', Value: prefix },
                { Name: 'Suffix', Value: suffix },
              ].filter(({ Value }) => Value !== ''),
            },
          },
        })),
    ]),
  ),
  ...(eventBridge ? { EventBridgeConfiguration: {} } : {}),
});

/** Reads the NotificationConfiguration of an AWS::S3::Bucket in a template. */
export function declaredNotification(properties: unknown, logicalId: string): Notification | undefined {
  if (!isObject(properties)) return undefined;
  const { TopicConfigurations, QueueConfigurations, EventBridgeConfiguration, ...rest } = properties;
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Error(`${logicalId}: NotificationConfiguration ${unknown} isn't simulated`);
  const declared = (configurations: unknown, to: 'topic' | 'queue', target: string) =>
    list(configurations)
      .filter(isObject)
      .map((configuration, i) => ({
        id: `${logicalId}-${to}-${i + 1}`,
        to,
        arn: String(configuration[target]),
        events: [String(configuration['Event'])],
        ...declaredFilter(configuration),
      }));
  return checked({
    rules: [
      ...declared(TopicConfigurations, 'topic', 'Topic'),
      ...declared(QueueConfigurations, 'queue', 'Queue'),
    ],
    eventBridge:
      isObject(EventBridgeConfiguration) &&
      String(EventBridgeConfiguration['EventBridgeEnabled'] ?? true) === 'true',
  });
}

function declaredFilter({ Filter }: JsonObject): { prefix: string; suffix: string } {
  const key = isObject(Filter) ? Filter['S3Key'] : undefined;
  const rules = list(isObject(key) ? key['Rules'] : undefined).filter(isObject);
  const value = (name: string) =>
    String(rules.find((rule) => String(rule['Name']).toLowerCase() === name)?.['Value'] ?? '');
  return { prefix: value('prefix'), suffix: value('suffix') };
}

function checked(notification: Notification): Notification {
  const { rules } = notification;
  for (const rule of rules) {
    const strange = rule.events.find((event) => !EVENTS.includes(event));
    if (strange !== undefined || rule.events.length === 0) {
      throw new S3Error(
        'InvalidArgument',
        `The event ${strange ?? '(none)'} is not supported for notifications`,
      );
    }
  }
  for (const [i, one] of rules.entries()) {
    if (rules.slice(i + 1).some((other) => overlap(one, other))) {
      throw new S3Error(
        'InvalidArgument',
        'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
      );
    }
  }
  return notification;
}

/** S3 refuses two rules that one event on one object could set off. */
function overlap(one: NotificationRule, other: NotificationRule): boolean {
  const shareEvent = one.events.some((a) => other.events.some((b) => means(a, b) || means(b, a)));
  const sharePrefix = one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
  const shareSuffix = one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix);
  return shareEvent && sharePrefix && shareSuffix;
}

/** Whether the event of a rule stands for this one. */
export const means = (pattern: string, event: string): boolean =>
  pattern.endsWith('*') ? event.startsWith(pattern.slice(0, -1)) : pattern === event;
