import fc from 'fast-check';
import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import { type AbsenceFacts, CONCLUDED_AFTER_MS, judgeAbsence } from '../../../../shared/proof/seal/absence';
import type { WatchedChain, WatchedDigest } from '../../../../shared/proof/seal/chain-outlook';
import type { TrailSettings } from '../../../../shared/proof/seal/trail-settings';
import { DAY, HOUR, isoTime, MINUTE } from '../../../../shared/proof/trail/chain-times';
import { ACCOUNT, REGION } from '../../../support/local-aws';
import { realCall, textOf } from './real-records';
import { basic, settings as sampleSettings } from './sample-settings';

const EVENT = '2026-01-31T09:10:00.000Z';
const at = (ms: number) => isoTime(Date.parse(EVENT) + ms);
const LATER = at(CONCLUDED_AFTER_MS);

/** A real call, put into our account, Region and time. */
const real = realCall('PutBucketPolicy');
const record: JsonObject = {
  ...real,
  userIdentity: { ...(real['userIdentity'] as JsonObject), accountId: ACCOUNT },
  recipientAccountId: ACCOUNT,
  awsRegion: REGION,
  eventTime: EVENT,
};
const with_ = (parts: JsonObject): JsonObject => ({ ...record, ...parts });

const settings = (parts: Partial<TrailSettings> = {}) => sampleSettings({ homeRegion: REGION, ...parts });
const whole = { listed: 2, scanned: 2, invalid: 0, missing: 0, unverifiable: 0 };
const digest = (hour: number, parts: Partial<WatchedDigest> = {}): WatchedDigest => ({
  start: at(hour * HOUR - 10 * MINUTE),
  end: at((hour + 1) * HOUR - 10 * MINUTE),
  backfill: false,
  status: 'valid',
  logs: whole,
  ...parts,
});
const hours = Array.from({ length: 25 }, (_, hour) => hour);
const digests = hours.map((hour) => digest(hour));
const backfill = (parts: Partial<WatchedDigest> = {}) => digest(3, { backfill: true, ...parts });
/** The digests of that time, of which one is another. */
const but = (hour: number, parts: Partial<WatchedDigest>) =>
  digests.map((one, index) => (index === hour ? { ...one, ...parts } : one));

const chain = (parts: Partial<WatchedChain> = {}, trail = 'audit'): WatchedChain => ({
  chain: { account: ACCOUNT, region: REGION, homeRegion: REGION, trail },
  settings: [settings()],
  digests,
  changed: false,
  deliveryErrors: [],
  ...parts,
});
const facts = (parts: Partial<AbsenceFacts> = {}): AbsenceFacts => ({
  record,
  account: ACCOUNT,
  eventTime: EVENT,
  origin: 'aws',
  chains: [chain()],
  lookup: 'returned',
  ...parts,
});
const of = (...chains: WatchedChain[]) => facts({ chains });
const set = (...states: TrailSettings[]) => of(chain({ settings: states }));
const files = (parts: Partial<WatchedChain>) => of(chain(parts));

test('when everything is there and whole, and CloudTrail knows the call, its absence is a contradiction', () => {
  expect(judgeAbsence(facts(), LATER)).toEqual({
    state: 'contradicted',
    reason: 'not-logged',
    says: `no log file of trail audit of ${REGION} from 2026-01-31T09:10:00Z to 2026-02-01T09:10:00Z holds this call, and all of them are whole, although CloudTrail's event history has it`,
    at: LATER,
  });
});

test('until a day after the call and until digests have come, nothing is concluded', () => {
  const { state, says } = judgeAbsence(facts(), at(CONCLUDED_AFTER_MS - 1000));
  expect([state, says]).toEqual([
    'pending',
    'no log file holds this record yet; it may come until 2026-02-01T12:10:00Z',
  ]);
  expect(judgeAbsence(of(), at(-HOUR)).state).toBe('pending');
  expect(judgeAbsence(facts({ eventTime: 'when?' }), LATER).state).toBe('pending');
});

const before = { observedTo: at(-HOUR) };
const inBetween = at(5 * HOUR);

