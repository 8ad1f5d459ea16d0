import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import type { Template } from '../../local/template';
import type { MadeTrail } from '../../local/trails/make-trail';
import { objectAt } from '../../local/trails/objects';
import type { EventProof, Finding } from '../../shared/contracts/trailseal/finding';
import { uri } from '../../shared/proof/trail/verdict';
import { activityEvent, type Call, record } from '../support/activity-events';
import { itemChange } from '../support/config-events';
import { ACCOUNT, REGION, stopAll } from '../support/local-aws';
import {
  BUCKET,
  type SampleOptions,
  type SampleTrail,
  startSampleTrail,
  TRAIL,
  TRAIL_ARN,
  templateWithTrail,
} from '../support/sample-trail';

let template: Template;
jest.setTimeout(60_000);
beforeAll(() => {
  template = templateWithTrail();
});
afterEach(stopAll);

const HOUR = 3_600_000;
const MINUTE = 60_000;
const EVIDENCE = 'trailseal-dev-evidencebucket';

const started: SampleTrail[] = [];
async function start(options: SampleOptions = {}): Promise<SampleTrail> {
  const trail = await startSampleTrail(template, { isWatched: true, ...options });
  started.push(trail);
  return trail;
}

let events = 0;
/** Of the given time, with an id of its own. */
function stopLogging(eventTime: string, changes: object = {}): Call {
  events += 1;
  return {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/some-other` },
    eventTime,
    requestID: `request-${events}`,
    eventID: `11111111-0000-4000-8000-${String(events).padStart(12, '0')}`,
    ...changes,
  };
}
const somethingElse = (eventTime: string) =>
  record({ eventSource: 'ec2.amazonaws.com', eventName: 'DescribeVpcs', readOnly: true, eventTime });

/** Logs in which each hour has something, and these calls stand in the second log file of their hours. */
const holding =
  (from: string, ...calls: readonly object[]) =>
  (hour: number, log: number): readonly { readonly eventTime?: string }[] => {
    const begin = Date.parse(from) + hour * HOUR + log * 30 * MINUTE;
    const at = (minutes: number) => new Date(begin + minutes * MINUTE).toISOString().replace('.000', '');
    const inIt = calls.filter((call) => {
      const time = Date.parse((call as { eventTime: string }).eventTime);
      return time >= begin && time < begin + 30 * MINUTE;
    });
    return [somethingElse(at(1)), ...(inIt as { eventTime: string }[]), somethingElse(at(29))];
  };

const FROM = '2026-01-31T05:00:00Z';
const trailWith = (...calls: readonly object[]) => ({ records: holding(FROM, ...calls) });
const files = ({ digests, logs }: MadeTrail) => [...logs, ...digests];

const proofOf = (finding: Finding | undefined): EventProof | undefined =>
  finding?.links?.at(-1)?.calls[0]?.proof;
const stopped = async ({ pipeline }: SampleTrail) =>
  (await pipeline.findings()).find(({ control }) => control === 'activity-cloudtrail-change');
const proof = async (trail: SampleTrail) => proofOf(await stopped(trail));

const operator = ({ pipeline }: SampleTrail) =>
  new S3Client({
    endpoint: pipeline.aws.url,
    region: REGION,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });
const copies = async (trail: SampleTrail) => {
  const { Contents = [] } = await operator(trail).send(new ListObjectsV2Command({ Bucket: EVIDENCE }));
  return Contents.map(({ Key = '' }) => Key);
};
const copyOf = async (trail: SampleTrail, Key: string) => {
  const { Body } = await operator(trail).send(new GetObjectCommand({ Bucket: EVIDENCE, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

async function later(trail: SampleTrail, ms: number): Promise<void> {
  trail.pipeline.aws.clock.advance(ms);
  await trail.pipeline.watch();
}

describe('a record that stands in a verified log file', () => {
  test('is proven as soon as that is verified, with places, hashes and key; the bytes are kept', async () => {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const trail = await start({ trail: trailWith(record(call)) });
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    expect(await proof(trail)).toMatchObject({ state: 'pending' });
    await trail.deliver(...files(trail.made));

    const log = trail.made.logs[6];
    const digest = trail.made.digests[3];
    expect(await proof(trail)).toMatchObject({
      state: 'proven',
      index: 1,
      log: {
        ...log,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        copy: { bucket: EVIDENCE, key: `${BUCKET}/${log?.key}` },
      },
      digest: { ...digest, copy: { bucket: EVIDENCE, key: `${BUCKET}/${digest?.key}` } },
      key: { fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/), from: 'ListPublicKeys', where: REGION },
    });
    expect(await copies(trail)).toEqual(
      [`${BUCKET}/${digest?.key}`, `${BUCKET}/${digest?.key}.metadata.json`, `${BUCKET}/${log?.key}`].sort(),
    );
    for (const place of [log, digest]) {
      if (place === undefined) throw new Error('the trail is shorter than this test wants it');
      expect(await copyOf(trail, `${BUCKET}/${place.key}`)).toEqual(objectAt(trail.made.objects, place).body);
    }
    expect(trail.pipeline.deadLetters()).toEqual([]);
  });

  test('whatever comes first ends proven: the event, the log files, the digests, and a look now and then', async () => {
    const steps = ['event', 'logs', 'digests', 'watch'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...steps, 'event' as const, 'digests' as const], { minLength: 6 }),
        async (order) => {
          const call = stopLogging('2026-01-31T08:05:00Z');
          const trail = await start({ trail: trailWith(record(call)) });
          const event = activityEvent({ ...record(call) });
          for (const step of order) {
            if (step === 'event') await trail.pipeline.send(event);
            else if (step === 'watch') await later(trail, 10 * MINUTE);
            else await trail.deliver(...trail.made[step]);
          }
          await later(trail, 80 * MINUTE);
          await later(trail, 80 * MINUTE);
          const known = await proof(trail);
          await stopAll();
          expect([order, known?.state]).toEqual([order, 'proven']);
        },
      ),
      { numRuns: 8 },
    );
  }, 240_000);

  test('is read once more for whoever comes later, and not again for that', async () => {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const trail = await start({ trail: trailWith(record(call)) });
    await trail.deliver(...files(trail.made));
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    const logsRead = () =>
      trail.pipeline.aws.calls.filter(
        ({ action, resource }) => action === 's3:GetObject' && resource.includes('/CloudTrail/'),
      ).length;
    const before = logsRead();
    await later(trail, 80 * MINUTE);
    expect(await proof(trail)).toMatchObject({ state: 'proven' });
    // That one, and those of the sample that is verified again.
    expect(logsRead() - before).toBeLessThanOrEqual(1 + 2);
  });

  test('with other content it contradicts', async () => {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const mallory = { userIdentity: { type: 'IAMUser', userName: 'mallory' } };
    const trail = await start({ trail: trailWith(record({ ...call, ...mallory })) });
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    await trail.deliver(...files(trail.made));
    expect(await proof(trail)).toMatchObject({
      state: 'contradicted',
      reason: 'other-content',
      differs: ['userIdentity'],
      log: { copy: { bucket: EVIDENCE } },
    });
  });

  test('whose log file was altered is not proven by it', async () => {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const trail = await start({ trail: trailWith(record(call)) });
    const other = await start({ trail: trailWith(record({ ...call, awsRegion: 'elsewhere' })) });
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    const log = trail.made.logs[6];
    if (log === undefined) throw new Error('no log file');
    trail.made.objects.set(uri(log), {
      ...objectAt(trail.made.objects, log),
      body:
        [...other.made.objects.values()].find(({ place }) => place.key.includes('T0800Z'))?.body ??
        Buffer.of(),
    });
    await trail.deliver(...files(trail.made));
    expect(await proof(trail)).toMatchObject({ state: 'pending' });
    expect(await copies(trail)).toEqual([]);
  });

  test('of whom nothing can be kept delays nothing but that', async () => {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const trail = await start({ trail: trailWith(record(call)) });
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    const heal = trail.pipeline.aws.fail(({ action }) =>
      action === 'PutObject' ? { code: 'AccessDenied', statusCode: 403 } : undefined,
    );
    await trail.deliver(...files(trail.made));
    expect((await trail.state()).digests).toHaveLength(4);
    expect(await proof(trail)).toMatchObject({ state: 'pending' });
    heal();
    await later(trail, 80 * MINUTE);
    expect(await proof(trail)).toMatchObject({ state: 'proven' });
  });
});

test.each([
  ['a policy', { requestParameters: (id: string) => ({ policy: `{"eventID":"${id}"}`, eventID: id }) }],
  ['a user agent', { userAgent: (id: string) => `","eventID":"${id}"` }],
  ['a tag', { responseElements: (id: string) => ({ Records: [{ eventID: id }] }) }],
])('an id that is planted in %s seals nothing', async (_, planted) => {
  const call = stopLogging('2026-01-31T08:05:00Z');
  const fields = Object.fromEntries(
    Object.entries(planted).map(([name, value]) => [
      name,
      (value as (id: string) => unknown)(call.eventID ?? ''),
    ]),
  );
  const plant = record({
    eventSource: 'iam.amazonaws.com',
    eventName: 'PutRolePolicy',
    eventTime: call.eventTime ?? '',
    ...fields,
  });
  const trail = await start({ trail: trailWith(plant) });
  await trail.pipeline.send(activityEvent({ ...record(call) }));
  await trail.deliver(...files(trail.made));
  await later(trail, 80 * MINUTE);
  expect(await proof(trail)).toMatchObject({ state: 'pending' });
  expect(await copies(trail)).toEqual([]);
});

