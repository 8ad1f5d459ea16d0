import { Stack, type Template } from '../../local/template';

const options = {
  accountId: '123456789012',
  region: 'eu-central-1',
  stackName: 'trailseal-test',
  url: 'http://127.0.0.1:1',
};

const template: Template = {
  Parameters: {
    Mail: { Type: 'String', Default: 'a@example.com' },
    Zones: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Needed: { Type: 'String' },
  },
  Conditions: {
    HasMail: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Mail' }, ''] }] },
    Never: { 'Fn::And': [{ Condition: 'HasMail' }, { 'Fn::Equals': ['a', 'b'] }] },
    Either: { 'Fn::Or': [{ Condition: 'Never' }, { Condition: 'HasMail' }] },
  },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${AWS::StackName}-q' } } },
    Topic: { Type: 'AWS::SNS::Topic' },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Rule: { Type: 'AWS::Events::Rule', Properties: { Name: 'r', EventBusName: { Ref: 'Bus' } } },
    DefaultRule: { Type: 'AWS::Events::Rule', Properties: { Name: 'd' } },
    Key: { Type: 'AWS::KMS::Key' },
    Absent: { Type: 'AWS::SNS::Topic', Condition: 'Never' },
  },
};

const stack = new Stack(template, options);

test.each([
  ['Ref of a queue', { Ref: 'Queue' }, 'http://127.0.0.1:1/123456789012/trailseal-test-q'],
  [
    'GetAtt as a list',
    { 'Fn::GetAtt': ['Queue', 'Arn'] },
    'arn:aws:sqs:eu-central-1:123456789012:trailseal-test-q',
  ],
  ['GetAtt as text', { 'Fn::GetAtt': 'Queue.QueueName' }, 'trailseal-test-q'],
  ['Ref of an unnamed topic', { Ref: 'Topic' }, 'arn:aws:sns:eu-central-1:123456789012:trailseal-test-Topic'],
  [
    'a rule on a bus',
    { 'Fn::GetAtt': ['Rule', 'Arn'] },
    'arn:aws:events:eu-central-1:123456789012:rule/bus/r',
  ],
  [
    'a rule on the default bus',
    { 'Fn::GetAtt': ['DefaultRule', 'Arn'] },
    'arn:aws:events:eu-central-1:123456789012:rule/d',
  ],
  [
    'Sub',
    { 'Fn::Sub': 'x-${Queue.Arn}-${!Literal}-${AWS::Region}' },
    'x-arn:aws:sqs:eu-central-1:123456789012:trailseal-test-q-${Literal}-eu-central-1',
  ],
  [
    'Sub with variables',
    { 'Fn::Sub': ['${a}/${Mail}', { a: { Ref: 'AWS::Partition' } }] },
    'aws/a@example.com',
  ],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-123456789012'],
  ['Select and Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['Select of a list parameter', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
  ['If', { 'Fn::If': ['HasMail', 'yes', 'no'] }, 'yes'],
  ['If of a combined condition', [{ 'Fn::If': ['Never', 1, 2] }, { 'Fn::If': ['Either', 1, 2] }], [2, 1]],
  [
    'NoValue',
    { a: { 'Fn::If': ['Never', 1, { Ref: 'AWS::NoValue' }] }, b: [{ Ref: 'AWS::NoValue' }, 1] },
    { b: [1] },
  ],
])('%s', (_, value, expected) => {
  expect(stack.resolve(value)).toEqual(expected);
});

test('a resource whose condition does not hold is not there', () => {
  expect(stack.ofType('AWS::SNS::Topic').map(({ logicalId }) => logicalId)).toEqual(['Topic']);
});

test('a parameter given beats its default', () => {
  const given = new Stack(template, { ...options, parameters: { Mail: '' } });
  expect(given.resolve({ 'Fn::If': ['HasMail', 'yes', 'no'] })).toBe('no');
});

test.each([
  ['a parameter without a value', { Ref: 'Needed' }, 'Parameter Needed has no default'],
  ['an unknown resource', { Ref: 'Nobody' }, 'no resource or parameter Nobody'],
  ['an unknown function', { 'Fn::Cidr': [] }, "Fn::Cidr isn't simulated"],
  ['an unknown attribute', { 'Fn::GetAtt': ['Topic', 'Color'] }, 'Topic.Color'],
  ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, 'no condition Nope'],
  ['a secret', '{{resolve:ssm:x}}', 'Dynamic reference'],
])('%s is an error', (_, value, message) => {
  expect(() => stack.resolve(value)).toThrow(message);
});
