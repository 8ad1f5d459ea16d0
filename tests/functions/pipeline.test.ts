import type { Template } from '../../local/template';
import { defineRule } from '../../shared/controls/control';
import { compiledTemplate } from '../support/compiled-template';
import {
  configEvent,
  configurationItem,
  itemChange,
  openTo,
  oversizedChange,
} from '../support/config-events';
import { fewRules } from '../support/few-rules';
import { stopAll } from '../support/local-aws';
import { type Pipeline, type PipelineOptions, startPipeline } from '../support/pipeline';

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const start = (options?: PipelineOptions) => startPipeline(template, options);
const told = (pipeline: Pipeline) =>
  pipeline
    .alerts()
    .map(({ messageType, control, late }) => `${messageType} ${control.id}${late ? ' late' : ''}`);
const states = async (pipeline: Pipeline) =>
  Object.fromEntries((await pipeline.findings()).map(({ control, state }) => [control, state]));

const opened = { capturedAt: '2026-01-31T09:00:00.000Z' };
const closed = { capturedAt: '2026-01-31T09:30:00.000Z', configuration: openTo('10.0.0.0/8') };

describe('the way of a configuration change', () => {
  test('a security group opened and closed is told twice, with the time of exposure', async () => {
    const pipeline = await start();
    await pipeline.send(itemChange(opened));
    await pipeline.send(itemChange(closed));
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4', 'Resolved sg-no-world-admin-ipv4']);
    expect(pipeline.alerts()[1]?.exposure).toEqual({ from: opened.capturedAt, to: closed.capturedAt });
    expect(await states(pipeline)).toEqual({
      'sg-no-world-admin-ipv4': 'resolved',
      'sg-no-world-admin-ipv6': 'resolved',
    });
  });

  test('the e-mail says what is wrong, where, and what to do', async () => {
    const pipeline = await start();
    await pipeline.send(itemChange(opened));
    const [email] = pipeline.aws.inbox.filter(({ protocol }) => protocol === 'email');
    expect(email?.subject).toBe('[HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012');
    expect(email?.text).toContain('port 22 (tcp) is open to 0.0.0.0/0');
    expect(email?.text).toContain('configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0"');
    expect(email?.text).toContain('What you can do');
  });

  test('a deleted resource closes its findings', async () => {
    const pipeline = await start();
    await pipeline.send(itemChange(opened));
    await pipeline.send(
      itemChange({ ...closed, status: 'ResourceDeleted', configuration: openTo('0.0.0.0/0') }),
    );
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4', 'Resolved sg-no-world-admin-ipv4']);
  });

  test('an oversized item is fetched by its capture time', async () => {
    const pipeline = await start();
    pipeline.aws.putConfigItem(configurationItem(opened));
    pipeline.aws.putConfigItem(configurationItem(closed));
    await pipeline.send(oversizedChange(opened));
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
  });

  test('an oversized item that AWS Config does not have is INSUFFICIENT_DATA', async () => {
    const pipeline = await start();
    await pipeline.send(oversizedChange(opened));
    expect(told(pipeline)).toEqual([]);
    expect(pipeline.counted.get('InsufficientData')).toBe(2);
    expect((await pipeline.findings()).map(({ unsettled }) => unsettled?.annotation)).toEqual(
      Array(2).fill(expect.stringContaining('too large for an event')),
    );
  });

  test('an event from the intake bus is judged like any other', async () => {
    const pipeline = await start();
    pipeline.aws.putEvents(itemChange(opened), 'trailseal-dev-intake');
    await pipeline.aws.idle();
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
  });

  test('a function takes the bare event, too', async () => {
    const pipeline = await start();
    expect(await pipeline.invoke('evaluate', itemChange(opened))).toEqual({
      resource: 'AWS::EC2::SecurityGroup sg-0123456789abcdef0',
      judged: [
        { control: 'sg-no-world-admin-ipv4', compliance: 'NON_COMPLIANT', transitions: ['Opened'] },
        { control: 'sg-no-world-admin-ipv6', compliance: 'COMPLIANT', transitions: [] },
      ],
    });
    await expect(pipeline.invoke('evaluate', configEvent({}))).rejects.toThrow(
      'messageType: expected a string',
    );
  });
});

