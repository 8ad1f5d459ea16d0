import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { sendAlert } from '../../functions/send-alert/send-alert';
import type { Template } from '../../local/template';
import type { Bursts } from '../../shared/aws/bursts';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { FindingEventDetail, ObservationLinks } from '../../shared/contracts/trailseal/finding';
import { outcomeKinds } from '../../shared/contracts/trailseal/remediation';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { SENT_BY_THEMSELVES, summaryId } from '../../shared/tell/alerts/burst';
import type { Notification } from '../../shared/tell/alerts/notification';
import { activityEvent } from '../support/activity-events';
import { compiledTemplate } from '../support/compiled-template';
import { itemChange } from '../support/config-events';
import { at, outcome, transitionEvent } from '../support/findings';
import { ACCOUNT, REGION, stopAll } from '../support/local-aws';
import { type Pipeline, startPipeline } from '../support/pipeline';

jest.setTimeout(30_000);
let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const start = () => startPipeline(template);

/** The stack with somebody's address, deployed by --param alertEmail=…, whose subscription is that of the template. */
const withAlertEmail = (): Template =>
  JSON.parse(JSON.stringify(template), (key, value: unknown) =>
    key === 'HasAlertEmail' ? { 'Fn::Equals': ['', ''] } : value,
  ) as Template;
const MINUTE = 60_000;
const kinds = (pipeline: Pipeline) => pipeline.alerts().map(({ messageType }) => messageType);
const emails = ({ aws }: Pipeline) => aws.inbox.filter(({ protocol }) => protocol === 'email');

/** An event of our bus, as send-alert gets it. */
const onBus = (detail: FindingEventDetail) => ({
  version: '0',
  id: `event-${detail.transition.id}`,
  'detail-type': `Finding ${detail.transition.kind}`,
  source: 'trailseal',
  account: ACCOUNT,
  region: REGION,
  time: '2026-01-31T10:00:00Z',
  resources: [],
  detail,
});

const idOf = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z2-7]/g, 'A')
    .padEnd(26, 'A');

describe('a burst', () => {
  const changes = (count: number) =>
    Array.from({ length: count }, (_, index) => itemChange({ resourceId: `sg-${index}` }));

  test('of one control is told in full up to ten, and then in one summary', async () => {
    const pipeline = await start();
    await pipeline.send(...changes(14));
    const told = kinds(pipeline);
    expect([told.filter((kind) => kind === 'Opened').length, told.at(-1)]).toEqual([10, 'Summary']);
    const alerts = pipeline.alerts();
    const folded = alerts.at(-1)?.folded?.listed.map(({ resourceId }) => resourceId) ?? [];
    const alone = alerts.slice(0, -1).map(({ resource }) => resource.resourceId);
    expect([...alone, ...folded].sort()).toEqual(
      changes(14)
        .map((_, index) => `sg-${index}`)
        .sort(),
    );
    expect(emails(pipeline).at(-1)).toMatchObject({
      subject: '[HIGH] sg-no-world-admin-ipv4 4 more alerts',
      text: expect.stringContaining('What it stands for: 4 alerts'),
    });
    expect([pipeline.counted.get('AlertsFolded'), pipeline.aws.deniedCalls()]).toEqual([4, []]);
  });

  test('is told once, however often its summary is asked for, and not before its window is over', async () => {
    const pipeline = await start();
    const from = new Date(pipeline.aws.clock.now()).toISOString();
    const job = { job: 'summarize', control: 'sg-no-world-admin-ipv4', from };
    await expect(pipeline.invoke('send', job)).rejects.toThrow('the window of summary');
    await pipeline.send(...changes(12));
    const alertId = summaryId({ control: job.control, from });
    expect(await pipeline.invoke('send', job)).toEqual({ alertId, notSent: 'already-sent' });
    expect(kinds(pipeline).filter((kind) => kind === 'Summary')).toHaveLength(1);
  });

  test('of which nothing was folded has no summary', async () => {
    const pipeline = await start();
    const job = { job: 'summarize', control: 'sg-no-world-admin-ipv4', from: '2026-01-31T09:00:00.000Z' };
    expect(await pipeline.invoke('send', job)).toMatchObject({ notSent: 'nothing-to-tell' });
  });

  test('of what is critical, contradicted or a test is told one by one', async () => {
    const pipeline = await start();
    for (const [name, parts, about] of [
      ['critical', {}, { severity: 'critical' as const }],
      ['contra', { kind: 'Contradicted' as const, links: linksWith('contradicted') }, {}],
      ['test', { judgement: { ...transitionEvent().transition.judgement, origin: 'operator' } as never }, {}],
    ] as const) {
      for (let index = 0; index < SENT_BY_THEMSELVES + 3; index += 1) {
        const id = idOf(`${name}${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[index]}`);
        await pipeline.invoke(
          'send',
          onBus(transitionEvent({ ...parts, id, findingId: id }, { ...about, id })),
        );
      }
    }
    await pipeline.aws.idle();
    expect([kinds(pipeline).length, kinds(pipeline).includes('Summary')]).toEqual([39, false]);
  });

  test.each([
    ['of another shape', { job: 'summarize', control: 7, from: '2026-01-31T09:00:00.000Z' }],
    ['of no window', { job: 'summarize', control: 'a', from: 'yesterday' }],
  ])('a job %s is a dead letter', async (_, job) => {
    const pipeline = await start();
    await pipeline.aws.operator.sqs.send(
      new SendMessageCommand({
        QueueUrl: `${pipeline.aws.url}/${ACCOUNT}/trailseal-dev-send-alert`,
        MessageBody: JSON.stringify(job),
      }),
    );
    await pipeline.aws.idle();
    expect(pipeline.deadLetters()).toMatchObject([{ stage: 'send-alert', body: JSON.stringify(job) }]);
  });
});