describe('a record that stands in no log file, a day after the call', () => {
  const CALLED = '2026-01-31T10:30:00Z';
  const HOURS = 33;

  interface Scene {
    readonly call?: object;
    /** Before the call. */
    readonly before?: (trail: SampleTrail) => void;
    /** Files that are not delivered. */
    readonly without?: (key: string) => boolean;
    readonly isLookedUp?: boolean;
    readonly logsPerHour?: number;
    readonly records?: ReturnType<typeof holding>;
    readonly between?: (trail: SampleTrail) => Promise<void>;
  }

  /** Watched from before the call on; then nothing for a day; then all files that came by then. */
  async function aDayAfter({
    call = {},
    before,
    without = () => false,
    isLookedUp = true,
    logsPerHour = 2,
    records = holding(FROM),
    between,
  }: Scene): Promise<SampleTrail> {
    const used = record({ ...stopLogging(CALLED), ...call });
    const trail = await start({
      notify: 'nobody',
      trail: { from: FROM, hours: HOURS, logsPerHour, records },
    });
    const { aws } = trail.pipeline;
    const delivered = files(trail.made).filter(({ key }) => !without(key));
    const isEarly = (key: string) => /20260131T0\d/.test(key) || key.includes('20260131T100000Z');
    before?.(trail);
    await trail.deliver(...delivered.filter(({ key }) => isEarly(key)));
    await trail.pipeline.watch();
    aws.clock.advance(31 * MINUTE);
    await trail.pipeline.send({ ...activityEvent(used), detail: used });
    if (isLookedUp) aws.cloudtrail.remember([used]);
    await between?.(trail);
    aws.clock.advance(27 * HOUR + 30 * MINUTE);
    await trail.deliver(...delivered.filter(({ key }) => !isEarly(key)));
    await trail.pipeline.watch();
    await later(trail, 6 * HOUR + MINUTE);
    return trail;
  }

  const select = (selectors: object) => (trail: SampleTrail) =>
    trail.pipeline.aws.cloudtrail.setSelectors(TRAIL, { EventSelectors: [selectors as never] });

  test.each<[name: string, scene: Scene, state: string, reason: string, says: RegExp]>([
    [
      'all is whole, and CloudTrail knows the call',
      {},
      'contradicted',
      'not-logged',
      /all of them are whole/,
    ],
    [
      'CloudTrail does not know it either',
      { isLookedUp: false },
      'missing',
      'no-witness',
      /event history does not have it/,
    ],
    [
      'it is the copy of what another account did',
      { call: { sharedEventID: 'shared' } },
      'missing',
      'no-witness',
      /concerns another account/,
    ],
    [
      'the trail leaves such calls out',
      {
        before: select({
          ReadWriteType: 'ReadOnly',
          IncludeManagementEvents: true,
          DataResources: [],
          ExcludeManagementEventSources: [],
        }),
      },
      'missing',
      'not-selected',
      /does not log such a call/,
    ],
    [
      'the trail was not logging',
      { before: ({ pipeline }) => pipeline.aws.cloudtrail.setStatus(TRAIL, { IsLogging: false }) },
      'missing',
      'not-watched',
      /was not logging/,
    ],
    [
      'a digest never came',
      { without: (key) => key.includes('sample_eu-central-1_20260131T140000Z') },
      'missing',
      'log-altered',
      /altered or gone/,
    ],
    [
      'the last digests have not come yet',
      { without: (key) => /20260201T(09|1\d)/.test(key) },
      'missing',
      'late',
      /no digest has come/,
    ],
    [
      'a log file is gone',
      { without: (key) => key.includes('/CloudTrail/') && key.includes('20260131T1700Z') },
      'missing',
      'log-altered',
      /altered or gone/,
    ],
    [
      'what the trail logs was changed in between',
      {
        between: async ({ pipeline }) => {
          await pipeline.send(
            activityEvent({
              eventSource: 'cloudtrail.amazonaws.com',
              eventName: 'PutEventSelectors',
              eventTime: '2026-01-31T10:31:00Z',
              requestParameters: { trailName: TRAIL_ARN },
            }),
          );
        },
      },
      'missing',
      'not-selected',
      /not known that/,
    ],
    [
      'CloudTrail has errors in delivering',
      {
        before: ({ pipeline }) =>
          pipeline.aws.cloudtrail.setStatus(TRAIL, { LatestDeliveryError: 'AccessDenied' }),
      },
      'missing',
      'late',
      /errors in delivering/,
    ],
  ])('%s', async (_, scene, state, reason, says) => {
    const trail = await aDayAfter(scene);
    const known = (await trail.pipeline.findings())
      .flatMap(({ links = [] }) => links)
      .flatMap(({ calls }) => calls)
      .find(({ eventName }) => eventName === 'StopLogging')?.proof;
    expect(known).toMatchObject({ state, reason, says: expect.stringMatching(says) });
    expect(trail.pipeline.deadLetters()).toEqual([]);
  });

  test('before it is contradicted every log file of the day is searched, by as many messages as it takes', async () => {
    const sent: string[] = [];
    const trail = await aDayAfter({
      logsPerHour: 45,
      before: ({ pipeline }) =>
        void pipeline.aws.fail(({ action, caller, input }) => {
          if (action === 'SendMessageBatch' && caller.endsWith('verify-trail'))
            sent.push(JSON.stringify(input));
          return undefined;
        }),
    });
    expect(await proof(trail)).toMatchObject({ state: 'contradicted', reason: 'not-logged' });
    const day = trail.made.logs.filter(({ key }) => /20260131T1[1-9]|20260131T2|20260201T0/.test(key));
    const reads = new Map<string, number>();
    for (const { action, resource } of trail.pipeline.aws.calls) {
      if (action === 's3:GetObject') reads.set(resource, (reads.get(resource) ?? 0) + 1);
    }
    expect(day.length).toBeGreaterThan(900);
    expect(day.filter(({ bucket, key }) => (reads.get(`arn:aws:s3:::${bucket}/${key}`) ?? 0) < 2)).toEqual(
      [],
    );
    expect(sent.filter((messages) => messages.includes('\\"job\\":\\"seal\\"'))).toHaveLength(1);
  }, 120_000);

  test('it stands in a log file of quite another time, by what its digest says: that is found before', async () => {
    const call = record(stopLogging(CALLED));
    const records = (hour: number, log: number) => [
      ...holding(FROM)(hour, log),
      // Without a time of its own that the digest could state.
      ...(hour === 20 && log === 1 ? [{ toJSON: () => call } as { eventTime?: string }] : []),
    ];
    const trail = await aDayAfter({ call, records });
    expect(await proof(trail)).toMatchObject({ state: 'proven', index: 2 });
    expect((await proof(trail))?.log?.key).toContain('20260201T0130Z');
  });

  test('until a day has gone by it is pending, and nobody is asked', async () => {
    const trail = await start({ notify: 'nobody' });
    await trail.deliver(...files(trail.made));
    await trail.pipeline.send(activityEvent(stopLogging('2026-01-31T08:05:00Z')));
    for (let hour = 0; hour < 20; hour += 4) await later(trail, 4 * HOUR);
    expect(await proof(trail)).toMatchObject({ state: 'pending' });
    expect(trail.pipeline.aws.calls.filter(({ action }) => action === 'cloudtrail:LookupEvents')).toEqual([]);
  });

  test('CloudTrail is busy: nothing is concluded before it has answered', async () => {
    let busy = true;
    const trail = await aDayAfter({
      before: ({ pipeline }) =>
        void pipeline.aws.fail(({ action }) =>
          action === 'LookupEvents' && busy ? { code: 'ThrottlingException', statusCode: 400 } : undefined,
        ),
    });
    expect(await proof(trail)).toMatchObject({ state: 'pending' });
    busy = false;
    await later(trail, 11 * MINUTE);
    expect(await proof(trail)).toMatchObject({ state: 'contradicted', reason: 'not-logged' });
  });

  test('a backfill that comes after all proves it', async () => {
    const call = record(stopLogging(CALLED));
    let isLate = false;
    const records = (hour: number, log: number) =>
      holding(FROM, ...(isLate ? [call] : []))(hour, isLate ? log + 1 : log);
    const trail = await start({ notify: 'nobody', trail: { from: FROM, hours: HOURS, records } });
    trail.pipeline.aws.clock.advance(31 * MINUTE);
    await trail.pipeline.send({ ...activityEvent(call), detail: call });
    trail.pipeline.aws.clock.advance(27 * HOUR + 30 * MINUTE);
    await trail.deliver(...files(trail.made));
    await trail.pipeline.watch();
    await later(trail, 6 * HOUR + MINUTE);
    expect(await proof(trail)).toMatchObject({ state: 'missing' });
    isLate = true;
    const backfill = trail.made.addBackfill({ hour: 5, logs: 1, generatedAt: '2026-02-01T15:30:00Z' });
    await trail.deliver(...backfill.logs, backfill.digest);
    await trail.pipeline.watch();
    expect(await proof(trail)).toMatchObject({ state: 'proven', digest: { key: backfill.digest.key } });
  });
});

