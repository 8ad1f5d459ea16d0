import { gunzipSync, gzipSync } from 'node:zlib';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Template } from '../../local/template';
import { objectAt } from '../../local/trails/objects';
import type { Place } from '../../shared/proof/trail/verdict';
import { uri } from '../../shared/proof/trail/verdict';
import { stopAll } from '../support/local-aws';
import {
  BUCKET,
  type SampleOptions,
  type SampleTrail,
  startSampleTrail,
  TOPIC,
  TRAIL_ARN,
  templateWithTrail,
} from '../support/sample-trail';

let template: Template;
jest.setTimeout(30_000);
beforeAll(() => {
  template = templateWithTrail();
});
afterEach(stopAll);

const started: SampleTrail[] = [];
async function start(options?: SampleOptions): Promise<SampleTrail> {
  const trail = await startSampleTrail(template, options);
  started.push(trail);
  return trail;
}
const told = ({ pipeline }: SampleTrail) =>
  pipeline.alerts().map(({ messageType, severity, control }) => `${messageType} ${severity} ${control.id}`);
const states = async ({ pipeline }: SampleTrail) =>
  Object.fromEntries((await pipeline.findings()).map(({ control, state }) => [control, state]));
const whole = { 'cloudtrail-digest-chain': 'resolved', 'cloudtrail-log-integrity': 'resolved' };
const all = ({ made }: SampleTrail): Place[] => [...made.objects.values()].map(({ place }) => place);
const at = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index);
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
};
const bodyOf = ({ made }: SampleTrail, place: Place) => objectAt(made.objects, place).body;
const altered = (trail: SampleTrail, place: Place) =>
  gzipSync(gunzipSync(bodyOf(trail, place)).toString().replace('"eventVersion"', '"eventVersioN"'));

describe('a chain that is whole', () => {
  test('is verified as its files land, and nobody is alarmed', async () => {
    const trail = await start();
    await trail.deliver(...all(trail));
    const { head, digests, problems } = await trail.state();
    expect(head).toBe(uri(at(trail.made.digests, -1)));
    expect(digests).toHaveLength(4);
    expect(digests[0]).toBe('D#2026-01-31T06:00:00Z valid by signature, 2 logs, 1 of 1 parts ["0: 2 + 0"]');
    expect(problems).toEqual([]);
    expect(await states(trail)).toEqual(whole);
    expect(told(trail)).toEqual([]);
    expect(trail.pipeline.deadLetters()).toEqual([]);
    expect(trail.pipeline.aws.deniedCalls()).toEqual([]);
  });

  test('is read once, however often it is announced', async () => {
    const trail = await start();
    await trail.deliver(...trail.made.logs);
    trail.pipeline.aws.clock.advance(10_000);
    await trail.deliver(...trail.made.digests);
    const reads = trail.pipeline.aws.calls.filter(({ action }) => action === 's3:GetObject').length;
    expect(reads).toBe(4 + 8);
    await trail.deliver(...trail.made.digests);
    trail.pipeline.aws.clock.advance(10_000);
    expect(trail.pipeline.aws.calls.filter(({ action }) => action === 's3:GetObject')).toHaveLength(reads);
    expect(told(trail)).toEqual([]);
  });

  test('is found by listing when every notification was lost', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...all(trail));
    expect((await trail.state()).head).toBeUndefined();
    await trail.pipeline.watch();
    expect((await trail.state()).head).toBe(uri(at(trail.made.digests, -1)));
    expect(await states(trail)).toEqual(whole);
  });
});