function linksWith(state: 'pending' | 'proven' | 'missing' | 'contradicted'): ObservationLinks {
  const actor = {
    type: 'AssumedRole',
    principal: 'arn:aws:sts::123456789012:assumed-role/Ops/eve',
    console: false,
  };
  const call = {
    eventID: 'an-event',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventSource: 'ec2.amazonaws.com',
    eventTime: at(8, 59),
    awsRegion: REGION,
    actor,
    proof: { state, says: 'as it is' },
  };
  return { observedAt: at(9), configurationStateId: '1', actor: 'named', calls: [call] };
}

describe('what becomes known of a call', () => {
  const follow = (kind: 'Attributed' | 'Sealed' | 'Unproven' | 'Contradicted', seq: number) =>
    onBus(
      transitionEvent({
        kind,
        seq,
        id: idOf(kind),
        links: linksWith(
          (
            {
              Attributed: 'pending',
              Sealed: 'proven',
              Unproven: 'missing',
              Contradicted: 'contradicted',
            } as const
          )[kind],
        ),
      }),
    );

  test('goes to machines in full, and to people when they should act on it', async () => {
    const pipeline = await startPipeline(withAlertEmail());
    for (const [index, kind] of (['Attributed', 'Sealed', 'Unproven', 'Contradicted'] as const).entries())
      await pipeline.invoke('send', follow(kind, index + 2));
    await pipeline.aws.idle();
    expect(kinds(pipeline)).toEqual(['Attributed', 'Sealed', 'Unproven', 'Contradicted']);
    expect(emails(pipeline).map(({ text }) => text.split('\n')[0])).toEqual([
      'HIGH - who did it - what was observed at 2026-01-31 09:00:00 UTC was AuthorizeSecurityGroupIngress by arn:aws:sts::123456789012:assumed-role/Ops/eve: port 22 (tcp) is open to 0.0.0.0/0',
      'HIGH - RECORD CONTRADICTED - the record of AuthorizeSecurityGroupIngress by arn:aws:sts::123456789012:assumed-role/Ops/eve is CONTRADICTED: port 22 (tcp) is open to 0.0.0.0/0',
    ]);
    expect(new Set(emails(pipeline).map(({ subject }) => subject)).size).toBe(1);
  });

  test('supersedes nothing, and is superseded by nothing', async () => {
    const pipeline = await start();
    const opened = onBus(transitionEvent({ id: idOf('opened'), seq: 1 }));
    const updated = onBus(transitionEvent({ kind: 'Updated', id: idOf('updated'), seq: 5 }));
    await pipeline.invoke('send', follow('Sealed', 3));
    await pipeline.invoke('send', opened);
    await pipeline.invoke('send', updated);
    await pipeline.invoke('send', follow('Contradicted', 4));
    await pipeline.aws.idle();
    expect(kinds(pipeline)).toEqual(['Sealed', 'Opened', 'Updated', 'Contradicted']);
  });

  test('is told once', async () => {
    const pipeline = await start();
    await pipeline.invoke('send', follow('Contradicted', 2));
    expect(await pipeline.invoke('send', follow('Contradicted', 2))).toMatchObject({
      notSent: 'already-sent',
    });
  });

  test.each([
    ['Attributed', { notSent: 'nothing-to-tell' }],
    // That the record says otherwise is about the log, which nobody can exempt.
    ['Contradicted', { sent: expect.any(String) }],
  ] as const)('of an exempt finding %s is told only where it is about the log', async (kind, outcome) => {
    const pipeline = await start();
    const detail = transitionEvent(
      { kind, links: linksWith(kind === 'Contradicted' ? 'contradicted' : 'pending') },
      { state: 'exempt' },
    );
    expect(await pipeline.invoke('send', onBus(detail))).toMatchObject(outcome);
  });
});

