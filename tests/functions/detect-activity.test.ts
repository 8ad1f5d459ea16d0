import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Template } from '../../local/template';
import { activityEvent, type Call } from '../support/activity-events';
import { compiledTemplate } from '../support/compiled-template';
import { ACCOUNT, stopAll } from '../support/local-aws';
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
  pipeline
    .alerts()
    .filter(({ control }) => control.id.startsWith('activity-'))
    .map(({ messageType, severity, control }) => `${messageType} ${severity} ${control.id}`);

const stopLogging: Call = {
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  requestParameters: { name: `arn:aws:cloudtrail:eu-central-1:${ACCOUNT}:trail/main` },
};

describe('the way of a call', () => {
  test('a trail that is stopped is told at once, with who did it', async () => {
    const pipeline = await start();
    await pipeline.send(activityEvent({ ...stopLogging, eventID: 'the-event' }));
    expect(told(pipeline)).toEqual(['Opened critical activity-cloudtrail-change']);
    const [alert] = pipeline.alerts();
    expect(alert?.links.actor).toMatchObject({
      state: 'named',
      activity: {
        eventID: 'the-event',
        eventName: 'StopLogging',
        actor: { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/engineer/alice`, mfa: true },
      },
    });
    expect(alert?.links.actor.says).toContain('with MFA, from 198.51.100.7');
    const [email] = pipeline.aws.inbox.filter(({ protocol }) => protocol === 'email');
    expect(email?.text).toContain('Who did it: named');
    expect(email?.text).toContain('Last happened at 2026-01-31 09:00:00 UTC.');
    expect(pipeline.aws.deniedCalls()).toEqual([]);
  });

  test('what is only worth knowing is told to machines, and to nobody by e-mail', async () => {
    const pipeline = await start();
    await pipeline.send(
      activityEvent({
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateVpc',
        requestParameters: { cidrBlock: '10.0.0.0/16' },
        responseElements: { vpc: { vpcId: 'vpc-0123456789abcdef0' } },
      }),
    );
    expect(told(pipeline)).toEqual(['Opened informational activity-vpc-change']);
    expect(pipeline.aws.inbox.filter(({ protocol }) => protocol === 'email')).toEqual([]);
  });

  test('the same event twice, and the same call again, are one alert', async () => {
    const pipeline = await start();
    const event = activityEvent(stopLogging);
    await pipeline.send(event, event, activityEvent({ ...stopLogging, eventTime: '2026-01-31T09:05:00Z' }));
    expect(told(pipeline)).toEqual(['Opened critical activity-cloudtrail-change']);
    const [finding] = await pipeline.findings();
    expect(finding?.history).toHaveLength(2);
    expect(finding?.exposure).toEqual({ from: '2026-01-31T09:00:00.000Z', times: 2 });
  });

  test('the key that all of it is encrypted with is known as its own', async () => {
    const pipeline = await start();
    const deletion = (keyId: string) =>
      activityEvent({
        eventSource: 'kms.amazonaws.com',
        eventName: 'ScheduleKeyDeletion',
        requestParameters: { keyId, pendingWindowInDays: 7 },
      });
    const own = pipeline.aws.arn('Key');
    await pipeline.send(deletion(own.slice(own.lastIndexOf('/') + 1)), deletion('of-somebody-else'));
    const tampering = told(pipeline).filter((line) => line.endsWith('activity-trailseal-tamper'));
    expect(tampering).toEqual(['Opened critical activity-trailseal-tamper']);
  });

  test('a call that failed has stopped nothing, and does not even come here', async () => {
    const pipeline = await start();
    await pipeline.send(activityEvent({ ...stopLogging, errorCode: 'TrailNotFoundException' }));
    expect(told(pipeline)).toEqual([]);
    expect(pipeline.counted.get('EventsExamined')).toBeUndefined();
  });

  test('the finding closes by itself, in silence; a call after that opens it again', async () => {
    const pipeline = await start();
    await pipeline.send(activityEvent(stopLogging));
    pipeline.aws.clock.advance(40 * 24 * 3_600_000);
    await pipeline.sweep();
    const own = (await pipeline.findings()).filter(({ control }) => control.startsWith('activity-'));
    expect(own).toMatchObject([{ state: 'resolved' }]);
    await pipeline.send(activityEvent({ ...stopLogging, eventTime: '2026-03-12T10:00:00Z' }));
    expect(told(pipeline)).toEqual([
      'Opened critical activity-cloudtrail-change',
      'Reopened critical activity-cloudtrail-change',
    ]);
  });
});

describe('what counts', () => {
  const failedSignIn = (minute: number) =>
    activityEvent(
      {
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
        eventType: 'AwsConsoleSignIn',
        eventTime: `2026-01-31T09:${String(minute).padStart(2, '0')}:00Z`,
        userIdentity: { type: 'IAMUser', accountId: ACCOUNT, userName: 'bruno' },
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      },
      'AWS Console Sign In via CloudTrail',
    );
  const five = [0, 3, 6, 9, 12].map(failedSignIn);

  test('four failed sign-ins are none, the fifth within 15 minutes is one alert, and more are no other', async () => {
    const pipeline = await start();
    await pipeline.send(...five.slice(0, 4), ...five.slice(0, 4));
    expect(told(pipeline)).toEqual([]);
    await pipeline.send(five[4]);
    const alerts = told(pipeline);
    expect(alerts.length).toBeGreaterThan(0);
    await pipeline.send(failedSignIn(13), ...five);
    expect(told(pipeline)).toEqual(alerts);
    expect(new Set(alerts).size).toBe(1);
  });

  test('any order and repetition ends with the same findings', async () => {
    const ends = new Set<string>();
    for (const order of [five, five.toReversed(), [five[2], five[0], five[4], five[1], five[3], five[2]]]) {
      const pipeline = await start();
      await pipeline.send(...order);
      ends.add(JSON.stringify(await pipeline.findings()));
      await stopAll();
    }
    expect(ends.size).toBe(1);
  });

  test('five within a longer time are none', async () => {
    const pipeline = await start();
    await pipeline.send(...[0, 10, 20, 30, 40].map(failedSignIn));
    expect(told(pipeline)).toEqual([]);
  });
});

describe('root', () => {
  const root = {
    type: 'Root',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAROOT',
  };
  const use = activityEvent({
    eventSource: 's3.amazonaws.com',
    eventName: 'DeleteBucketPolicy',
    userIdentity: root,
    requestParameters: { bucketName: 'locked' },
  });

  test('is told of as critical', async () => {
    const pipeline = await start();
    await pipeline.send(use);
    expect(told(pipeline)).toContain('Opened critical activity-root-usage');
  });

  const started = activityEvent({
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoot',
    requestParameters: {
      targetPrincipal: ACCOUNT,
      taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
    },
    responseElements: { credentials: { accessKeyId: 'ASIAROOT' } },
  });

  test.each([
    ['first', [started, use]],
    ['last', [use, started, started]],
  ])('in a session whose start comes %s is told of with who started it', async (_, events) => {
    const pipeline = await start();
    for (const event of events) await pipeline.send(event);
    const uses = pipeline.alerts().filter(({ control }) => control.id === 'activity-root-usage');
    const alert = uses.findLast(({ links }) => links.actor.activity?.eventName === 'DeleteBucketPolicy');
    expect(alert?.severity).toBe('medium');
    expect(alert?.summary).toContain('assumed-role/engineer/alice');
  });
});

test.each([
  ['source-not-aws', { ...activityEvent(stopLogging), source: 'my.app' }],
  ['account-not-covered', { ...activityEvent(stopLogging), account: '999999999999' }],
  ['invalid-event', { ...activityEvent(stopLogging), detail: { eventName: 'StopLogging' } }],
])('what is not ours to judge is refused as %s', async (reason, event) => {
  const pipeline = await start();
  await expect(pipeline.invoke('detect', event)).rejects.toMatchObject({ reason });
});

test('texts that people chose reach nobody as they were', async () => {
  const pipeline = await start();
  await pipeline.send(
    activityEvent({
      ...stopLogging,
      userAgent: `\u001b[31m<script>alert(1)</script>\u202e${'A'.repeat(100_000)}`,
      requestParameters: { name: '<img src=x>\u0000\r\nSubject: urgent' },
    }),
  );
  expect(told(pipeline)).toEqual(['Opened critical activity-cloudtrail-change']);
  for (const { text } of pipeline.aws.inbox.filter(({ protocol }) => protocol === 'email')) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e<>]/u);
    expect(text.length).toBeLessThan(10_000);
  }
});

test('the function can do what it does, and nothing else', async () => {
  const { aws } = await start();
  const QueueUrl = `${aws.url}/${ACCOUNT}/trailseal-dev-detect-activity`;
  await aws.operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  await aws.idle();
  const heal = aws.fail(({ service }) =>
    service === 'dynamodb' ? { code: 'InternalServerError' } : undefined,
  );
  aws.putEvents(activityEvent(stopLogging));
  await aws.idle();
  heal();
  const calls = started.flatMap((pipeline) => pipeline.aws.calls);
  expect(aws.unusedGrants(calls).filter(({ role }) => role === 'DetectActivityRole')).toEqual([]);
  expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
});