describe('what an operator sends is a test', () => {
  const marked = (event: object) => JSON.stringify({ ...event, trailseal: { origin: 'operator' } });

  test('its alerts say so, in subject, e-mail and JSON', async () => {
    const pipeline = await start();
    await deliver(pipeline, marked(itemChange(opened)));
    expect(pipeline.alerts()).toMatchObject([{ test: true, messageType: 'Opened' }]);
    const [email] = pipeline.aws.inbox.filter(({ protocol }) => protocol === 'email');
    expect(email?.subject).toBe('[TEST] [HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012');
    expect(email?.text).toContain('TEST: an operator sent the event');
  });

  test('AWS confirming it is told as true; a test of what AWS said is not told at all', async () => {
    const pipeline = await start();
    await deliver(pipeline, marked(itemChange(opened)));
    await pipeline.send(itemChange(opened));
    await deliver(pipeline, marked(itemChange(opened)));
    expect(pipeline.alerts().map(({ messageType, test: isTest = false }) => [messageType, isTest])).toEqual([
      ['Opened', true],
      ['Updated', false],
    ]);
  });
});

describe('bad input is kept, with its reason', () => {
  test.each([
    [
      'without configurationItem',
      configEvent({ messageType: 'ConfigurationItemChangeNotification' }),
      'invalid-event',
      'configurationItem: expected an object',
    ],
    [
      'with a configuration that is no JSON',
      itemChange({ configuration: 'not JSON' }),
      'invalid-event',
      'configuration: expected an object, or the JSON text of one',
    ],
    [
      'from an account that is not covered',
      { ...itemChange(opened), account: '210987654321' },
      'account-not-covered',
      'account 210987654321 is not covered',
    ],
    [
      'about an account that is not covered',
      configEvent({
        messageType: 'ConfigurationItemChangeNotification',
        configurationItem: { ...configurationItem(opened), awsAccountId: '210987654321' },
      }),
      'account-not-covered',
      'account 210987654321 is not covered',
    ],
    [
      'from a region that is not covered',
      { ...itemChange(opened), region: 'us-west-2' },
      'region-not-covered',
      'region us-west-2 is not covered',
    ],
    [
      'that AWS did not send',
      { ...itemChange(opened), source: 'my.app' },
      'source-not-aws',
      'expected source aws.config',
    ],
  ])('an event %s', async (_, event, reason, error) => {
    const pipeline = await start();
    await deliver(pipeline, JSON.stringify(event));
    expect(pipeline.deadLetters()).toMatchObject([
      {
        reason,
        error: expect.stringContaining(error),
        stage: 'evaluate-configuration',
        body: JSON.stringify(event),
      },
    ]);
    expect(pipeline.counted.get(`DeadLetters/${reason}`)).toBe(1);
    expect(await pipeline.findings()).toEqual([]);
  });

  test('text that is no JSON', async () => {
    const pipeline = await start();
    await deliver(pipeline, '{"version":');
    expect(pipeline.deadLetters()).toMatchObject([{ reason: 'invalid-json', body: '{"version":' }]);
  });

  test('a poison record in a batch of ten harms no other', async () => {
    const pipeline = await start();
    const bodies = Array.from({ length: 10 }, (_, index) =>
      index === 4 ? 'poison' : JSON.stringify(itemChange({ ...opened, resourceId: `sg-${index}` })),
    );
    await deliver(pipeline, ...bodies);
    expect(told(pipeline)).toEqual(Array(9).fill('Opened sg-no-world-admin-ipv4'));
    expect(pipeline.deadLetters()).toMatchObject([{ body: 'poison' }]);
  });

  test('a type that no rule judges is no error, and counted', async () => {
    const pipeline = await start();
    await deliver(
      pipeline,
      JSON.stringify(itemChange({ resourceType: 'AWS::New::Thing', configuration: {} })),
    );
    expect(pipeline.counted.get('ItemsWithoutRule')).toBe(1);
    expect(pipeline.deadLetters()).toEqual([]);
  });

  test('a configuration as JSON text is judged like the object', async () => {
    const pipeline = await start();
    await pipeline.send(itemChange({ ...opened, configuration: JSON.stringify(openTo('0.0.0.0/0')) }));
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
  });
});