describe('what has become of a remediation', () => {
  const told = (kind: (typeof outcomeKinds)[number], seq: number, about: { state?: 'exempt' } = {}) =>
    onBus(
      transitionEvent({ kind, seq, id: idOf(kind), findingId: idOf('f'), outcome: outcome({ kind }) }, about),
    );

  test('goes to people and machines alike, in the thread of its finding', async () => {
    const pipeline = await startPipeline(withAlertEmail());
    for (const [index, kind] of outcomeKinds.entries()) await pipeline.invoke('send', told(kind, index + 2));
    await pipeline.aws.idle();
    expect(kinds(pipeline)).toEqual([...outcomeKinds]);
    expect(emails(pipeline).map(({ text }) => text.split(' - ').slice(0, 2).join(': '))).toEqual([
      'HIGH: fix proposed',
      'HIGH: fix refused',
      'HIGH: fixed and confirmed',
      'HIGH: fix not confirmed',
      'HIGH: fix failed',
      'HIGH: undone',
    ]);
    expect(new Set(emails(pipeline).map(({ subject }) => subject)).size).toBe(1);
  });

  test('supersedes nothing, and is superseded by nothing', async () => {
    const pipeline = await start();
    await pipeline.invoke('send', told('Applied', 4));
    await pipeline.invoke('send', onBus(transitionEvent({ id: idOf('opened'), seq: 1 })));
    await pipeline.invoke('send', onBus(transitionEvent({ kind: 'Updated', id: idOf('updated'), seq: 5 })));
    await pipeline.invoke('send', told('RemediationProposed', 2));
    await pipeline.aws.idle();
    expect(kinds(pipeline)).toEqual(['Applied', 'Opened', 'Updated', 'RemediationProposed']);
  });

  test.each([
    ['RemediationProposed', { notSent: 'nothing-to-tell' }],
    ['Refused', { notSent: 'nothing-to-tell' }],
    ['Applied', { sent: expect.any(String) }],
    ['Undone', { sent: expect.any(String) }],
  ] as const)('of an exempt finding %s is told only where something was changed', async (kind, answer) => {
    const pipeline = await start();
    expect(await pipeline.invoke('send', told(kind, 2, { state: 'exempt' }))).toMatchObject(answer);
  });
});

test('the mode that an alert names is that of the resource', async () => {
  const sent: Notification[] = [];
  const answer = sendAlert({
    controls: [],
    policy: {
      controls: {
        'sg-no-world-admin-ipv4': {
          mode: 'notify',
          scopes: [{ mode: 'approve', resources: ['bastion'] }],
          parameters: {},
        },
      },
    } as unknown as CompliancePolicy,
    topic: {
      publish: async (notification) => `message-${sent.push(notification)}`,
    },
    claims: {
      take: async () => ({ firstTakenAt: at(9, 1) }),
      isDone: async () => false,
      handledSeq: async () => 0,
      finish: async () => undefined,
      release: async () => undefined,
    },
    bursts: { admit: async () => true } as unknown as Bursts,
    jobs: { send: async () => undefined },
    telemetry: { count: () => undefined, countBy: () => undefined } as unknown as Telemetry,
    now: () => new Date(at(9, 2)),
  });
  await answer(onBus(transitionEvent()));
  await answer(onBus(transitionEvent({}, { resourceName: 'another' })));
  const modes = sent.map(({ message }) => JSON.parse(message.default).links.remediation.mode);
  expect(modes).toEqual(['approve', 'notify']);
});

test('what our own roles are refused is a low finding for each permission, and counts for nothing else', async () => {
  const pipeline = await start();
  const name = 'trailseal-dev-WatchTrailsRole-1A2B3C4D5E6F';
  const userIdentity = {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/trailseal-dev-watch-trails`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
        accountId: ACCOUNT,
        userName: name,
      },
    },
  };
  const refused = (minute: number, eventName: string) =>
    activityEvent({
      eventSource: 's3.amazonaws.com',
      eventName,
      eventTime: `2026-01-31T09:0${minute}:00Z`,
      errorCode: 'AccessDenied',
      userIdentity,
    });
  for (let minute = 0; minute < 8; minute += 1)
    await pipeline.send(refused(minute, 'GetBucketAcl'), refused(minute, 'GetBucketPolicy'));
  const own = pipeline.alerts().filter(({ control }) => control.id === 'activity-unauthorized-api-calls');
  expect(
    own.map(({ severity, resource }) => `${severity} ${resource.resourceId} ${resource.topic}`).sort(),
  ).toEqual([`low ${name} s3:GetBucketAcl`, `low ${name} s3:GetBucketPolicy`]);
});

test('windows of ten minutes count by themselves', async () => {
  const pipeline = await start();
  for (let group = 0; group < 3; group += 1) {
    await pipeline.send(
      ...Array.from({ length: 6 }, (_, index) => itemChange({ resourceId: `sg-${group}-${index}` })),
    );
    pipeline.aws.clock.advance(10 * MINUTE);
  }
  expect([kinds(pipeline).length, kinds(pipeline).includes('Summary')]).toEqual([18, false]);
});
