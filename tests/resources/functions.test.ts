import { join } from 'node:path';

type Resource = { Type: string; Properties: Record<string, unknown> };
type Part = { Resources: Record<string, Resource> };

type Resolver = (serverless: {
  resolveVariable: (variable: string) => Promise<unknown>;
}) => Promise<Record<string, Part>>;

/** Worked out once in a packaging, and so loaded anew for each. */
function resolver(): Resolver {
  jest.resetModules();
  return require(join(__dirname, '..', '..', 'resources', 'functions.cjs'));
}

/** What send-alert gets when its function.yml says this. */
async function resourcesFor(yml: Readonly<Record<string, unknown>>): Promise<Record<string, Resource>> {
  const parts = await resolver()({
    async resolveVariable(variable) {
      if (variable === 'self:service') return 'trailseal';
      if (variable === 'sls:stage') return 'dev';
      const [, name, key = '', fallback] =
        /^file\(functions\/([\w-]+)\/function\.yml\):([\w.]+), (.*)$/.exec(variable) ?? [];
      if (key === 'permissions') return name === 'send-alert' ? (yml[key] ?? []) : [];
      if (name === 'send-alert' && key in yml) return yml[key];
      return fallback === "''" ? '' : JSON.parse(fallback ?? '');
    },
  });
  return parts['send-alert']?.Resources ?? {};
}

const properties = (resources: Record<string, Resource>, id: string) => resources[id]?.Properties ?? {};
const TOPICS = ['arn:aws:sns:eu-west-1:111122223333:a', 'arn:aws:sns:eu-central-1:123456789012:b'];
const rules = { SomeRule: { EventPattern: { source: ['trailseal'] } } };
const att = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

test('without anything that delivers: a role and an alarm', async () => {
  expect(Object.keys(await resourcesFor({}))).toEqual(['SendAlertRole', 'SendAlertErrorsAlarm']);
});

test('rules deliver to a queue of its own, which only they may send to', async () => {
  const resources = await resourcesFor({ rules });
  expect(properties(resources, 'SomeRule')).toMatchObject({ Targets: [{ Arn: att('SendAlertQueue') }] });
  expect(properties(resources, 'SendAlertQueue')).toMatchObject({
    VisibilityTimeout: 360,
    RedrivePolicy: { maxReceiveCount: 12 },
  });
  expect(properties(resources, 'SendAlertQueueAgeAlarm')).toMatchObject({ Threshold: 900 });
  expect(properties(resources, 'SendAlertQueuePolicy')['PolicyDocument']).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': [att('SomeRule')] } },
      },
    ],
  });
});

test('a rule that has nothing to listen to is left out, the queue is not', async () => {
  const resources = await resourcesFor({ rules: { SomeRule: { EventPattern: {} } } });
  expect(resources).not.toHaveProperty('SomeRule');
  expect(resources).not.toHaveProperty('SendAlertQueuePolicy');
  expect(resources).toHaveProperty('SendAlertQueue');
});

test.each([
  ['topics of which there are none', { topics: [] }],
  ['messages of our own', { queue: true }],
])('%s bring a queue that nobody else may send to', async (_, yml) => {
  const resources = await resourcesFor(yml);
  expect(resources).toHaveProperty('SendAlertQueue');
  expect(resources).not.toHaveProperty('SendAlertQueuePolicy');
});

test('each topic is subscribed to where it is, and only these topics may send', async () => {
  const resources = await resourcesFor({ topics: TOPICS, rules });
  const subscriptions = Object.values(resources).filter(({ Type }) => Type === 'AWS::SNS::Subscription');
  expect(subscriptions.map(({ Properties }) => Properties)).toEqual(
    TOPICS.map((TopicArn, index) => ({
      TopicArn,
      Region: ['eu-west-1', 'eu-central-1'][index],
      Protocol: 'sqs',
      Endpoint: att('SendAlertQueue'),
      RawMessageDelivery: false,
      RedrivePolicy: { deadLetterTargetArn: att('SendAlertDeadLetterQueue') },
    })),
  );
  expect(properties(resources, 'SendAlertQueuePolicy')['PolicyDocument']).toMatchObject({
    Statement: [
      { Principal: { Service: 'events.amazonaws.com' } },
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: [att('SendAlertQueue'), att('SendAlertDeadLetterQueue')],
        Condition: { ArnEquals: { 'aws:SourceArn': TOPICS } },
      },
    ],
  });
});

test('one more topic replaces none of the others', async () => {
  const ids = async (topics: string[]) =>
    Object.keys(await resourcesFor({ topics })).filter((id) => id.startsWith('SendAlertTopic'));
  expect(await ids([...TOPICS].reverse())).toEqual((await ids(TOPICS)).reverse());
});

test('a function that may run for longer keeps its messages for longer, and tries them five times at least', async () => {
  const resources = await resourcesFor({ rules, 'function.timeout': 300 });
  expect(properties(resources, 'SendAlertQueue')).toMatchObject({
    VisibilityTimeout: 1800,
    RedrivePolicy: { maxReceiveCount: 5 },
  });
  expect(properties(resources, 'SendAlertQueueAgeAlarm')).toMatchObject({
    Threshold: 3600,
    AlarmDescription: expect.stringContaining('for 60 minutes'),
  });
});

test('a function may ask for more tries', async () => {
  const resources = await resourcesFor({ rules, tries: 12, 'function.timeout': 300 });
  expect(properties(resources, 'SendAlertQueue')).toMatchObject({ RedrivePolicy: { maxReceiveCount: 12 } });
});

test('permissions may be lists of statements, such as those of the buckets', async () => {
  const resources = await resourcesFor({ permissions: [{ Sid: 'A' }, [{ Sid: 'B' }, { Sid: 'C' }], []] });
  expect(properties(resources, 'SendAlertRole')['Policies']).toMatchObject([
    { PolicyDocument: { Statement: [{ Sid: 'WriteOwnLog' }, { Sid: 'A' }, { Sid: 'B' }, { Sid: 'C' }] } },
  ]);
});