describe('chains of every kind are verified, and nobody is alarmed', () => {
  test.each<[kind: string, trail: SampleOptions['trail']]>([
    ['of an organization', { organizationId: 'o-exampleorg1' }],
    ['below a prefix', { prefix: 'some/where/' }],
    ['with a name that looks like more', { trail: 'a_b-c_us-east-1_20260131T050000Z' }],
    ['of a trail at home elsewhere', { homeRegion: 'us-east-1' }],
    ['with hours in which nothing happened', { logsPerHour: (hour) => (hour === 1 ? 0 : 2) }],
    ['whose key is another from some hour on', { key: (hour) => (hour < 2 ? 'a' : 'b') }],
    ['whose keys are published the other way', { keyEncoding: 'spki' }],
  ])('%s', async (_, options) => {
    const trail = await start({ trail: { hours: 3, ...options } });
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    expect(await trail.problems()).toEqual([]);
    expect(trail.pipeline.counted.get('DigestsVerified/valid')).toBeGreaterThanOrEqual(3);
    expect(told(trail)).toEqual([]);
  });

  test('with a backfill, whose notification was lost', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    const backfill = trail.made.addBackfill({ hour: 1, logs: 2, generatedAt: '2026-01-31T09:30:00Z' });
    await trail.deliver(...backfill.logs, backfill.digest);
    await trail.pipeline.watch();
    expect((await trail.state()).digests).toContainEqual(
      'D#2026-01-31T07:00:00Z#backfill valid by signature, 2 logs, 1 of 1 parts ["0: 2 + 0"]',
    );
    expect(await trail.problems()).toEqual([]);
  });

  test('whose oldest digests the bucket has expired', async () => {
    const trail = await start({ notify: 'nobody', trail: { from: '2026-01-28T05:00:00Z', hours: 76 } });
    await trail.deliver(...trail.made.logs, ...trail.made.digests.slice(30));
    const rules = [
      { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
    ] as const;
    await trail.expire(rules);
    await trail.pipeline.watch();
    expect((await trail.problems()).filter(({ code }) => code === 'digest-missing')).toEqual([]);
    expect(trail.pipeline.counted.get('ChainFindings/history-truncated')).toBe(1);
  });
});

describe('how files are announced', () => {
  const announce = (trail: SampleTrail, body: string) =>
    trail.pipeline.aws.operator.sqs
      .send(
        new SendMessageCommand({
          QueueUrl: trail.pipeline.aws.environment('trailseal-dev-verify-trail')['QUEUE_URL'],
          MessageBody: body,
        }),
      )
      .then(() => trail.pipeline.aws.idle());
  const cloudTrailNotice = ({ made }: SampleTrail) =>
    JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: made.digests.map(({ key }) => key) });
  const s3Notice = ({ made }: SampleTrail) =>
    JSON.stringify({
      Records: made.digests.map(({ key }) => ({
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: BUCKET }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
      })),
    });
  const delivered = (Message: string) =>
    JSON.stringify({ Type: 'Notification', MessageId: 'm', TopicArn: TOPIC, Message });

  test.each([
    ['by CloudTrail, digests among the keys, raw', cloudTrailNotice],
    ['by CloudTrail through SNS', (trail: SampleTrail) => delivered(cloudTrailNotice(trail))],
    ['by S3, keys URL-encoded, raw', s3Notice],
    ['by S3 through SNS', (trail: SampleTrail) => delivered(s3Notice(trail))],
  ])('%s', async (_, body) => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...all(trail));
    await announce(trail, body(trail));
    expect((await trail.state()).head).toBe(uri(at(trail.made.digests, -1)));
    expect(trail.pipeline.deadLetters()).toEqual([]);
  });

  test('by S3 through the topic that compliance.yml names', async () => {
    const trail = await start({ notify: 'topic' });
    await trail.deliver(...all(trail));
    expect((await trail.state()).head).toBe(uri(at(trail.made.digests, -1)));
    // S3 tests a notification when it is set up.
    expect(trail.pipeline.counted.get('NotificationsIgnored')).toBe(1);
    expect(trail.pipeline.deadLetters()).toEqual([]);
  });

  test.each([
    ['CloudTrail validation message.'],
    [delivered('CloudTrail validation message.')],
    ['{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}'],
    [JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: ['AWSLogs/123456789012/CloudTrail/'] })],
    [
      JSON.stringify({
        s3Bucket: BUCKET,
        s3ObjectKey: ['AWSLogs/123456789012/CloudTrail-Insight/a/b.json.gz'],
      }),
    ],
  ])('quietly ignored: %s', async (body) => {
    const trail = await start();
    await announce(trail, body);
    expect(trail.pipeline.deadLetters()).toEqual([]);
    expect(await trail.pipeline.findings()).toEqual([]);
  });

  const day = 'AWSLogs/123456789012/CloudTrail-Digest/eu-central-1/2026/01/31';
  const good = `${day}/123456789012_CloudTrail-Digest_eu-central-1_sample_eu-central-1_20260131T060000Z.json.gz`;
  test.each([
    ['bucket-not-covered', JSON.stringify({ s3Bucket: 'somebody-elses', s3ObjectKey: [good] })],
    ['malformed-key', JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [good.replace('_sample', '')] })],
    ['malformed-key', JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [`../${good}`] })],
    ['malformed-key', JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [good.replace('2_Cl', '3_Cl')] })],
    [
      'account-not-covered',
      JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [good.replaceAll('123456789012', '999999999999')] }),
    ],
    ['topic-not-covered', JSON.stringify({ Type: 'Notification', TopicArn: `${TOPIC}2`, Message: '{}' })],
    [
      'source-not-aws',
      JSON.stringify({
        id: 'e',
        source: 'mine',
        'detail-type': 'Object Created',
        account: '123456789012',
        region: 'eu-central-1',
        time: '',
        detail: {},
      }),
    ],
    ['invalid-event', JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [] })],
    ['invalid-event', JSON.stringify({ hello: 'world' })],
    ['invalid-event', JSON.stringify({ job: 'check-chain', chain: { account: 'x' } })],
    [
      'invalid-event',
      JSON.stringify({ job: 'seal', account: '123456789012', eventTime: 'now', eventID: 'e' }),
    ],
    ['invalid-event', JSON.stringify({ job: 'seek', account: '123456789012', sk: 'x'.repeat(201) })],
    ['invalid-json', '{'],
  ])('refused as %s, counted and kept: %s', async (reason, body) => {
    const trail = await start();
    await announce(trail, body);
    expect(trail.pipeline.deadLetters()).toMatchObject([{ reason, stage: 'verify-trail', body }]);
    expect(trail.pipeline.counted.get(`DeadLetters/${reason}`)).toBe(1);
  });

  test('one file that is not ours keeps no other from being verified', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...all(trail));
    const keys = ['AWSLogs/1/CloudTrail/x', ...trail.made.digests.map(({ key }) => key)];
    await announce(trail, JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: keys }));
    expect((await trail.state()).digests).toHaveLength(4);
    expect(trail.pipeline.deadLetters()).toMatchObject([{ reason: 'malformed-key' }]);
  });

  test('a bare event, by whoever invokes the function', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...all(trail));
    const Sns = { TopicArn: TOPIC, Message: s3Notice(trail) };
    const outcome = await trail.pipeline.invoke('verify', { Records: [{ EventSource: 'aws:sns', Sns }] });
    expect(outcome).toMatchObject([{ findings: [] }, {}, {}, {}]);
  });
});

