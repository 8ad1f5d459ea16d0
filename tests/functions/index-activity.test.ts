import { SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { Template } from '../../local/template';
import { activityEvent, type Call } from '../support/activity-events';
import { compiledTemplate } from '../support/compiled-template';
import { itemChange, openTo } from '../support/config-events';
import { ACCOUNT, stopAll } from '../support/local-aws';
import { type Pipeline, type PipelineOptions, startPipeline } from '../support/pipeline';

jest.setTimeout(120_000);
let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const start = (options?: PipelineOptions) => startPipeline(template, options);

const GROUP = 'sg-0123456789abcdef0';
const OPENED_AT = '2026-01-31T09:00:00.000Z';

const ssh = (eventName: string, cidrIp: string, parts: Partial<Call> = {}) =>
  activityEvent({
    eventSource: 'ec2.amazonaws.com',
    eventName,
    eventID: `the-${eventName}`,
    eventTime: '2026-01-31T08:58:00Z',
    requestParameters: {
      groupId: GROUP,
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp }] } }],
      },
    },
    responseElements: { _return: true },
    ...parts,
  });

const change = (capturedAt: string, cidr: string, changeType: 'CREATE' | 'DELETE') =>
  itemChange({
    capturedAt,
    configuration: openTo(...(changeType === 'CREATE' ? [cidr] : [])),
    diff: {
      changeType: 'UPDATE',
      changedProperties: {
        'Configuration.IpPermissions.0': { previousValue: null, updatedValue: null, changeType },
      },
    },
  });

const quiet = itemChange({ capturedAt: '2026-01-31T08:00:00.000Z', configuration: openTo() });
const opens = change(OPENED_AT, '0.0.0.0/0', 'CREATE');
const closes = change('2026-01-31T10:00:00.000Z', '0.0.0.0/0', 'DELETE');
const opening = ssh('AuthorizeSecurityGroupIngress', '0.0.0.0/0');
const closing = ssh('RevokeSecurityGroupIngress', '0.0.0.0/0', {
  eventTime: '2026-01-31T09:59:00Z',
  userIdentity: {
    type: 'IAMUser',
    arn: `arn:aws:iam::${ACCOUNT}:user/bob`,
    accountId: ACCOUNT,
    userName: 'bob',
  },
});

async function deliver({ aws }: Pipeline, MessageBody: string): Promise<void> {
  const QueueUrl = `${aws.url}/${ACCOUNT}/trailseal-dev-index-activity`;
  await aws.operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await aws.idle();
}

const CONTROL = 'sg-no-world-admin-ipv4';
const told = (pipeline: Pipeline) => pipeline.alerts().filter(({ control }) => control.id === CONTROL);
const linksOf = async (pipeline: Pipeline) =>
  (await pipeline.findings()).find(({ control }) => control === CONTROL)?.links;
const callsOf = async (pipeline: Pipeline) =>
  (await linksOf(pipeline))?.map(({ observedAt, actor, calls }) => [
    observedAt,
    actor,
    ...calls.map(({ eventID }) => eventID),
  ]);