describe('at least once, in any order', () => {
  test('the same event five times at once is one alert', async () => {
    const pipeline = await start();
    await pipeline.send(...Array(5).fill(itemChange(opened)));
    await Promise.all(Array.from({ length: 5 }, () => pipeline.invoke('evaluate', itemChange(opened))));
    await pipeline.aws.idle();
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
    expect((await pipeline.findings()).map(({ history }) => history.length)).toEqual([1, 1]);
  });

  test('an older item after a newer one: the exposure that it hid is told', async () => {
    const pipeline = await start();
    await pipeline.send(itemChange(closed));
    await pipeline.send(itemChange(opened));
    expect(told(pipeline)).toEqual(['Resolved sg-no-world-admin-ipv4 late']);
    expect(pipeline.alerts()[0]).toMatchObject({
      exposure: { from: opened.capturedAt, to: closed.capturedAt },
      because: [{ says: 'port 22 (tcp) is open to 0.0.0.0/0' }],
    });
    expect(await states(pipeline)).toMatchObject({ 'sg-no-world-admin-ipv4': 'resolved' });
  });

  test('a rule that throws says INSUFFICIENT_DATA, and the others still speak', async () => {
    const [ipv4] = fewRules['AWS::EC2::SecurityGroup'] ?? [];
    if (!ipv4) throw new Error('no rule');
    const broken = defineRule({
      ...ipv4,
      id: 'sg-no-world-admin-ipv6',
      judge: () => {
        throw new Error('division by zebra');
      },
    });
    const pipeline = await start({ rules: { 'AWS::EC2::SecurityGroup': [broken, ipv4] } });
    await pipeline.send(itemChange(opened));
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
    expect(pipeline.counted.get('RuleFailures')).toBe(1);
    expect((await pipeline.findings()).map(({ unsettled }) => unsettled?.annotation)).toContain(
      'the rule itself failed: division by zebra',
    );
  });
});

describe('whatever fails, the findings are the same and nothing is told twice', () => {
  const story = [itemChange(opened), itemChange(closed)];
  /** Actions that a run makes, in order, as the functions make them. */
  async function callsOfAQuietRun(): Promise<number> {
    const pipeline = await start();
    let calls = 0;
    pipeline.aws.fail(({ caller }) => {
      if (caller.startsWith('trailseal-dev-')) calls += 1;
      return undefined;
    });
    for (const event of story) await pipeline.send(event);
    return calls;
  }

  /** SNS answered, and the answer could not be written down: it is as good as lost. */
  const isNoteOfAnswer = (input: unknown) =>
    /^SET (doneAt|seq) = /.test(String((input as { UpdateExpression?: string }).UpdateExpression));
  /** Of the two notes only the last one says that the alert was sent. */
  const isFirstNote = (input: unknown) =>
    String((input as { UpdateExpression?: string }).UpdateExpression).startsWith('SET seq = ');

  const expected = {
    told: ['Opened sg-no-world-admin-ipv4', 'Resolved sg-no-world-admin-ipv4'],
    states: { 'sg-no-world-admin-ipv4': 'resolved', 'sg-no-world-admin-ipv6': 'resolved' },
  };

  test.each([
    ['before it took effect', false],
    ['after it took effect', true],
  ])(
    'each single call that fails %s',
    async (_, after) => {
      const total = await callsOfAQuietRun();
      expect(total).toBeGreaterThan(15);
      for (let failing = 1; failing <= total; failing += 1) {
        const pipeline = await start();
        let calls = 0;
        let failed = '';
        let answerLost = false;
        pipeline.aws.fail(({ caller, service, action, input }) => {
          if (!caller.startsWith('trailseal-dev-')) return undefined;
          calls += 1;
          if (calls !== failing) return undefined;
          failed = `${service}:${action}`;
          answerLost = after ? failed === 'sns:Publish' || isFirstNote(input) : isNoteOfAnswer(input);
          return { code: 'InternalFailure', after };
        });
        for (const event of story) await pipeline.send(event);
        await pipeline.sweep();
        const heard = told(pipeline);
        expect([failing, failed, answerLost ? [...new Set(heard)] : heard]).toEqual([
          failing,
          failed,
          expected.told,
        ]);
        expect(heard.length).toBeLessThanOrEqual(expected.told.length + 1);
        expect(new Set(pipeline.alerts().map(({ alertId }) => alertId)).size).toBe(2);
        expect(await states(pipeline)).toEqual(expected.states);
        expect(pipeline.deadLetters()).toEqual([]);
        await pipeline.aws.stop();
      }
    },
    120_000,
  );

  test.each([
    ['DynamoDB throttles', 'dynamodb', 'ProvisionedThroughputExceededException'],
    ['EventBridge fails', 'events', 'InternalException'],
    ['SNS fails', 'sns', 'InternalError'],
  ])('%s for ten minutes', async (_, service, code) => {
    const pipeline = await start();
    const until = pipeline.aws.clock.now() + 10 * 60_000;
    pipeline.aws.fail((call) =>
      call.service === service && call.caller.startsWith('trailseal-dev-') && pipeline.aws.clock.now() < until
        ? { code }
        : undefined,
    );
    for (const event of story) pipeline.aws.putEvents(event);
    await pipeline.aws.idle();
    await pipeline.sweep();
    expect(await states(pipeline)).toEqual(expected.states);
    // Both items were written before either was published: the exposure is told as it was learned of.
    expect([...told(pipeline)].sort()).toEqual([...expected.told].sort());
  });

  test('a crash after the write is published by the sweep', async () => {
    const pipeline = await start();
    const recover = pipeline.aws.fail(({ service }) =>
      service === 'events' ? { code: 'InternalException' } : undefined,
    );
    await expect(pipeline.invoke('evaluate', itemChange(opened))).rejects.toThrow();
    recover();
    expect(told(pipeline)).toEqual([]);
    pipeline.aws.clock.advance(60_000);
    expect(await pipeline.sweep()).toEqual({ due: 0, settled: 0, remediations: 0 });
    pipeline.aws.clock.advance(61_000);
    expect(await pipeline.sweep()).toEqual({ due: 1, settled: 1, remediations: 0 });
    expect(told(pipeline)).toEqual(['Opened sg-no-world-admin-ipv4']);
    expect(await pipeline.sweep()).toEqual({ due: 0, settled: 0, remediations: 0 });
  });
});

