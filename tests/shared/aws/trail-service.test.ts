import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { trailService } from '../../../shared/aws/trail-service';
import type { KeysAnswer } from '../../../shared/proof/trail/public-keys';

const cloudtrail = mockClient(CloudTrailClient);
const before = process.env;
beforeEach(() => {
  cloudtrail.reset();
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
});
afterEach(() => {
  process.env = before;
});

const OWN = '111122223333';
const chain = { account: OWN, region: 'eu-west-1', homeRegion: 'eu-central-1', trail: 'main' };
const NOW = Date.parse('2026-01-31T00:30:00Z');
const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });

/** A service whose clock the test sets, and the reasons that it told. */
function service(options: Parameters<typeof trailService>[0] = { account: OWN }) {
  const clock = { ms: NOW };
  const reasons: string[] = [];
  const trails = trailService({
    now: () => clock.ms,
    onUnknown: (reason) => reasons.push(reason),
    ...options,
  });
  return { trails, clock, reasons };
}

/** The Regions that a command was sent to. */
const regionsOf = async (calls: readonly { thisValue: unknown }[]) =>
  Promise.all(calls.map(({ thisValue }) => (thisValue as CloudTrailClient).config.region()));

describe('public keys', () => {
  const der = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'pkcs1',
    format: 'der',
  });
  const fingerprint = createHash('md5').update(der).digest('hex');
  const key = {
    Fingerprint: fingerprint,
    Value: new Uint8Array(der),
    ValidityStartTime: new Date('2026-01-20T00:00:00Z'),
    ValidityEndTime: new Date('2026-02-20T00:00:00Z'),
  };
  const DAY = ['2026-01-30T00:00:00Z', '2026-01-31T00:00:00Z'] as const;
  const asked = () => cloudtrail.commandCalls(ListPublicKeysCommand).map(({ args }) => args[0].input);
  const find = (answer: KeysAnswer, wanted = fingerprint) =>
    answer.state === 'known' ? answer.keys.find(wanted) : answer;

  test('are asked for in the Region of the digests, from well before to shortly after', async () => {
    cloudtrail.on(ListPublicKeysCommand).resolves({ PublicKeyList: [key, {}] });
    const answer = await service().trails.publicKeys('eu-west-1', ...DAY);
    expect(answer).toMatchObject({
      state: 'known',
      keys: { source: { from: 'ListPublicKeys', where: 'eu-west-1' } },
    });
    expect(find(answer)).toMatchObject({
      state: 'known',
      windows: [{ from: '2026-01-20T00:00:00.000Z', to: '2026-02-20T00:00:00.000Z' }],
    });
    expect(asked()).toEqual([
      { StartTime: new Date('2026-01-23T00:00:00Z'), EndTime: new Date('2026-01-31T02:30:00Z') },
    ]);
    expect(await regionsOf(cloudtrail.commandCalls(ListPublicKeysCommand))).toEqual(['eu-west-1']);
  });

  test('come from all pages, but not for ever', async () => {
    cloudtrail
      .on(ListPublicKeysCommand)
      .resolvesOnce({ PublicKeyList: [], NextToken: '2' })
      .resolves({ PublicKeyList: [key], NextToken: '3' });
    expect(find(await service().trails.publicKeys('eu-west-1', ...DAY))).toMatchObject({ state: 'known' });
    expect(asked().map(({ NextToken }) => NextToken)).toEqual([undefined, '2', '3']);
  });

  test('are asked for once by all who need them at a time, and again for another Region', async () => {
    cloudtrail.on(ListPublicKeysCommand).resolves({ PublicKeyList: [key] });
    const { trails } = service();
    await Promise.all([
      trails.publicKeys('eu-west-1', ...DAY),
      trails.publicKeys('eu-west-1', '2026-01-24T00:00:00Z', '2026-01-30T12:00:00Z'),
      trails.publicKeys('us-east-1', ...DAY),
    ]);
    await trails.publicKeys('eu-west-1', ...DAY);
    expect(await regionsOf(cloudtrail.commandCalls(ListPublicKeysCommand))).toEqual([
      'eu-west-1',
      'us-east-1',
    ]);
  });

  test('of a time that was not asked for are asked for together with what was', async () => {
    cloudtrail.on(ListPublicKeysCommand).resolves({ PublicKeyList: [key] });
    const { trails } = service();
    await trails.publicKeys('eu-west-1', ...DAY);
    await trails.publicKeys('eu-west-1', '2026-01-31T02:00:00Z', '2026-01-31T05:00:00Z');
    await trails.publicKeys('eu-west-1', '2026-01-10T00:00:00Z', '2026-01-11T00:00:00Z');
    expect(asked().map(({ StartTime, EndTime }) => [StartTime, EndTime])).toEqual([
      [new Date('2026-01-23T00:00:00Z'), new Date('2026-01-31T02:30:00Z')],
      [new Date('2026-01-23T00:00:00Z'), new Date('2026-01-31T05:00:00Z')],
      [new Date('2026-01-03T00:00:00Z'), new Date('2026-01-31T05:00:00Z')],
    ]);
  });

  test('of long ago are asked for with those of some days after', async () => {
    cloudtrail.on(ListPublicKeysCommand).resolves({ PublicKeyList: [key] });
    await service().trails.publicKeys('eu-west-1', '2025-12-08T00:00:00Z', '2025-12-09T00:00:00Z');
    expect(asked()).toEqual([
      { StartTime: new Date('2025-12-01T00:00:00Z'), EndTime: new Date('2025-12-16T00:00:00Z') },
    ]);
  });

  test('that are not among them are asked for again, at most once a minute', async () => {
    cloudtrail
      .on(ListPublicKeysCommand)
      .resolvesOnce({ PublicKeyList: [] })
      .resolves({ PublicKeyList: [key] });
    const { trails, clock } = service();
    const ask = (wanted?: string) => trails.publicKeys('eu-west-1', ...DAY, wanted);
    expect(find(await ask())).toMatchObject({ state: 'unusable' });
    clock.ms = NOW + 59_999;
    expect(find(await ask(fingerprint))).toMatchObject({ state: 'unusable' });
    clock.ms = NOW + 60_000;
    expect(find(await ask())).toMatchObject({ state: 'unusable' });
    const [one, other] = await Promise.all([ask(fingerprint), ask(fingerprint)]);
    expect([find(one).state, find(other).state]).toEqual(['known', 'known']);
    expect(asked()).toHaveLength(2);
    clock.ms = NOW + 180_000;
    await ask(fingerprint);
    expect(asked()).toHaveLength(2);
  });

  test('that nobody gives are unread, with the reason, and asked for again after a minute', async () => {
    cloudtrail
      .on(ListPublicKeysCommand)
      .rejectsOnce(denied)
      .resolves({ PublicKeyList: [key] });
    const { trails, clock } = service();
    const unread = {
      state: 'unread',
      detail: 'ListPublicKeys in eu-west-1: AccessDeniedException: not authorized',
    };
    expect(await trails.publicKeys('eu-west-1', ...DAY)).toEqual(unread);
    expect(await trails.publicKeys('eu-west-1', ...DAY)).toEqual(unread);
    clock.ms = NOW + 60_000;
    expect(await trails.publicKeys('eu-west-1', ...DAY)).toMatchObject({ state: 'known' });
  });
});