test.each<[string, AbsenceFacts, string]>([
  ['no chain', of(), 'not-watched'],
  ['another account', of(chain({ chain: { ...chain().chain, account: '444455556666' } })), 'not-watched'],
  ['another Region', of(chain({ chain: { ...chain().chain, region: 'ap-south-1' } })), 'not-watched'],
  ['a trail that was not logging', set(settings({ isLogging: false })), 'not-watched'],
  ['a trail without validation', set(settings({ validationEnabled: false })), 'not-watched'],
  [
    'a trail that was found stopped later, since before',
    set(settings({ isLogging: false, stoppedAt: at(-HOUR), observedFrom: at(HOUR) })),
    'not-watched',
  ],

  ['writes are left out', set(settings({ selectors: basic({ readWriteType: 'ReadOnly' }) })), 'not-selected'],
  [
    'the source is left out',
    set(settings({ selectors: basic({ excludeManagementEventSources: [textOf(record, 'eventSource')] }) })),
    'not-selected',
  ],
  [
    'left out by one trail, while another was off',
    of(
      chain({ settings: [settings({ isLogging: false })] }, 'off'),
      chain({ settings: [settings({ selectors: basic({ includeManagementEvents: false }) })] }),
    ),
    'not-selected',
  ],
  ['another home Region', set(settings({ isMultiRegion: false, homeRegion: 'ap-south-1' })), 'not-selected'],
  ['settings that were never seen', set(), 'not-selected'],
  ['settings seen only before', set(settings(before)), 'not-selected'],
  ['settings seen until in between', set(settings({ observedTo: inBetween })), 'not-selected'],
  [
    'settings seen in two pieces',
    set(settings({ observedTo: inBetween }), settings({ observedFrom: inBetween })),
    'not-selected',
  ],
  ['settings as old as the call', set(settings({ observedFrom: EVENT })), 'not-selected'],
  ['logging since a moment before the call', set(settings({ startedAt: at(-MINUTE) })), 'not-selected'],
  ['settings that were changed', files({ changed: true }), 'not-selected'],
  [
    'a trail stopped an hour later, whose files are whole',
    set(
      settings({ observedTo: at(HOUR) }),
      settings({ isLogging: false, stoppedAt: at(HOUR), observedFrom: at(HOUR) }),
    ),
    'not-selected',
  ],
  [
    'a trail found stopped in between, by one of two who asked',
    set(settings(), settings({ isLogging: false, stoppedAt: at(HOUR), observedFrom: at(HOUR) })),
    'not-selected',
  ],
  [
    'a data event',
    facts({ record: with_({ managementEvent: false, eventCategory: 'Data' }) }),
    'not-selected',
  ],

  ['a digest that is altered', files({ digests: but(5, { status: 'invalid' }) }), 'log-altered'],
  ['a digest that is gone', files({ digests: but(5, { status: 'missing' }) }), 'log-altered'],
  ['a digest whose signature is gone', files({ digests: but(5, { status: 'unsigned' }) }), 'log-altered'],
  [
    'a log file that is altered',
    files({ digests: but(24, { logs: { ...whole, scanned: 1, invalid: 1 } }) }),
    'log-altered',
  ],
  [
    'a log file that is gone',
    files({ digests: but(0, { logs: { ...whole, scanned: 1, missing: 1 } }) }),
    'log-altered',
  ],
  [
    'a backfill that is altered',
    files({ digests: [...digests, backfill({ status: 'invalid' })] }),
    'log-altered',
  ],
  [
    'altered files of one of two chains',
    of(chain(), chain({ digests: but(1, { status: 'invalid' }) }, 'b')),
    'log-altered',
  ],
  [
    'altered files, and others that are late',
    files({
      digests: but(1, { status: 'invalid' }).slice(0, 9),
    }),
    'log-altered',
  ],
  [
    'altered files of a trail that was stopped afterwards',
    of(
      chain({
        digests: but(0, { logs: { ...whole, scanned: 1, invalid: 1 } }).slice(0, 2),
        settings: [
          settings({ observedTo: at(HOUR) }),
          settings({ isLogging: false, stoppedAt: at(HOUR), observedFrom: at(HOUR) }),
        ],
        changed: true,
      }),
    ),
    'log-altered',
  ],

  ['no digests', files({ digests: [] }), 'late'],
  ['a digest that did not come', files({ digests: digests.filter((_, hour) => hour !== 7) }), 'late'],
  ['the last one did not come', files({ digests: digests.slice(0, -1) }), 'late'],
  ['the first one did not come', files({ digests: digests.slice(1) }), 'late'],
  [
    'a backfill for one that did not come',
    files({
      digests: [...digests.filter((_, hour) => hour !== 3), backfill()],
    }),
    'late',
  ],
  ['a digest of which no key is known', files({ digests: but(2, { status: 'unknown-key' }) }), 'late'],
  ['a digest that could not be read', files({ digests: but(2, { status: 'unverifiable' }) }), 'late'],
  [
    'a log file that could not be read',
    files({ digests: but(2, { logs: { ...whole, scanned: 1, unverifiable: 1 } }) }),
    'late',
  ],
  ['a log file that was not scanned', files({ digests: but(2, { logs: { ...whole, scanned: 1 } }) }), 'late'],
  [
    'a backfill that was not scanned',
    files({ digests: [...digests, backfill({ logs: { ...whole, scanned: 0 } })] }),
    'late',
  ],
  ['a digest of which no time can be read', files({ digests: but(2, { end: 'then' }) }), 'late'],
  ['errors of delivery', files({ deliveryErrors: ['AccessDenied'] }), 'late'],
  [
    'an error of delivery that the trail still told of',
    set(settings({ latestDeliveryError: 'AccessDenied' })),
    'late',
  ],
  ['another chain that is late', of(chain(), chain({ digests: [] }, 'b')), 'late'],

  ['an event history without it', facts({ lookup: 'not-returned' }), 'no-witness'],
  ['an event history that was not asked', facts({ lookup: 'not-asked' }), 'no-witness'],
  ['an event that an operator sent', facts({ origin: 'operator' }), 'no-witness'],
  [
    'a copy for another account',
    facts({ record: with_({ recipientAccountId: '444455556666' }) }),
    'no-witness',
  ],
  [
    'our copy of the call of another account',
    facts({
      record: with_({ userIdentity: { type: 'AWSAccount', accountId: '444455556666' } }),
    }),
    'no-witness',
  ],
  [
    'a call that several accounts have copies of',
    facts({ record: with_({ sharedEventID: 'x' }) }),
    'no-witness',
  ],
  [
    'a record that names no account',
    facts({
      record: with_({ recipientAccountId: null, userIdentity: { type: 'AWSService' } }),
    }),
    'no-witness',
  ],
])('missing: %s', (_name, sample, reason) => {
  const proof = judgeAbsence(sample, LATER);
  expect(proof).toEqual({ state: 'missing', reason, says: expect.any(String), at: LATER });
  if (sample.chains.length === 1 && reason !== 'not-watched')
    expect(proof.says).toContain(`trail audit of ${REGION}`);
});