test('each role allows what its function calls, and nothing that none of them ever calls', async () => {
  const pipeline = await start();
  const { aws } = pipeline;
  const failOnce = (service: string) => {
    let failures = 0;
    return aws.fail((call) => {
      if (call.service !== service || failures === 1) return undefined;
      failures += 1;
      return { code: 'InternalFailure' };
    });
  };
  aws.putConfigItem(configurationItem(opened));
  failOnce('sns');
  await pipeline.send(oversizedChange(opened), itemChange(closed));
  await deliver(pipeline, 'poison');
  await deliverTo(pipeline, 'trailseal-dev-send-alert', 'poison');
  failOnce('events');
  await pipeline.send(itemChange({ ...opened, resourceId: 'sg-retried' }));
  failOnce('events');
  await expect(
    pipeline.invoke('evaluate', itemChange({ ...opened, resourceId: 'sg-crashed' })),
  ).rejects.toThrow();
  aws.clock.advance(121_000);
  aws.invokeLater('trailseal-dev-sweep-findings', {});
  await aws.idle();
  expect(told(pipeline)).toEqual([
    'Opened sg-no-world-admin-ipv4',
    'Resolved sg-no-world-admin-ipv4',
    'Opened sg-no-world-admin-ipv4',
    'Opened sg-no-world-admin-ipv4',
  ]);
  const burst = Array.from({ length: 12 }, (_, index) =>
    itemChange({ ...opened, resourceId: `sg-${index}` }),
  );
  await pipeline.send(...burst);
  expect(told(pipeline).at(-1)).toBe('Summary sg-no-world-admin-ipv4');
  expect(aws.deniedCalls()).toEqual([]);
  // Those of the other functions are used in tests of their own.
  const elsewhere =
    /^(EvaluateAccount|VerifyTrail|WatchTrails|DetectActivity|ImportFinding|IndexActivity|RemediateFinding|ApproveRemediation)Role$/;
  const others = aws
    .unusedGrants()
    .filter(({ role }) => !elsewhere.test(role))
    // The sweep has remediations gone on with.
    .filter(({ role, action }) => role !== 'SweepFindingsRole' || !/^(sqs|kms:Generate)/.test(action));
  expect(others).toEqual([]);
});

const deliver = (pipeline: Pipeline, ...bodies: string[]) =>
  deliverTo(pipeline, 'trailseal-dev-evaluate-configuration', ...bodies);

/** Puts messages straight into a queue, as somebody with access to it might. */
async function deliverTo(pipeline: Pipeline, queue: string, ...bodies: string[]): Promise<void> {
  const { SendMessageBatchCommand } = await import('@aws-sdk/client-sqs');
  await pipeline.aws.operator.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: `${pipeline.aws.url}/123456789012/${queue}`,
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );
  await pipeline.aws.idle();
}