describe('who changed a resource', () => {
  test('a call that was heard of before the item is named in the first alert', async () => {
    const pipeline = await start();
    await pipeline.send(quiet, opening);
    await pipeline.send(opens);
    const [alert] = told(pipeline);
    expect(alert).toMatchObject({
      messageType: 'Opened',
      links: {
        actor: { state: 'named', activity: { eventID: 'the-AuthorizeSecurityGroupIngress' } },
        proof: { state: 'missing', reason: 'not-watched' },
      },
    });
    expect(pipeline.aws.deniedCalls()).toEqual([]);
  });

  test('one that is heard of later is told when it is', async () => {
    const pipeline = await start();
    await pipeline.send(quiet, opens);
    expect(told(pipeline).map(({ links }) => links.actor)).toMatchObject([
      { state: 'missing', reason: 'not-yet' },
    ]);
    await pipeline.send(opening);
    expect(told(pipeline).map(({ messageType }) => messageType)).toEqual(['Opened', 'Attributed']);
    expect(told(pipeline)[1]?.links.actor.says).toContain('assumed-role/engineer/alice');
    expect(await callsOf(pipeline)).toEqual([[OPENED_AT, 'named', 'the-AuthorizeSecurityGroupIngress']]);
    expect(pipeline.aws.deniedCalls()).toEqual([]);
  });

  test('who closed it is another one than who opened it', async () => {
    const pipeline = await start();
    await pipeline.send(quiet, opening, closing);
    await pipeline.send(opens);
    await pipeline.send(closes);
    expect(
      told(pipeline).map(({ messageType, links }) => [messageType, links.actor.activity?.actor.principal]),
    ).toEqual([
      ['Opened', `arn:aws:sts::${ACCOUNT}:assumed-role/engineer/alice`],
      ['Resolved', `arn:aws:iam::${ACCOUNT}:user/bob`],
    ]);
  });

  test.each([
    ['failed', { errorCode: 'Client.UnauthorizedOperation' }],
    ['only read', { eventName: 'DescribeSecurityGroups', readOnly: true }],
    ['was on another group', { requestParameters: { groupId: 'sg-0fedcba9876543210' } }],
    ['came after the item', { eventTime: '2026-01-31T09:00:01Z' }],
    ['was of another account', { recipientAccountId: '999999999999' }],
  ])('a call that %s is not named', async (_name, parts: Partial<Call>) => {
    const pipeline = await start();
    await pipeline.send(quiet, ssh('AuthorizeSecurityGroupIngress', '0.0.0.0/0', parts), opens);
    expect((await linksOf(pipeline))?.map(({ actor }) => actor)).toEqual(['missing']);
  });

  test('an event that an operator sends names nobody', async () => {
    const pipeline = await start();
    await pipeline.send(quiet, opens);
    const outcome = await pipeline.invoke('index', { ...opening, trailseal: { origin: 'operator' } });
    expect(outcome).toMatchObject({ resources: 0 });
    expect((await linksOf(pipeline))?.map(({ actor }) => actor)).toEqual(['missing']);
  });

  test('two calls that may have done it are candidates', async () => {
    const pipeline = await start();
    const other = ssh('AuthorizeSecurityGroupIngress', '0.0.0.0/0', {
      eventID: 'another',
      eventTime: '2026-01-31T08:59:00Z',
    });
    await pipeline.send(quiet, opening, other, opens);
    expect(await callsOf(pipeline)).toEqual([
      [OPENED_AT, 'candidates', 'the-AuthorizeSecurityGroupIngress', 'another'],
    ]);
  });
});

test.each([
  ['source-not-aws', { ...opening, source: 'my.app' }],
  ['account-not-covered', { ...opening, account: '999999999999' }],
  ['invalid-event', { ...opening, detail: { eventName: 'StopLogging' } }],
])('what can not be filed is kept: %s', async (reason, event) => {
  const pipeline = await start();
  await deliver(pipeline, JSON.stringify(event));
  expect(pipeline.deadLetters()).toMatchObject([{ reason, stage: 'index-activity' }]);
});

test('a call of which nothing is known to be a resource is filed nowhere', async () => {
  const pipeline = await start();
  const outcome = await pipeline.invoke(
    'index',
    activityEvent({ eventSource: 'ec2.amazonaws.com', eventName: 'CreateTags', requestParameters: null }),
  );
  expect(outcome).toMatchObject({ resources: 0, findings: [] });
});

test('the function can do what it does, and nothing else', async () => {
  const pipeline = await start();
  const { aws } = pipeline;
  await pipeline.send(quiet, opens);
  await pipeline.send(opening);
  await deliver(pipeline, 'poison');
  const heal = aws.fail(({ service }) =>
    service === 'dynamodb' ? { code: 'InternalServerError' } : undefined,
  );
  aws.putEvents(closing);
  await aws.idle();
  heal();
  expect(aws.unusedGrants().filter(({ role }) => role === 'IndexActivityRole')).toEqual([]);
  expect(aws.deniedCalls()).toEqual([]);
});

test('in any order and with any repetition the same is known', async () => {
  const events = [quiet, opens, closes, opening, closing];
  const expected = [
    [OPENED_AT, 'named', 'the-AuthorizeSecurityGroupIngress'],
    ['2026-01-31T10:00:00.000Z', 'named', 'the-RevokeSecurityGroupIngress'],
  ];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...events, ...events], { minLength: 10 }), async (arrivals) => {
      const pipeline = await start();
      for (const event of arrivals) await pipeline.send(event);
      expect(await callsOf(pipeline)).toEqual(expected);
      await stopAll();
    }),
    { numRuns: 12 },
  );
});