test.each<[string, AbsenceFacts]>([
  ['backfills that are whole', files({ digests: [...digests, backfill()] })],
  ['digests that overlap, in any order', files({ digests: [...digests, digest(4.5), ...digests].reverse() })],
  ['an altered digest of before', files({ digests: [digest(-1, { status: 'invalid' }), ...digests] })],
  [
    'a digest that is not read yet, of after',
    files({ digests: [...digests, digest(26, { status: 'unverifiable' })] }),
  ],
  [
    'altered files of a trail that leaves the call out',
    of(
      chain(),
      chain({ settings: [settings({ selectors: basic({ readWriteType: 'ReadOnly' }) })], digests: [] }, 'b'),
    ),
  ],
  [
    'a delivery error of long before',
    set(
      settings({ latestDeliveryError: 'AccessDenied', observedFrom: at(-9 * DAY), observedTo: at(-8 * DAY) }),
      settings({ observedFrom: at(-8 * DAY) }),
    ),
  ],
  ['a record without a recipient', facts({ record: with_({ recipientAccountId: null }) })],
])('contradicted: %s', (_name, sample) => {
  expect(judgeAbsence(sample, LATER).state).toBe('contradicted');
});

const anySettings: fc.Arbitrary<TrailSettings> = fc
  .record({
    isLogging: often(true, false),
    validationEnabled: often(true, false),
    readWriteType: often('All', 'WriteOnly', 'ReadOnly'),
    startedAt: often(undefined, at(-DAY), at(-MINUTE), at(2 * HOUR)),
    stoppedAt: often(undefined, at(-DAY), at(2 * HOUR)),
    latestDeliveryError: often(undefined, '', 'AccessDenied'),
    observedFrom: often(at(-DAY), at(-8 * DAY), at(0), at(2 * HOUR), at(30 * HOUR)),
    observedTo: often(at(27 * HOUR), at(24 * HOUR), at(-2 * DAY), at(6 * HOUR)),
    isMultiRegion: often(true, false),
    homeRegion: often(REGION, 'ap-south-1'),
  })
  .map(({ readWriteType, startedAt, stoppedAt, latestDeliveryError, ...parts }) => {
    const { startedAt: _, ...base } = settings({ ...parts, selectors: basic({ readWriteType }) });
    return {
      ...base,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(latestDeliveryError === undefined ? {} : { latestDeliveryError }),
    };
  });

