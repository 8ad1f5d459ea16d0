import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Template } from '../../local/template';
import { compiledTemplate } from '../support/compiled-template';
import { ACCOUNT, REGION, stopAll } from '../support/local-aws';
import { type Pipeline, startPipeline } from '../support/pipeline';

jest.setTimeout(30_000);
let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const started: Pipeline[] = [];
async function start(): Promise<Pipeline> {
  const pipeline = await startPipeline(template);
  started.push(pipeline);
  return pipeline;
}
const told = (pipeline: Pipeline) =>
  pipeline.alerts().map(({ messageType, severity, control }) => `${messageType} ${severity} ${control.id}`);

/** GuardDuty's word that an instance talks to a command server. */
const guardDuty = (detail: Record<string, unknown> = {}) => ({
  version: '0',
  id: 'event',
  'detail-type': 'GuardDuty Finding',
  source: 'aws.guardduty',
  account: ACCOUNT,
  time: '2026-01-31T09:00:00Z',
  region: REGION,
  resources: [],
  detail: {
    schemaVersion: '2.0',
    accountId: ACCOUNT,
    region: REGION,
    partition: 'aws',
    id: '1ab92989eaf0e742df4a014d5171d8c1',
    arn: `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/d/finding/1ab92989eaf0e742df4a014d5171d8c1`,
    type: 'Backdoor:EC2/C&CActivity.B!DNS',
    resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0123456789abcdef0' } },
    service: {
      serviceName: 'guardduty',
      archived: false,
      count: 1,
      eventFirstSeen: '2026-01-31T08:00:00.000Z',
      eventLastSeen: '2026-01-31T08:55:00.000Z',
    },
    severity: 8,
    createdAt: '2026-01-31T08:56:00.000Z',
    updatedAt: '2026-01-31T08:56:00.000Z',
    title: 'The instance talks to a command server',
    description: 'The instance talks to a command server',
    ...detail,
  },
});
const again = (updatedAt: string, count: number) =>
  guardDuty({ updatedAt, service: { ...guardDuty().detail.service, count } });

test('a finding of GuardDuty is told once, however often it is repeated', async () => {
  const pipeline = await start();
  await pipeline.send(guardDuty(), guardDuty(), again('2026-01-31T09:30:00.000Z', 5));
  const alerts = told(pipeline);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatch(/^Opened (high|critical) guardduty-ec2-compromise$/);
  expect(await pipeline.findings()).toMatchObject([
    { resourceType: 'AWS::EC2::Instance', resourceId: 'i-0123456789abcdef0', state: 'open' },
  ]);
  expect(pipeline.aws.deniedCalls()).toEqual([]);
});

test('two findings about one instance are two of ours', async () => {
  const pipeline = await start();
  const id = '2ab92989eaf0e742df4a014d5171d8c2';
  const arn = `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/d/finding/${id}`;
  await pipeline.send(guardDuty(), guardDuty({ id, arn, type: 'Trojan:EC2/DropPoint' }));
  expect(told(pipeline)).toHaveLength(2);
  expect(new Set((await pipeline.findings()).map(({ topic }) => topic)).size).toBe(2);
});

test.each([
  ['archived', guardDuty({ service: { ...guardDuty().detail.service, archived: true } })],
  ['sample', guardDuty({ service: { ...guardDuty().detail.service, additionalInfo: { sample: true } } })],
])('one that is %s acts on nothing', async (because, event) => {
  const pipeline = await start();
  await pipeline.send(event);
  expect(told(pipeline)).toEqual([]);
  expect(await pipeline.findings()).toEqual([]);
  expect(pipeline.counted.get(`FindingsIgnored/${because}`)).toBeGreaterThan(0);
});

const trustedAdvisor = (status: string, time: string) => ({
  version: '0',
  id: `event-${status}`,
  'detail-type': 'Trusted Advisor Check Item Refresh Notification',
  source: 'aws.trustedadvisor',
  account: ACCOUNT,
  time,
  region: REGION,
  resources: [],
  detail: {
    'check-name': 'Exposed Access Keys',
    'check-item-detail': {
      'Access Key ID': 'AKIAEXAMPLE',
      'User Name (IAM or Root)': 'bruno',
      'Fraud Type': 'Exposed',
      'Case ID': '1',
      'Time Updated': time,
      Deadline: time,
      Location: 'www.example.com',
      'Usage (USD per Day)': ' ',
    },
    status,
    resource_id: '',
    uuid: 'aa12345f-55c7-498e-b7ac-123456781234',
  },
});

test('a check of Trusted Advisor that is red is told, and told again when it is green', async () => {
  const pipeline = await start();
  await pipeline.send(trustedAdvisor('ERROR', '2026-01-31T09:00:00Z'));
  await pipeline.send(trustedAdvisor('OK', '2026-01-31T09:30:00Z'));
  expect(told(pipeline)).toEqual([
    'Opened critical trusted-advisor-exposed-keys',
    'Resolved critical trusted-advisor-exposed-keys',
  ]);
});

test.each([
  ['source-not-aws', { ...guardDuty(), source: 'my.app' }],
  ['account-not-covered', guardDuty({ accountId: '999999999999' })],
  ['invalid-event', guardDuty({ severity: 'high' })],
])('what is not ours to take is refused as %s', async (reason, event) => {
  const pipeline = await start();
  await expect(pipeline.invoke('import', event)).rejects.toMatchObject({ reason });
});

test('the function can do what it does, and nothing else', async () => {
  const { aws } = await start();
  await deliver(aws, 'poison');
  const heal = aws.fail(({ service }) =>
    service === 'dynamodb' ? { code: 'InternalServerError' } : undefined,
  );
  aws.putEvents(guardDuty());
  await aws.idle();
  heal();
  const calls = started.flatMap((pipeline) => pipeline.aws.calls);
  expect(aws.unusedGrants(calls).filter(({ role }) => role === 'ImportFindingRole')).toEqual([]);
  expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
});

async function deliver(aws: Pipeline['aws'], MessageBody: string): Promise<void> {
  const QueueUrl = `${aws.url}/${ACCOUNT}/trailseal-dev-import-finding`;
  await aws.operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await aws.idle();
}
