import {
  type CloudTrailRecord,
  parseCloudTrailRecord,
} from '../../../../shared/contracts/aws/cloudtrail-record';
import { type ChangedItem, joinActors, joinWindow } from '../../../../shared/proof/activity/join';
import { labelledActivity } from './labelled-activity';

const ACCOUNT = '111122223333';
const item: ChangedItem = {
  account: ACCOUNT,
  region: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-1`,
  capturedAt: '2026-01-31T09:00:00.000Z',
  previousCapturedAt: '2026-01-31T08:00:00.000Z',
  changedPaths: ['configuration.ipPermissions.0'],
};

let count = 0;
const call = (eventName: string, parts: Record<string, unknown> = {}): CloudTrailRecord => {
  count += 1;
  return parseCloudTrailRecord({
    eventID: `e-${count}`,
    eventName,
    eventSource: 'ec2.amazonaws.com',
    eventTime: '2026-01-31T08:59:00Z',
    awsRegion: 'eu-west-1',
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'IAMUser', userName: 'alice', accountId: ACCOUNT },
    requestParameters: { groupId: 'sg-1' },
    readOnly: false,
    managementEvent: true,
    ...parts,
  });
};
const open = (parts: Record<string, unknown> = {}) => call('AuthorizeSecurityGroupIngress', parts);
const link = (events: CloudTrailRecord[], parts: Partial<ChangedItem> = {}) =>
  joinActors({ item: { ...item, ...parts }, events });
const said = (events: CloudTrailRecord[], parts: Partial<ChangedItem> = {}) => {
  const { state, candidates } = link(events, parts);
  return [state, ...candidates.map(({ eventName }) => eventName)];
};

const OPEN = 'AuthorizeSecurityGroupIngress';

test('one call that explains the change is named, with who made it', () => {
  const { state, candidates } = link([open({ eventID: 'e-x' })]);
  expect(state).toBe('named');
  expect(candidates).toEqual([
    {
      eventID: 'e-x',
      eventTime: '2026-01-31T08:59:00.000Z',
      eventName: OPEN,
      actor: expect.objectContaining({ type: 'iam-user', userName: 'alice' }),
    },
  ]);
});

test('several are candidates in the order of their times', () => {
  const events = [
    call('RevokeSecurityGroupIngress', { eventTime: '2026-01-31T08:58:00Z' }),
    open({ eventTime: '2026-01-31T08:30:00Z' }),
  ];
  expect(said(events)).toEqual(['candidates', OPEN, 'RevokeSecurityGroupIngress']);
});

test.each<[string, CloudTrailRecord]>([
  ['no call', call('DescribeSecurityGroups', { readOnly: true })],
  ['a call that failed', open({ errorCode: 'Client.UnauthorizedOperation' })],
  ['a dry run', open({ errorCode: 'Client.DryRunOperation' })],
  ['another account', open({ recipientAccountId: '444455556666' })],
  ['another Region', open({ awsRegion: 'us-east-1' })],
  ['another resource', open({ requestParameters: { groupId: 'sg-2' } })],
  [
    'the same id in an ARN of another account',
    open({ requestParameters: { groupId: 'arn:aws:ec2:eu-west-1:444455556666:security-group/sg-1' } }),
  ],
  ['another service', open({ eventSource: 'rds.amazonaws.com' })],
  ['another property', call('AuthorizeSecurityGroupEgress')],
  [
    'the tags',
    call('CreateTags', { requestParameters: { resourcesSet: { items: [{ resourceId: 'sg-1' }] } } }),
  ],
  [
    'a call that refers to it',
    call('RunInstances', { requestParameters: { groupSet: { items: [{ groupId: 'sg-1' }] } } }),
  ],
  ['a data event', open({ managementEvent: false })],
  ['a late correction of another record', open({ addendum: { originalEventID: 'e-0' } })],
  ['a call before the window', open({ eventTime: '2026-01-31T07:55:00Z' })],
  ['a call after the capture', open({ eventTime: '2026-01-31T09:00:01Z' })],
])('missing: %s', (_name, event) => {
  expect(said([event])).toEqual(['missing']);
});

test.each([
  ['at the capture', '2026-01-31T09:00:00Z', 'named'],
  ['within five minutes before the item before', '2026-01-31T07:55:01Z', 'named'],
  ['five minutes before the item before', '2026-01-31T07:55:00Z', 'missing'],
])('the window: %s', (_name, eventTime, state) => {
  expect(link([open({ eventTime })]).state).toBe(state);
});

test('without an item before, the window is a day', () => {
  const { previousCapturedAt, ...first } = item;
  expect(joinWindow(first)).toEqual({ from: '2026-01-30T09:00:00.000Z', to: first.capturedAt });
  const at = (eventTime: string) => joinActors({ item: first, events: [open({ eventTime })] }).state;
  expect([at('2026-01-30T09:00:01Z'), at('2026-01-30T09:00:00Z')]).toEqual(['named', 'missing']);
});

describe('calls that the tables do not know', () => {
  const instance: Partial<ChangedItem> = {
    resourceType: 'AWS::EC2::Instance',
    resourceId: 'i-1',
    changedPaths: ['configuration.monitoring.state'],
  };
  const on = (eventName: string) => call(eventName, { requestParameters: { instanceId: 'i-1' } });

  test('are candidates, and never named', () => {
    expect(said([on('FrobnicateInstance')], instance)).toEqual(['candidates', 'FrobnicateInstance']);
  });

  test('give way to one that is known to explain it', () => {
    expect(said([on('FrobnicateInstance'), on('MonitorInstances')], instance)).toEqual([
      'named',
      'MonitorInstances',
    ]);
  });

  test('one that is known to change something else is none', () => {
    expect(said([on('ModifyInstanceMetadataOptions'), on('CreateImage')], instance)).toEqual(['missing']);
  });

  test('a parameter tells which property a call changes', () => {
    const modify = (parameters: object) =>
      call('ModifyInstanceAttribute', { requestParameters: { instanceId: 'i-1', ...parameters } });
    const groups = { ...instance, changedPaths: ['configuration.securityGroups.0'] };
    expect(said([modify({ disableApiTermination: { value: true } })], groups)).toEqual(['missing']);
    expect(said([modify({ groupSet: { items: [{ groupId: 'sg-1' }] } })], groups)).toEqual([
      'named',
      'ModifyInstanceAttribute',
    ]);
  });
});

test('where AWS Config does not say what changed, each call that changes anything is a candidate', () => {
  const some = { changedPaths: [] };
  expect(said([open(), call('AuthorizeSecurityGroupEgress')], some)[0]).toBe('candidates');
  expect(said([open()], some)).toEqual(['named', OPEN]);
  expect(
    said(
      [call('CreateAccessKey', { eventSource: 'iam.amazonaws.com', requestParameters: { userName: 'bob' } })],
      {
        ...some,
        resourceType: 'AWS::IAM::User',
        resourceId: 'AIDAEXAMPLE',
        resourceName: 'bob',
        region: 'global',
      },
    ),
  ).toEqual(['missing']);
});

describe('what makes and unmakes a resource', () => {
  const { previousCapturedAt, ...first } = item;
  const whole = { changedPaths: ['configuration', 'relationships.0'] };
  const made = call('CreateSecurityGroup', {
    requestParameters: null,
    responseElements: { groupId: 'sg-1' },
  });
  const gone = call('DeleteSecurityGroup', { eventTime: '2026-01-31T08:59:30Z' });

  test('its first item shows all that was done to it', () => {
    const { state, candidates } = joinActors({ item: { ...first, ...whole }, events: [made, open()] });
    expect([state, ...candidates.map(({ eventName }) => eventName)]).toEqual([
      'candidates',
      'CreateSecurityGroup',
      OPEN,
    ]);
  });

  test('making it explains no change of an item that was there before', () => {
    const early = { ...made, eventTime: '2026-01-31T07:58:00.000Z' };
    expect(said([early])).toEqual(['missing']);
    expect(said([made])).toEqual(['named', 'CreateSecurityGroup']);
  });

  test('deleting it explains that it is gone, and nothing else does', () => {
    expect(said([open(), gone], whole)).toEqual(['named', 'DeleteSecurityGroup']);
    expect(said([open()], whole)).toEqual(['missing']);
    expect(said([gone])).toEqual(['missing']);
    expect(said([made, gone], { ...whole, isGone: true })).toEqual(['named', 'DeleteSecurityGroup']);
    expect(said([made, open()], { ...whole, isGone: true })).toEqual(['missing']);
  });
});

test('a relationship proves nothing where another property is told', () => {
  const table = { resourceType: 'AWS::EC2::RouteTable', resourceId: 'rtb-1' };
  const routed = call('DeleteRoute', { requestParameters: { routeTableId: 'rtb-1' } });
  expect(
    said([routed], { ...table, changedPaths: ['configuration.associations.0', 'relationships.1'] }),
  ).toEqual(['missing']);
  expect(said([routed], { ...table, changedPaths: ['relationships.1'] })).toEqual(['named', 'DeleteRoute']);
});

test('a global resource is changed from any Region', () => {
  const change = call('PutBucketPolicy', {
    eventSource: 's3.amazonaws.com',
    awsRegion: 'us-east-1',
    requestParameters: { bucketName: 'my-bucket' },
  });
  const bucket = {
    resourceType: 'AWS::S3::Bucket',
    resourceId: 'my-bucket',
    changedPaths: ['supplementaryConfiguration.BucketPolicy'],
  };
  expect(said([change], bucket)).toEqual(['named', 'PutBucketPolicy']);
});

test('tags of a stack are told with the actor', () => {
  const { candidates } = link([open()], { tags: { 'aws:cloudformation:stack-id': 'arn:x' } });
  expect(candidates[0]?.actor.iac).toEqual({ tool: 'CloudFormation', by: 'system-tag' });
});

/** Numbers between 0 and 1 that are the same in every run. Source: mulberry32, by Tommy Ettinger; public domain. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const shuffled = <T>(list: readonly T[], random: () => number): T[] =>
  list
    .map((entry) => [random(), entry] as const)
    .sort(([a], [b]) => a - b)
    .map(([, entry]) => entry);

test.each(Array.from({ length: 50 }, (_, seed) => seed))(
  'any order, any repetition: the same answer (%i)',
  (seed) => {
    const random = seeded(seed);
    const kinds = [
      OPEN,
      'RevokeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
      'CreateSecurityGroup',
      'DescribeX',
    ];
    const events = Array.from({ length: 8 }, () =>
      call(kinds[Math.floor(random() * kinds.length)] ?? OPEN, {
        eventTime: `2026-01-31T08:${10 + Math.floor(random() * 3)}:00Z`,
        requestParameters: { groupId: random() < 0.7 ? 'sg-1' : 'sg-2' },
      }),
    );
    // One of them comes by two ways, with a field more by one.
    const twin = { ...events[0], vpcEndpointId: 'vpce-1' } as CloudTrailRecord;
    const expected = link([...events, twin]);
    for (let turn = 0; turn < 10; turn += 1) {
      const repeated = [...events, twin, ...events.filter(() => random() < 0.5)];
      expect(link(shuffled(repeated, random))).toEqual(expected);
    }
  },
);

describe('a labelled set of real calls', () => {
  const labelled = [1, 2, 3, 4, 5, 6].flatMap((seed) => labelledActivity(seeded(seed), 0.2));
  const judged = labelled.map(({ item: changed, events, causes }) => {
    const { state, candidates } = joinActors({ item: changed, events });
    return { changed, state, found: candidates.map(({ eventID }) => eventID), causes };
  });
  const named = judged.filter(({ state }) => state === 'named');
  const answered = judged.filter(({ state }) => state !== 'missing');
  const caused = judged.filter(({ causes }) => causes.length > 0);
  const isRight = ({ found, causes }: (typeof judged)[number]) => found.some((id) => causes.includes(id));
  const share = (part: number, whole: number) => part / Math.max(1, whole);
  const figures = {
    items: judged.length,
    lost: judged.length - caused.length,
    named: named.length,
    precision: share(named.filter(isRight).length, named.length),
    answerPrecision: share(answered.filter(isRight).length, answered.length),
    candidatePrecision: share(
      answered.flatMap(({ found, causes }) => found.filter((id) => causes.includes(id))).length,
      answered.flatMap(({ found }) => found).length,
    ),
    recall: share(caused.filter(isRight).length, caused.length),
  };
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

  test(`${figures.items} items, ${figures.lost} without their cause`, () => {
    expect(figures.items).toBeGreaterThan(200);
    expect(figures.lost).toBeGreaterThan(30);
  });

  test(`who is named did it: ${percent(figures.precision)} of ${figures.named}`, () => {
    expect(figures.precision).toBeGreaterThanOrEqual(0.99);
  });

  test(`an answer holds who did it: ${percent(figures.answerPrecision)}, candidates ${percent(figures.candidatePrecision)}`, () => {
    expect(figures.answerPrecision).toBeGreaterThanOrEqual(0.99);
    expect(figures.candidatePrecision).toBeGreaterThanOrEqual(0.99);
  });

  test(`found of those that can be: ${percent(figures.recall)}`, () => {
    expect(figures.recall).toBeGreaterThanOrEqual(0.95);
  });
});

describe('what AWS Config does not record', () => {
  const trail: Partial<ChangedItem> = {
    resourceType: 'AWS::CloudTrail::Trail',
    resourceId: 'main',
    arn: `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/main`,
  };
  const ofTrail = (eventName: string) =>
    call(eventName, { eventSource: 'cloudtrail.amazonaws.com', requestParameters: { name: 'main' } });
  const calls = () => ['CreateTrail', 'StartLogging', 'StopLogging'].map(ofTrail);

  test('explains what a snapshot shows', () => {
    const stopped = ['supplementaryConfiguration.Snapshot.isLogging'];
    expect(
      said([ofTrail('StopLogging'), ofTrail('UpdateTrail')], { ...trail, changedPaths: stopped }),
    ).toEqual(['named', 'StopLogging']);
  });

  test('explains no item of AWS Config', () => {
    const { previousCapturedAt: _, ...first } = { ...item, ...trail };
    const { state, candidates } = joinActors({
      item: { ...first, changedPaths: ['configuration'] },
      events: calls(),
    });
    expect([state, ...candidates.map(({ eventName }) => eventName)]).toEqual(['named', 'CreateTrail']);
    expect(said([ofTrail('StopLogging')], { ...trail, changedPaths: [] })).toEqual(['missing']);
  });
});
