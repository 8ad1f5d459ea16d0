import fc from 'fast-check';
import { VirtualClock } from '../../cli/replay/clock';
import { Faults } from '../../cli/replay/faults';
import { MemoryAws } from '../../cli/replay/memory-aws';
import { type Delivery, type Run, simulate } from '../../cli/replay/simulation';
import { inItsSession, usesOfStarted } from '../../functions/detect-activity/root-uses';
import type { RootUse } from '../../shared/aws/activity-table';
import { parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { DAY, HOME, iso, MINUTE, START, scenarioOf } from '../cli/replay/stories';
import { activityEvent } from '../support/activity-events';
import { ACCOUNT } from '../support/local-aws';

const START_TIME = iso(START);
const MANAGER = `arn:aws:sts::${ACCOUNT}:assumed-role/engineer/alice`;
const root = {
  type: 'Root',
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAROOT',
};
const byRoot = (eventID: string, eventName: string, parts: object = {}) =>
  activityEvent({
    eventSource: 's3.amazonaws.com',
    eventName,
    eventID,
    userIdentity: root,
    eventTime: '2026-01-31T09:01:00Z',
    requestParameters: { bucketName: 'locked' },
    ...parts,
  });
const assumed = (eventID: string, parts: object = {}) =>
  activityEvent({
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoot',
    eventID,
    requestParameters: {
      targetPrincipal: ACCOUNT,
      taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
    },
    responseElements: { credentials: { accessKeyId: 'ASIAROOT' } },
    ...parts,
  });

const started = assumed('started');
const unlocked = byRoot('unlocked', 'DeleteBucketPolicy');
/** Its text alone fills what a history keeps of one. */
const longNamed = byRoot('long-named', 'PutBucketPolicy', {
  eventTime: '2026-01-31T09:02:00Z',
  requestParameters: { bucketName: 'b'.repeat(900) },
});
const story = [
  started,
  // The member account's copy of the record doesn't name who.
  assumed('copy', { userIdentity: { type: 'AWSAccount', accountId: '999999999999' } }),
  unlocked,
  longNamed,
  byRoot('looked', 'GetBucketPolicy', { eventTime: '2026-01-31T09:03:00Z', readOnly: true }),
  byRoot('elsewhere', 'DeleteBucketPolicy', { userIdentity: { ...root, accessKeyId: 'ASIAOTHER' } }),
];

/** Delivers events one after the other, or with no time between. */
const played = (events: readonly unknown[], gap = MINUTE, seed = 1): Promise<Run> =>
  simulate(
    scenarioOf(
      events.map((event, index): Delivery => ({ at: START + index * gap, event })),
      { until: START + 30 * DAY, seed },
    ),
  );

const memoryAws = () =>
  new MemoryAws({
    clock: new VirtualClock(START),
    faults: new Faults({}, () => 0, 0),
    latency: () => 0,
    home: HOME,
    itemCapturedAt: () => undefined,
  });

const summary = ({ control, severity, judgement }: Finding) => ({
  control,
  severity,
  eventID: judgement?.activity?.eventID,
  by: judgement?.activity?.actor.onBehalfOf,
});

test('uses of a session are told as such, whichever record comes last', async () => {
  for (const events of [
    [started, unlocked],
    [unlocked, started],
  ]) {
    expect((await played(events)).findings.map(summary)).toEqual([
      { control: 'activity-root-usage', severity: 'medium', eventID: 'unlocked', by: MANAGER },
      // What was done is what it is; only that it was done by root is explained.
      { control: 'activity-s3-bucket-policy-change', severity: 'medium', eventID: 'unlocked', by: MANAGER },
    ]);
  }
});

test('people who were told of a use hear who started the session', async () => {
  const { alerts } = await played([unlocked, started]);
  const told = alerts.map(({ alert }) => alert).filter(({ control }) => control.id === 'activity-root-usage');
  const [first, last] = [told.at(0), told.at(-1)];
  expect([first?.messageType, first?.severity]).toEqual(['Opened', 'critical']);
  expect([last?.messageType, last?.severity]).toEqual(['Updated', 'medium']);
  expect(last?.summary).toContain(`that ${MANAGER} started by AssumeRoot`);
});

test('a session of another account, and one that an operator made up, explain nothing', async () => {
  for (const other of [
    assumed('other', { requestParameters: { targetPrincipal: '111122223333' } }),
    { ...started, trailseal: { origin: 'operator' } },
  ]) {
    for (const events of [
      [unlocked, other],
      [other, unlocked],
    ]) {
      const { findings } = await played(events);
      const used = findings.find(({ judgement }) => judgement?.activity?.eventID === 'unlocked');
      expect(used && summary(used)).toMatchObject({ severity: 'critical', by: undefined });
    }
  }
});

test('any order, repetition and overlap of a session’s records ends with the same findings', async () => {
  const { findings } = await played(story);
  const shuffled = fc.shuffledSubarray([...story, ...story, ...story], {
    minLength: story.length * 3,
    maxLength: story.length * 3,
  });
  await fc.assert(
    fc.asyncProperty(
      shuffled,
      fc.integer({ min: 1, max: story.length * 2 }),
      fc.constantFrom(0, 3, 40, MINUTE),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      async (thrice, extra, gap, seed) => {
        // Each at least once: what the cut left out comes at the end.
        const cut = thrice.slice(0, extra);
        const run = await played([...cut, ...story.filter((event) => !cut.includes(event))], gap, seed);
        expect({ findings: run.findings, deadLetters: run.deadLetters }).toEqual({
          findings,
          deadLetters: [],
        });
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

test('a use and the start of its session that are handled at once find each other, whoever waits for what', async () => {
  const found: RootUse = {
    subject: {
      control: 'activity-root-usage',
      severity: 'critical',
      accountId: ACCOUNT,
      region: 'eu-central-1',
      resourceType: 'AWS::::Account',
      resourceId: ACCOUNT,
    },
    judgement: {
      observedAt: START_TIME,
      configurationStateId: '1',
      policyVersion: `${START_TIME}.0`,
      compliance: 'NON_COMPLIANT',
      annotation: 'root was used',
      because: [],
      change: { state: 'none', properties: [], otherPaths: [] },
    },
  };
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { activity } = memoryAws().as((_call, effect) =>
        scheduler.schedule(Promise.resolve()).then(effect),
      );
      const both = Promise.all([
        inItsSession(parseCloudTrailRecord(unlocked.detail), found, activity),
        usesOfStarted(parseCloudTrailRecord(started.detail), activity),
      ]);
      const [use, late] = await scheduler.waitFor(both);
      expect([use, ...late].map(({ subject }) => subject.severity)).toContain('medium');
    }),
  );
});