describe('what a trail does', () => {
  const trailOf = (account: string, changes: Partial<Trail> = {}): Trail => ({
    Name: 'main',
    HomeRegion: 'eu-central-1',
    TrailARN: `arn:aws:cloudtrail:eu-central-1:${account}:trail/${changes.Name ?? 'main'}`,
    IsOrganizationTrail: false,
    LogFileValidationEnabled: true,
    S3BucketName: 'logs',
    ...changes,
  });
  const status = {
    IsLogging: true,
    StartLoggingTime: new Date('2026-01-01T00:00:00Z'),
    StopLoggingTime: new Date('2025-12-31T00:00:00Z'),
    LatestDigestDeliveryTime: new Date('2026-01-31T09:00:00Z'),
    LatestDigestDeliveryError: '',
  };
  const described = { exists: true, validationEnabled: true, bucket: 'logs' };
  const logging = {
    isLogging: true,
    startedAt: '2026-01-01T00:00:00.000Z',
    stoppedAt: '2025-12-31T00:00:00.000Z',
  };
  const list = (...trailList: Trail[]) => cloudtrail.on(DescribeTrailsCommand).resolves({ trailList });
  beforeEach(() => cloudtrail.on(GetTrailStatusCommand).resolves(status));

  test("is asked in the trail's home, and in the chain's Region", async () => {
    list(trailOf(OWN, { Name: 'other' }), trailOf(OWN));
    const { trails, reasons } = service();
    expect(await trails.trailState(chain)).toEqual({
      ...described,
      ...logging,
      latestDigestDeliveryTime: '2026-01-31T09:00:00.000Z',
    });
    expect(reasons).toEqual([]);
    expect(await regionsOf(cloudtrail.commandCalls(DescribeTrailsCommand))).toEqual(['eu-central-1']);
    const calls = cloudtrail.commandCalls(GetTrailStatusCommand);
    expect(await regionsOf(calls)).toEqual(['eu-west-1']);
    expect(calls[0]?.args[0].input).toEqual({ Name: trailOf(OWN).TrailARN });
  });

  test('includes why digests are not delivered', async () => {
    list(trailOf(OWN));
    cloudtrail
      .on(GetTrailStatusCommand)
      .resolves({ IsLogging: false, LatestDigestDeliveryError: 'AccessDenied' });
    expect(await service().trails.trailState(chain)).toEqual({
      ...described,
      isLogging: false,
      latestDigestDeliveryError: 'AccessDenied',
    });
  });

  test('is asked for once a minute, for all chains', async () => {
    list(trailOf(OWN));
    const { trails, clock } = service();
    await Promise.all([trails.trailState(chain), trails.trailState({ ...chain, region: 'us-east-1' })]);
    await trails.trailState(chain);
    const counts = () =>
      [DescribeTrailsCommand, GetTrailStatusCommand].map(
        (command) => cloudtrail.commandCalls(command as typeof DescribeTrailsCommand).length,
      );
    expect(counts()).toEqual([1, 2]);
    clock.ms = NOW + 60_000;
    await trails.trailState(chain);
    expect(counts()).toEqual([2, 3]);
  });

  test.each<[string, Trail[]]>([
    ['no trail', []],
    ['one of another name', [trailOf(OWN, { Name: 'other' })]],
    ['one of the same name at home elsewhere', [trailOf(OWN, { HomeRegion: 'us-east-1' })]],
  ])('is nothing when the account has %s', async (_, trails) => {
    list(...trails);
    expect(await service().trails.trailState(chain)).toEqual({ exists: false });
  });

  test.each<[string, object, Trail[]]>([
    ['the credentials name', { accountId: OWN }, []],
    ['another trail names', {}, [trailOf(OWN, { Name: 'other' })]],
  ])(
    'is nothing when the account that %s has no such trail',
    async (_, { accountId }: { accountId?: string }, trails) => {
      if (accountId) process.env['AWS_ACCOUNT_ID'] = accountId;
      list(...trails);
      expect(await service({}).trails.trailState(chain)).toEqual({ exists: false });
    },
  );

  test.each<[string, string | undefined, Trail[]]>([
    ['is another', '444455556666', [trailOf('444455556666')]],
    ['is unknown', undefined, []],
    [
      'is unknown, but for a trail of its organization',
      undefined,
      [trailOf(OWN, { Name: 'o', IsOrganizationTrail: true })],
    ],
  ])('is not known when the account that asks %s', async (_, account, trails) => {
    list(...trails);
    const { trails: asked, reasons } = service(account === undefined ? {} : { account });
    expect(await asked.trailState(chain)).toBeUndefined();
    expect(reasons).toEqual([
      'DescribeTrails in eu-central-1: only account 111122223333 itself sees whether it has main',
    ]);
  });

  test('of an organization is known of its members, but not when digests came for them', async () => {
    list(trailOf('444455556666', { IsOrganizationTrail: true }));
    const { trails } = service({ account: '444455556666' });
    expect(await trails.trailState(chain)).toEqual({ ...described, ...logging });
    expect(await trails.trailState({ ...chain, account: '444455556666' })).toMatchObject({
      latestDigestDeliveryTime: '2026-01-31T09:00:00.000Z',
    });
  });

  test("is that of the account's own trail, where the organization has one of the same name", async () => {
    list(trailOf('444455556666', { IsOrganizationTrail: true, S3BucketName: 'org' }), trailOf(OWN));
    expect(await service().trails.trailState(chain)).toMatchObject({ bucket: 'logs' });
  });

  test('is not known to who may not ask', async () => {
    cloudtrail.on(DescribeTrailsCommand).rejects(denied);
    const { trails, reasons } = service();
    expect(await trails.trailState(chain)).toBeUndefined();
    expect(reasons).toEqual(['DescribeTrails in eu-central-1: AccessDeniedException: not authorized']);
  });

  test('is known in part to who may not ask for its status', async () => {
    list(trailOf(OWN));
    cloudtrail.on(GetTrailStatusCommand).rejects(denied);
    const { trails, reasons } = service();
    expect(await trails.trailState(chain)).toEqual(described);
    expect(reasons).toEqual(['GetTrailStatus of main in eu-west-1: AccessDeniedException: not authorized']);
  });
});