describe('files that are not as they were', () => {
  test('an altered log file: both hashes, its hours, and what to do; over when it is restored', async () => {
    const trail = await start();
    const log = at(trail.made.logs, 2);
    trail.made.objects.set(uri(log), { ...objectAt(trail.made.objects, log), body: altered(trail, log) });
    const genuine = (await start({ notify: 'nobody' })).made.objects.get(uri(log))?.body ?? Buffer.alloc(0);
    await trail.deliver(...all(trail));
    expect(told(trail)).toEqual(['Opened critical cloudtrail-log-integrity']);
    const [alert] = trail.pipeline.alerts();
    expect(alert?.because[0]).toMatchObject({
      path: uri(log),
      value: expect.stringMatching(/^[0-9a-f]{64}$/),
      expected: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(alert?.because[0]?.says).toContain('it holds 3 events now (at 2026-01-31 06:00 UTC)');
    expect(alert?.whatToDo.length).toBeGreaterThan(2);

    await trail.overwrite(log, genuine);
    expect(told(trail)).toEqual([
      'Opened critical cloudtrail-log-integrity',
      'Resolved critical cloudtrail-log-integrity',
    ]);
    expect(await trail.problems()).toEqual([]);
  });

  test.each([
    ['deleted', 'verified-file-deleted', (trail: SampleTrail, place: Place) => trail.remove(place)],
    [
      'overwritten',
      'verified-file-altered',
      (trail: SampleTrail, place: Place) => trail.overwrite(place, altered(trail, place)),
    ],
  ])('a log file that was verified and is %s later', async (_, code, act) => {
    const trail = await start();
    await trail.deliver(...all(trail));
    const log = at(trail.made.logs, 0);
    await act(trail, log);
    expect(await trail.problems()).toMatchObject([
      { code, subject: uri(log), severity: 'critical', control: 'cloudtrail-log-integrity' },
    ]);
    expect(told(trail)).toEqual(['Opened critical cloudtrail-log-integrity']);
  });

  test.each([
    ['deleted', 'verified-file-deleted', (trail: SampleTrail, place: Place) => trail.remove(place)],
    [
      'overwritten',
      'verified-file-altered',
      (trail: SampleTrail, place: Place) => trail.overwrite(place, gzipSync('{}'), { signature: 'ab' }),
    ],
    [
      'overwritten with more than anybody would read',
      'verified-file-altered',
      (trail: SampleTrail, place: Place) => trail.overwrite(place, Buffer.alloc(9 * 1024 * 1024)),
    ],
  ])('a digest that was verified and is %s later; over when it is restored', async (_, code, act) => {
    const trail = await start();
    await trail.deliver(...all(trail));
    const digest = at(trail.made.digests, 1);
    await act(trail, digest);
    expect(await trail.problems()).toMatchObject([{ code, subject: uri(digest), severity: 'critical' }]);
    const { body, metadata } = objectAt(trail.made.objects, digest);
    await trail.overwrite(digest, body, { ...metadata });
    expect(await trail.problems()).toEqual([]);
    expect(told(trail)).toEqual([
      'Opened critical cloudtrail-digest-chain',
      'Resolved critical cloudtrail-digest-chain',
    ]);
  });

  test('a digest that never came, and then does', async () => {
    const trail = await start();
    const late = at(trail.made.digests, 1);
    await trail.deliver(...all(trail).filter(({ key }) => key !== late.key));
    expect(await trail.problems()).toMatchObject([
      {
        code: 'digest-missing',
        subject: uri(late),
        says: expect.stringContaining('2 log files of its hour can not be proven'),
      },
    ]);
    expect(told(trail)).toEqual(['Opened critical cloudtrail-digest-chain']);
    await trail.deliver(late);
    expect(await trail.problems()).toEqual([]);
    expect(told(trail).at(-1)).toBe('Resolved critical cloudtrail-digest-chain');
    expect(trail.pipeline.counted.get('ChainFindings/digest-late')).toBe(1);
    expect((await trail.state()).digests[1]).toMatch(/valid by signature, 2 logs, 1 of 1 parts/);
  });

  test('a digest that lost its signature: proven by its successor, its log files verified', async () => {
    const trail = await start();
    const digest = at(trail.made.digests, 1);
    trail.made.objects.set(uri(digest), { ...objectAt(trail.made.objects, digest), metadata: {} });
    await trail.pipeline.aws.s3.notify(BUCKET, { rules: [], eventBridge: false });
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    expect((await trail.state()).digests[1]).toMatch(/unsigned by successor, 2 logs, 1 of 1 parts/);
    expect(await trail.problems()).toMatchObject([{ code: 'digest-unsigned', severity: 'medium' }]);
  });

  test('a digest that can not be read is not called invalid, and is tried again', async () => {
    const trail = await start();
    const archived = at(trail.made.digests, 1);
    const { body, metadata } = objectAt(trail.made.objects, archived);
    const heal = trail.pipeline.aws.fail(({ service, action, input }) =>
      service === 's3' && action === 'GetObject' && JSON.stringify(input).includes(archived.key)
        ? { code: 'InvalidObjectState', statusCode: 403 }
        : undefined,
    );
    await trail.deliver(...all(trail));
    expect(body.length + Object.keys(metadata).length).toBeGreaterThan(0);
    expect(await trail.problems()).toMatchObject([{ code: 'digest-unverifiable', severity: 'medium' }]);
    expect((await trail.state()).head).toBe(uri(at(trail.made.digests, -1)));
    heal();
    await trail.pipeline.watch();
    expect(await trail.problems()).toEqual([]);
    expect((await trail.state()).digests[1]).toMatch(/valid by signature, 2 logs, 1 of 1 parts/);
  });
});

describe('silence', () => {
  const HOUR = 3_600_000;

  test('a digest is overdue: a warning after 2 hours, critical after 6, over when it comes', async () => {
    const trail = await start({ trail: { hours: 5 } });
    const last = at(trail.made.digests, -1);
    await trail.deliver(...all(trail).filter(({ key }) => key !== last.key));
    const { clock } = trail.pipeline.aws;
    clock.advance(1.5 * HOUR);
    await trail.pipeline.watch();
    expect(told(trail)).toEqual([]);
    clock.advance(1 * HOUR);
    await trail.pipeline.watch();
    await trail.pipeline.watch();
    expect(told(trail)).toEqual(['Opened medium cloudtrail-digest-chain']);
    clock.advance(4 * HOUR);
    await trail.pipeline.watch();
    expect(await trail.problems()).toMatchObject([{ code: 'tail-overdue', severity: 'critical' }]);
    const heads = (await trail.state()).head;
    await trail.deliver(last);
    expect((await trail.state()).head).not.toBe(heads);
    // Late as it is, the next one is overdue by now, but less so.
    expect(await trail.problems()).toMatchObject([{ code: 'tail-overdue' }]);
  });

  test('a stopped trail and a claimed delivery that is not there show on the first look', async () => {
    const trail = await start({ notify: 'nobody' });
    const { cloudtrail } = trail.pipeline.aws;
    await trail.deliver(
      ...all(trail).filter(({ key }) => !key.includes('T080000Z') && !key.includes('T090000Z')),
    );
    cloudtrail.setStatus(TRAIL_ARN, {
      IsLogging: false,
      StopLoggingTime: '2026-01-31T09:10:00Z',
      LatestDigestDeliveryTime: '2026-01-31T09:05:00Z',
    });
    await trail.pipeline.watch();
    expect((await trail.problems()).map(({ code }) => code).sort()).toEqual([
      'tail-missing',
      'trail-stopped',
    ]);
    cloudtrail.setStatus(TRAIL_ARN, { IsLogging: true, StartLoggingTime: '2026-01-31T09:30:00Z' });
    await trail.deliver(
      ...all(trail).filter(({ key }) => key.includes('T080000Z') || key.includes('T090000Z')),
    );
    await trail.pipeline.watch();
    expect(await trail.problems()).toEqual([]);
  });

  test('no digest of a covered account and Region was ever seen', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.pipeline.watch();
    await trail.pipeline.watch();
    expect(await trail.pipeline.findings()).toMatchObject([
      { control: 'cloudtrail-digest-chain', resourceType: 'AWS::::Account', state: 'open' },
      { control: 'cloudtrail-log-integrity', state: 'resolved' },
    ]);
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    await trail.pipeline.watch();
    expect(new Set((await trail.pipeline.findings()).map(({ state }) => state))).toEqual(
      new Set(['resolved']),
    );
    expect(told(trail)).toEqual([
      'Opened high cloudtrail-digest-chain',
      'Resolved critical cloudtrail-digest-chain',
    ]);
  });

  test('log files that no digest lists: announced and gone, or put there by somebody', async () => {
    const trail = await start({ trail: { from: '2026-01-30T09:00:00Z', hours: 10 } });
    const namedLike = (place: Place, unique: string) => ({
      bucket: BUCKET,
      key: place.key.replace(/_[A-Za-z0-9]{16}\./, `_${unique}.`),
    });
    const stranger = namedLike(at(trail.made.logs, 6), 'StrangerStranger');
    const vanished = namedLike(at(trail.made.logs, 10), 'VanishedVanished');
    const unreferenced = async () =>
      (await trail.problems())
        .filter(({ code }) => code === 'unreferenced-log')
        .map(({ subject }) => subject);
    for (const place of [stranger, vanished]) await trail.overwrite(place, gzipSync('{"Records":[]}'));
    await trail.remove(vanished);
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    await trail.pipeline.watch();
    // A backfill may come within a day.
    expect(await unreferenced()).toEqual([]);
    trail.pipeline.aws.clock.advance(8 * HOUR);
    await trail.pipeline.watch();
    await trail.pipeline.watch();
    expect((await unreferenced()).sort()).toEqual([uri(stranger), uri(vanished)].sort());
  });
});

describe('long work', () => {
  const large = {
    trail: { hours: 2, logsPerHour: (hour: number) => (hour === 1 ? 450 : 1), distinctLogs: 5 },
  };

  test('a digest with many log files is verified in parts, by messages of their own', async () => {
    const trail = await start(large);
    await trail.deliver(...all(trail).filter(({ key }) => !key.includes('/CloudTrail/')));
    // Without their log files first: each part says what is missing.
    expect((await trail.state()).digests[1]).toMatch(/450 logs, 3 of 3 parts/);
    expect(trail.pipeline.counted.get('LogsNotValid')).toBe(451);
    expect(told(trail)).toContain('Opened critical cloudtrail-log-integrity');
  });

  test('what a crash interrupts is resumed, and nothing that is proven is read again', async () => {
    const trail = await start({ ...large, notify: 'nobody' });
    await trail.deliver(...all(trail));
    let crashes = 2;
    const heal = trail.pipeline.aws.fail(({ service, action, input }) =>
      service === 'dynamodb' &&
      action === 'UpdateItem' &&
      JSON.stringify(input).includes('done.#part') &&
      crashes-- > 0
        ? { code: 'InternalServerError', disconnect: true }
        : undefined,
    );
    await trail.pipeline.watch();
    for (let minutes = 0; minutes < 60; minutes += 1) {
      trail.pipeline.aws.clock.advance(60_000);
      await trail.pipeline.aws.idle();
    }
    heal();
    expect(crashes).toBeLessThan(0);
    expect((await trail.state()).digests[1]).toMatch(/valid by signature, 450 logs, 3 of 3 parts/);
    // An hour went by, and with it the time for the next digest.
    expect((await trail.problems()).map(({ code }) => code)).toEqual(['tail-overdue']);
    const reads = trail.pipeline.aws.calls.filter(({ action }) => action === 's3:GetObject').length;
    // Two of three parts were read twice, the first digest's one log once, and each job reads its digest.
    expect(reads).toBeLessThan(450 + 2 * 200 + 30);
  });

  test('thirty days are caught up page by page', async () => {
    const trail = await start({
      notify: 'nobody',
      trail: { from: '2026-01-27T10:00:00Z', hours: 95, logsPerHour: 1, distinctLogs: 3 },
    });
    await trail.deliver(...all(trail));
    await trail.pipeline.watch();
    const { head, digests } = await trail.state();
    expect(head).toBe(uri(at(trail.made.digests, -1)));
    expect(digests).toHaveLength(95);
    expect(await trail.problems()).toEqual([]);
  });
});

test('the same end, whatever the order and repetition of the notifications', async () => {
  const ends = new Set<string>();
  for (let seed = 1; seed <= 6; seed += 1) {
    const trail = await start();
    const order = shuffled([...all(trail), ...trail.made.digests, ...trail.made.logs], seed);
    await trail.deliver(...order);
    await trail.pipeline.watch();
    ends.add(JSON.stringify([await trail.state(), await states(trail)]));
    await stopAll();
  }
  expect([...ends]).toHaveLength(1);
}, 120_000);

describe('whatever call fails once', () => {
  const endOf = async (fail: number, isAfter: boolean) => {
    const trail = await start({ notify: 'nobody', trail: { hours: 3, logsPerHour: 1 } });
    await trail.deliver(...all(trail).filter(({ key }) => !key.includes('T070000Z')));
    let calls = 0;
    const heal = trail.pipeline.aws.fail(({ caller }) => {
      if (!/verify-trail|watch-trails/.test(caller)) return undefined;
      calls += 1;
      return calls === fail ? { code: 'InternalServerError', after: isAfter } : undefined;
    });
    await trail.pipeline.watch().catch(() => undefined);
    trail.pipeline.aws.clock.advance(20_000);
    await trail.pipeline.aws.idle();
    await trail.pipeline.watch().catch(() => undefined);
    heal();
    await trail.deliver(...trail.made.digests);
    await trail.pipeline.watch();
    const end = JSON.stringify([await trail.state(), await states(trail)]);
    await stopAll();
    return { end, calls };
  };

  test('the end is the same', async () => {
    const expected = await endOf(0, false);
    expect(expected.calls).toBeGreaterThan(50);
    // Every one of them: FAULTS=1.
    const every = Number(process.env['FAULTS'] ?? 9);
    for (let fail = 1; fail <= expected.calls; fail += every) {
      const { end } = await endOf(fail, fail % 2 === 0);
      expect([fail, end]).toEqual([fail, expected.end]);
    }
  }, 600_000);
});

test('the functions can do what they do, and nothing else', async () => {
  const { pipeline } = await start();
  await pipeline.invoke('verify', 'CloudTrail validation message.');
  const calls = started.flatMap(({ pipeline: { aws } }) => aws.calls);
  const roles = /^(VerifyTrail|WatchTrails)Role$/;
  // What it takes to seal records is used in the tests of that.
  const elsewhere = /^(cloudtrail:LookupEvents|s3:PutObject)$|evidencebucket/;
  const unused = pipeline.aws
    .unusedGrants(calls)
    .filter(({ role }) => roles.test(role))
    .filter(({ action, resource }) => !elsewhere.test(action) && !elsewhere.test(resource));
  expect(unused).toEqual([]);
  expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
});

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const rest = [...items];
  return Array.from({ length: rest.length }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
}