/** The first of these most of the time: else nothing would ever fit together. */
function often<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight: 30 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  );
}

const anyDigest = (hour: number): fc.Arbitrary<WatchedDigest> =>
  fc
    .record({
      status: rarely<WatchedDigest['status']>('valid', 'invalid', 'missing', 'unverifiable', 'unknown-key'),
      logs: rarely<WatchedDigest['logs']>(
        whole,
        { ...whole, scanned: 1 },
        { ...whole, scanned: 1, missing: 1 },
        { ...whole, scanned: 1, unverifiable: 1 },
        { ...whole, invalid: 1 },
      ),
    })
    .map((parts) => digest(hour, parts));
function rarely<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight: 300 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  );
}

const anyChain: fc.Arbitrary<WatchedChain> = fc
  .record({
    trail: fc.constantFrom('audit', 'security'),
    account: often(ACCOUNT, '444455556666'),
    region: often(REGION, 'ap-south-1'),
    settings: fc.array(anySettings, { minLength: 1, maxLength: 2 }),
    digests: fc.tuple(...[-1, ...hours, 25].map(anyDigest)),
    without: often(-9, 0, 1, 2, 13, 25, 26),
    backfills: fc.array(anyDigest(3), { maxLength: 1 }),
    changed: often(false, true),
    deliveryErrors: often<string[]>([], ['AccessDenied']),
  })
  .map(({ trail, account, region, without, backfills, ...parts }) => ({
    ...parts,
    chain: { account, region, homeRegion: REGION, trail },
    digests: [
      ...parts.digests.filter((_, index) => index !== without),
      ...backfills.map((one) => ({ ...one, backfill: true })),
    ],
  }));

const anyFacts: fc.Arbitrary<AbsenceFacts> = fc
  .record({
    origin: often<AbsenceFacts['origin']>('aws', 'operator'),
    lookup: often<AbsenceFacts['lookup']>('returned', 'not-returned', 'not-asked'),
    chains: fc.uniqueArray(anyChain, {
      minLength: 1,
      maxLength: 2,
      selector: ({ chain: { trail } }) => trail,
    }),
    recipientAccountId: often<string | null>(ACCOUNT, null, '444455556666'),
    caller: often<string | null>(ACCOUNT, null, '444455556666'),
    sharedEventID: often<string | null>(null, 'shared'),
    managementEvent: often(true, false),
  })
  .map(({ origin, lookup, chains, caller, ...parts }) =>
    facts({ origin, lookup, chains, record: with_({ ...parts, userIdentity: { accountId: caller } }) }),
  );