describe('the files that a proof rests on', () => {
  async function proven(): Promise<SampleTrail> {
    const call = stopLogging('2026-01-31T08:05:00Z');
    const trail = await start({ notify: 'nobody', trail: trailWith(record(call)) });
    await trail.pipeline.send(activityEvent({ ...record(call) }));
    await trail.deliver(...files(trail.made));
    await trail.pipeline.watch();
    expect(await proof(trail)).toMatchObject({ state: 'proven' });
    return trail;
  }
  const codes = async (trail: SampleTrail) =>
    (await trail.problems()).filter(({ code }) => code.startsWith('verified-file')).map(({ code }) => code);

  test.each([
    ['the log file', 'verified-file-deleted', ({ made }: SampleTrail) => made.logs[6], 'remove'],
    ['the digest', 'verified-file-deleted', ({ made }: SampleTrail) => made.digests[3], 'remove'],
    ['the log file', 'verified-file-altered', ({ made }: SampleTrail) => made.logs[6], 'overwrite'],
    ['the digest', 'verified-file-altered', ({ made }: SampleTrail) => made.digests[3], 'overwrite'],
  ] as const)('are read again within a day: %s, %s', async (_, code, place, act) => {
    const trail = await proven();
    const file = place(trail);
    if (file === undefined) throw new Error('no file');
    if (act === 'remove') await trail.remove(file);
    else await trail.overwrite(file, Buffer.from('other'));
    // A sample of what was verified is read by itself: here the file of another hour.
    trail.pipeline.aws.clock.advance(25 * HOUR);
    await trail.pipeline.watch();
    expect(await codes(trail)).toEqual([code]);
    expect(await proof(trail)).toMatchObject({ state: 'proven' });
  });

  test('are left alone once no finding rests on them any more', async () => {
    const trail = await proven();
    // What a detection found closes by itself after its quiet time.
    for (let days = 0; days < 40; days += 8) {
      trail.pipeline.aws.clock.advance(8 * 24 * HOUR);
      await trail.pipeline.sweep();
      await trail.pipeline.watch();
    }
    expect((await stopped(trail))?.state).toBe('resolved');
    trail.pipeline.aws.clock.advance(25 * HOUR);
    expect(await trail.pipeline.watch()).toMatchObject({ seals: 0 });
  });
});