describe('the settings of a trail', () => {
  const trail: Trail = {
    Name: 'main',
    HomeRegion: 'eu-central-1',
    TrailARN: `arn:aws:cloudtrail:eu-central-1:${OWN}:trail/main`,
    S3BucketName: 'logs',
    LogFileValidationEnabled: true,
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    IsOrganizationTrail: false,
  };
  const basic = {
    EventSelectors: [
      {
        ReadWriteType: 'WriteOnly' as const,
        IncludeManagementEvents: true,
        ExcludeManagementEventSources: ['kms.amazonaws.com'],
      },
    ],
  };
  const told = {
    isLogging: true,
    startedAt: '2026-01-01T00:00:00.000Z',
    validationEnabled: true,
    isMultiRegion: true,
    homeRegion: 'eu-central-1',
    isOrganization: false,
    includesGlobalServices: true,
    bucket: 'logs',
    selectors: {
      kind: 'basic',
      selectors: [
        {
          readWriteType: 'WriteOnly',
          includeManagementEvents: true,
          excludeManagementEventSources: ['kms.amazonaws.com'],
        },
      ],
    },
  };

  beforeEach(() => {
    cloudtrail.on(DescribeTrailsCommand).resolves({ trailList: [trail] });
    cloudtrail
      .on(GetTrailStatusCommand)
      .resolves({ IsLogging: true, StartLoggingTime: new Date('2026-01-01'), LatestDeliveryError: '' });
    cloudtrail.on(GetEventSelectorsCommand).resolves(basic);
  });

  test('are what it is described by, its state, and its selectors, asked for at home', async () => {
    expect(await service().trails.trailSettings(chain)).toEqual(told);
    expect(await regionsOf(cloudtrail.commandCalls(GetEventSelectorsCommand))).toEqual(['eu-central-1']);
    expect(cloudtrail.commandCalls(GetEventSelectorsCommand)[0]?.args[0].input).toEqual({
      TrailName: trail.TrailARN,
    });
  });

  test('may have selectors of the other kind, and an error of delivery', async () => {
    cloudtrail.on(GetTrailStatusCommand).resolves({ IsLogging: true, LatestDeliveryError: 'AccessDenied' });
    cloudtrail.on(GetEventSelectorsCommand).resolves({
      EventSelectors: [],
      AdvancedEventSelectors: [
        {
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Management'] },
            { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
          ],
        },
      ],
    });
    expect(await service().trails.trailSettings(chain)).toMatchObject({
      latestDeliveryError: 'AccessDenied',
      selectors: {
        kind: 'advanced',
        selectors: [
          {
            fieldSelectors: [
              { field: 'eventCategory', equals: ['Management'] },
              { field: 'eventSource', notEquals: ['kms.amazonaws.com'] },
            ],
          },
        ],
      },
    });
  });

  test('of a trail that is gone: it logs nothing', async () => {
    cloudtrail.on(DescribeTrailsCommand).resolves({ trailList: [] });
    expect(await service().trails.trailSettings(chain)).toMatchObject({
      isLogging: false,
      validationEnabled: false,
      homeRegion: 'eu-central-1',
    });
  });

  test('without its selectors are told without them, and why', async () => {
    cloudtrail.on(GetEventSelectorsCommand).rejects(denied);
    const { trails, reasons } = service();
    const { selectors: _, ...others } = told;
    expect(await trails.trailSettings(chain)).toEqual(others);
    expect(reasons).toEqual([
      'GetEventSelectors of main in eu-central-1: AccessDeniedException: not authorized',
    ]);
  });

  test.each([
    ['its state', () => cloudtrail.on(GetTrailStatusCommand).rejects(denied)],
    ['the trail itself', () => cloudtrail.on(DescribeTrailsCommand).rejects(denied)],
  ])('are not known when %s can not be read: half of it would look like a change', async (_, deny) => {
    deny();
    expect(await service().trails.trailSettings(chain)).toBeUndefined();
  });
});