/** Written down from the promise, one condition after the other. */
function mayContradict({ record: call, origin, lookup, chains }: AbsenceFacts, now: string): boolean {
  const hour = (time: string) => (Date.parse(time) - Date.parse(EVENT)) / HOUR;
  if (hour(now) < 27) return false;
  if (origin !== 'aws' || lookup !== 'returned' || call['managementEvent'] !== true) return false;
  if (call['sharedEventID'] !== null) return false;
  const accounts = [call['recipientAccountId'], (call['userIdentity'] as JsonObject)['accountId']];
  if (accounts.some((account) => account !== null && account !== ACCOUNT)) return false;
  if (accounts.every((account) => account === null)) return false;

  const here = chains.filter((one) => one.chain.account === ACCOUNT && one.chain.region === REGION);
  const seen = (one: WatchedChain) =>
    one.settings.filter((state) => hour(state.observedFrom) <= 24 && hour(state.observedTo) >= 0);
  const isSelecting = (state: TrailSettings) =>
    JSON.stringify(state.selectors).includes('ReadOnly') === false &&
    (state.isMultiRegion || state.homeRegion === REGION);
  const wasToLog = (one: WatchedChain) =>
    !one.changed &&
    seen(one).every((state) => state.isLogging && state.validationEnabled && isSelecting(state)) &&
    seen(one).some(
      (state) =>
        hour(state.observedFrom) <= -0.25 &&
        hour(state.observedTo) >= 24 &&
        (state.startedAt === undefined || hour(state.startedAt) <= -0.25),
    );
  const isWhole = (one: WatchedChain) => {
    const asked = one.digests.filter((d) => d.backfill || (hour(d.end) > 0 && hour(d.start) < 24));
    const told = asked.filter((d) => !d.backfill).map((d) => [hour(d.start) * 60, hour(d.end) * 60] as const);
    const isTold = (minute: number) => told.some(([from, to]) => from < minute && minute < to);
    return (
      asked.every(({ status, logs }) => status === 'valid' && logs.scanned === 2 && logs.listed === 2) &&
      asked.every(({ logs }) => logs.invalid + logs.missing + logs.unverifiable === 0) &&
      Array.from({ length: 144 }, (_, tenth) => tenth * 10 + 5).every(isTold) &&
      one.deliveryErrors.length === 0 &&
      one.settings.every(
        (state) => !state.latestDeliveryError || hour(state.observedFrom) > 25 || hour(state.observedTo) < 0,
      )
    );
  };
  const wasOff = (one: WatchedChain) =>
    seen(one).some((state) =>
      hour(state.observedFrom) <= 0
        ? !state.isLogging || !state.validationEnabled
        : !state.isLogging && state.stoppedAt !== undefined && hour(state.stoppedAt) <= 0,
    );
  const leavesOut = (one: WatchedChain) =>
    seen(one).length > 0 && seen(one).every((state) => !isSelecting(state));
  const mayHold = here.filter((one) => !wasOff(one) && !leavesOut(one));
  return mayHold.some(wasToLog) && mayHold.every(isWhole);
}

test('it is a contradiction exactly when every condition of the promise holds', () => {
  const counted = { contradicted: 0, otherwise: 0 };
  fc.assert(
    fc.property(anyFacts, often(LATER, at(26 * HOUR), at(40 * HOUR)), (sample, now) => {
      const { state } = judgeAbsence(sample, now);
      counted[state === 'contradicted' ? 'contradicted' : 'otherwise'] += 1;
      expect(state === 'contradicted').toBe(mayContradict(sample, now));
    }),
    { numRuns: 2000 },
  );
  // Neither is rare: the property would say little.
  expect(Math.min(counted.contradicted, counted.otherwise)).toBeGreaterThan(100);
});

test('the order of chains, settings and digests is of no matter', () => {
  fc.assert(
    fc.property(anyFacts, (sample) => {
      const turned = sample.chains.map((one) => ({
        ...one,
        settings: [...one.settings].reverse(),
        digests: [...one.digests].reverse(),
      }));
      const again = { ...sample, chains: turned.reverse() };
      expect(judgeAbsence(again, LATER)).toEqual(judgeAbsence(sample, LATER));
    }),
  );
});