describe('an item of which no event told who changed it', () => {
  const opened = record({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventTime: '2026-01-31T08:50:00Z',
    eventID: '22222222-0000-4000-8000-000000000001',
    requestParameters: {
      groupId: 'sg-0123456789abcdef0',
      ipPermissions: {
        items: [
          { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
        ],
      },
    },
  });
  const group = async ({ pipeline }: SampleTrail) =>
    (await pipeline.findings()).find(({ control }) => control === 'sg-no-world-admin-ipv4')?.links?.at(-1);

  test('is named by the log file that holds the call, and that is proven with it', async () => {
    const trail = await start({ trail: trailWith(opened) });
    await trail.pipeline.send(itemChange());
    expect(await group(trail)).toMatchObject({ actor: 'missing', reason: 'not-yet' });
    await trail.deliver(...files(trail.made));
    expect(await group(trail)).toMatchObject({
      actor: 'named',
      calls: [{ eventID: opened.eventID, proof: { state: 'proven' } }],
    });
  });

  test('is named by log files that were verified before, once', async () => {
    const trail = await start({ trail: trailWith(opened) });
    await trail.deliver(...files(trail.made));
    await trail.pipeline.send(itemChange());
    await later(trail, 3 * HOUR + MINUTE);
    expect(await group(trail)).toMatchObject({
      actor: 'named',
      calls: [{ eventID: opened.eventID, proof: { state: 'proven' } }],
    });
    trail.pipeline.aws.clock.advance(HOUR);
    expect(await trail.pipeline.watch()).toMatchObject({ seeks: 0 });
  });

  test('is searched for nowhere when an event has told meanwhile', async () => {
    const trail = await start();
    await trail.pipeline.send(itemChange());
    await trail.pipeline.send(activityEvent(opened));
    expect(await group(trail)).toMatchObject({ actor: 'named' });
    await later(trail, 3 * HOUR + MINUTE);
    expect(await group(trail)).toMatchObject({ actor: 'named' });
    expect(trail.pipeline.aws.calls.map(({ action }) => action)).not.toContain('cloudtrail:LookupEvents');
    trail.pipeline.aws.clock.advance(HOUR);
    expect(await trail.pipeline.watch()).toMatchObject({ seeks: 0 });
  });

  test('is named by the event history where no log file has it', async () => {
    const trail = await start();
    trail.pipeline.aws.cloudtrail.remember([opened]);
    await trail.deliver(...files(trail.made));
    await trail.pipeline.send(itemChange());
    await later(trail, 3 * HOUR + MINUTE);
    expect(await group(trail)).toMatchObject({ actor: 'named', calls: [{ proof: { state: 'pending' } }] });
  });

  test('is nobody of whom anything is known, when all have been asked', async () => {
    const trail = await start();
    await trail.deliver(...files(trail.made));
    await trail.pipeline.send(itemChange());
    let busy = true;
    trail.pipeline.aws.fail(({ action }) =>
      action === 'LookupEvents' && busy ? { code: 'ThrottlingException', statusCode: 400 } : undefined,
    );
    await later(trail, 3 * HOUR + MINUTE);
    expect(await group(trail)).toMatchObject({ actor: 'missing', reason: 'not-yet' });
    busy = false;
    await later(trail, 30 * MINUTE);
    expect(await group(trail)).toMatchObject({ actor: 'missing', reason: 'not-found' });
  });
});

test('the functions can do what they do, and nothing is refused', async () => {
  const { pipeline } = await start();
  const calls = started.flatMap(({ pipeline: { aws } }) => aws.calls);
  const own = /^(cloudtrail:(LookupEvents|GetEventSelectors)|s3:PutObject)$/;
  const unused = pipeline.aws
    .unusedGrants(calls)
    .filter(({ role, action }) => role === 'VerifyTrailRole' && own.test(action));
  expect(unused).toEqual([]);
  const evidence = pipeline.aws
    .unusedGrants(calls)
    .filter(({ role, resource }) => role === 'VerifyTrailRole' && resource.includes(EVIDENCE));
  expect(evidence).toEqual([]);
  expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
});
