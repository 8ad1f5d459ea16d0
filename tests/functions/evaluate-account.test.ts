import deployed from '../../compliance.yml';
import type { Outcome } from '../../functions/evaluate-account/evaluate-account';
import type { Template } from '../../local/template';
import { findingsTable } from '../../shared/aws/findings-table';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import { recordOutcome } from '../../shared/findings/record';
import { compiledTemplate } from '../support/compiled-template';
import { outcome } from '../support/findings';
import { ACCOUNT, REGION, stopAll } from '../support/local-aws';
import { type Pipeline, type PipelineOptions, startPipeline } from '../support/pipeline';

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 120_000);
afterEach(stopAll);

/** Short enough that no other schedule than the sweep comes in between. */
const LATER_MS = 4 * 60_000;
const VPC = 'vpc-0a1b2c3d';
const VPC_FLOW_LOG = { FlowLogId: 'fl-0a1b2c3d', ResourceId: VPC, TrafficType: 'ALL' };

const userOf = (CreateDate: string) => ({
  UserName: 'deploy',
  Path: '/ci/',
  AccessKeys: [{ AccessKeyId: 'AKIADEPLOY', CreateDate }],
});

/** An account in which all is in order. */
async function inOrder(options: PipelineOptions = {}): Promise<Pipeline> {
  const pipeline = await startPipeline(template, options);
  const { aws } = pipeline;
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs', IsMultiRegionTrail: true });
  aws.recorders.putRecorder({});
  aws.ec2.putVpc({ VpcId: VPC });
  aws.ec2.putFlowLog(VPC_FLOW_LOG as never);
  aws.iam.putUser(userOf('2026-01-30T00:00:00Z'));
  return pipeline;
}

/** Time passes, and the account is looked at again. */
async function later({ aws, account }: Pipeline): Promise<Outcome> {
  aws.clock.advance(LATER_MS);
  return (await account()) as Outcome;
}

const told = (pipeline: Pipeline) =>
  pipeline.alerts().map(({ messageType, control }) => `${messageType} ${control.id}`);
const stateOf = async (pipeline: Pipeline, control: string, resourceId?: string) =>
  (await pipeline.findings()).find(
    (finding) =>
      finding.control === control && (resourceId === undefined || finding.resourceId === resourceId),
  );
const states = async (pipeline: Pipeline) =>
  (await pipeline.findings()).map(
    ({ control, resourceType, resourceId, state }) => `${control} ${resourceType} ${resourceId}: ${state}`,
  );

test('where all is in order nothing is told, and what was judged is on record', async () => {
  const pipeline = await inOrder();
  expect(await pipeline.account()).toEqual({
    account: ACCOUNT,
    regions: [REGION],
    judged: 5,
    transitions: [],
    unread: [],
    accountsNotRead: [],
  });
  expect(pipeline.alerts()).toEqual([]);
  expect(await states(pipeline)).toEqual(
    [
      `cloudtrail-logging-active AWS::::Account ${ACCOUNT}: resolved`,
      'cloudtrail-logging-active AWS::CloudTrail::Trail main: resolved',
      `config-recorder-enabled AWS::::Account ${ACCOUNT}: resolved`,
      'iam-access-key-rotation AWS::IAM::User AIDADEPLOYAAAAAAAAAA: resolved',
      `vpc-flow-logs-enabled AWS::EC2::VPC ${VPC}: resolved`,
    ].sort(),
  );
  expect(pipeline.aws.deniedCalls()).toEqual([]);
});

/** What breaks each control, what mends it, and what takes the thing away. */
const cases: [
  control: string,
  breaks: (pipeline: Pipeline) => void,
  says: RegExp,
  mends: (pipeline: Pipeline) => void,
  removes: ((pipeline: Pipeline) => void) | undefined,
][] = [
  [
    'cloudtrail-logging-active',
    ({ aws }) => aws.cloudtrail.setStatus('main', { IsLogging: false }),
    /^the trail is not logging$/,
    ({ aws }) => aws.cloudtrail.setStatus('main', { IsLogging: true }),
    ({ aws }) => {
      aws.cloudtrail.deleteTrail('main');
      aws.cloudtrail.putTrail({ Name: 'another', S3BucketName: 'logs' });
    },
  ],
  [
    'config-recorder-enabled',
    ({ aws }) => aws.recorders.putRecorder({ recording: false }),
    /^the recorder is stopped$/,
    ({ aws }) => aws.recorders.putRecorder({}),
    undefined,
  ],
  [
    'vpc-flow-logs-enabled',
    ({ aws }) => void aws.ec2.in(REGION).flowLogs.delete(VPC_FLOW_LOG.FlowLogId),
    /^the VPC has no active flow log/,
    ({ aws }) => aws.ec2.putFlowLog(VPC_FLOW_LOG as never),
    ({ aws }) => void aws.ec2.in(REGION).vpcs.delete(VPC),
  ],
  [
    'iam-access-key-rotation',
    ({ aws }) => aws.iam.putUser(userOf('2025-01-01T00:00:00Z')),
    /^access key AKIADEPLOY is older than 90 days$/,
    ({ aws }) => aws.iam.putUser(userOf('2026-01-30T00:00:00Z')),
    ({ aws }) => aws.iam.deleteUser('deploy'),
  ],
];

describe.each(cases)('%s', (control, breaks, says, mends, removes) => {
  test('is opened once, however often it is seen, and resolved when it is mended', async () => {
    const pipeline = await inOrder();
    await pipeline.account();
    breaks(pipeline);
    expect(await later(pipeline)).toMatchObject({ transitions: ['Opened'] });
    for (let time = 0; time < 3; time += 1) expect(await later(pipeline)).toMatchObject({ transitions: [] });
    expect(told(pipeline)).toEqual([`Opened ${control}`]);
    const open = (await pipeline.findings()).filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
    expect(open[0]?.judgement?.because.map((reason) => reason.says)).toEqual([expect.stringMatching(says)]);
    // What is seen again is no news: the history keeps what changed.
    expect(open[0]?.history.map(({ compliance }) => compliance)).toEqual(['COMPLIANT', 'NON_COMPLIANT']);
    mends(pipeline);
    expect(await later(pipeline)).toMatchObject({ transitions: ['Resolved'] });
    expect(told(pipeline)).toEqual([`Opened ${control}`, `Resolved ${control}`]);
    expect(pipeline.aws.deniedCalls()).toEqual([]);
  });

  if (removes === undefined) return;
  test('is resolved when what it is about is gone', async () => {
    const pipeline = await inOrder();
    breaks(pipeline);
    await pipeline.account();
    removes(pipeline);
    expect(await later(pipeline)).toMatchObject({ transitions: ['Resolved'] });
    const gone = (await pipeline.findings()).filter(
      ({ judgement }) => judgement?.compliance === 'NOT_APPLICABLE',
    );
    expect(gone).toMatchObject([{ control, state: 'resolved' }]);
  });
});

/** Every read, and what it leaves undecided. */
const reads: [service: string, action: string, control: string][] = [
  ['cloudtrail', 'DescribeTrails', 'cloudtrail-logging-active'],
  ['cloudtrail', 'GetTrailStatus', 'cloudtrail-logging-active'],
  ['config', 'DescribeConfigurationRecorders', 'config-recorder-enabled'],
  ['config', 'DescribeConfigurationRecorderStatus', 'config-recorder-enabled'],
  ['ec2', 'DescribeVpcs', 'vpc-flow-logs-enabled'],
  ['ec2', 'DescribeFlowLogs', 'vpc-flow-logs-enabled'],
  ['iam', 'ListUsers', 'iam-access-key-rotation'],
  ['iam', 'ListAccessKeys', 'iam-access-key-rotation'],
];
/** As each service refuses, and throttles. */
const codes: Readonly<Record<string, readonly string[]>> = {
  cloudtrail: ['AccessDeniedException', 'ThrottlingException'],
  config: ['AccessDeniedException', 'ThrottlingException'],
  ec2: ['UnauthorizedOperation', 'RequestLimitExceeded'],
  iam: ['AccessDenied', 'Throttling'],
};

test.each(reads.map((read, index) => [...read, codes[read[0]]?.[index % 2] ?? ''] as const))(
  '%s %s that fails keeps what is known of %s, and the other reads go on: %s',
  async (service, action, control, code) => {
    const pipeline = await inOrder();
    for (const [, breaks] of cases) breaks(pipeline);
    await pipeline.account();
    const before = await pipeline.findings();
    expect(before.filter(({ state }) => state === 'open')).toHaveLength(4);
    // All of it is gone, and of one thing nobody can tell.
    for (const [, , , , removes] of cases) removes?.(pipeline);
    const { aws } = pipeline;
    if (action === 'GetTrailStatus') aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs' });
    if (action === 'DescribeFlowLogs') aws.ec2.putVpc({ VpcId: VPC });
    if (action === 'ListAccessKeys') aws.iam.putUser({ UserName: 'deploy', Path: '/ci/' });
    aws.recorders.putRecorder({});
    const heal = aws.fail((call) =>
      call.service === service && call.action === action ? { code, statusCode: 400 } : undefined,
    );
    const outcome = await later(pipeline);
    expect(new Set(outcome.unread)).toEqual(
      new Set([expect.stringMatching(new RegExp(`^${listOf(action)} in .*: AWS answers ${code}$`))]),
    );
    expect(pipeline.counted.get(`SnapshotReadsFailed/${listOf(action)}`)).toBeGreaterThan(0);
    const open = (await pipeline.findings()).filter(({ state }) => state === 'open');
    expect(open).toMatchObject([{ control, unsettled: { annotation: expect.stringContaining(code) } }]);
    expect(told(pipeline).filter((line) => line === `Resolved ${control}`)).toEqual([]);
    heal();
    await later(pipeline);
    if (action !== 'GetTrailStatus' && action !== 'DescribeFlowLogs')
      expect((await pipeline.findings()).filter(({ state }) => state === 'open')).toEqual([]);
    expect((await pipeline.findings()).filter(({ unsettled }) => unsettled)).toEqual([]);
  },
);

/** Both reads of the recorder are told of as one. */
const listOf = (action: string) => action.replace('RecorderStatus', 'Recorders');

test('a judgement that is older than what is known joins the history, and does not win', async () => {
  const pipeline = await inOrder();
  pipeline.aws.cloudtrail.setStatus('main', { IsLogging: false });
  await later(pipeline);
  const [open] = (await pipeline.findings()).filter(({ state }) => state === 'open');
  pipeline.aws.cloudtrail.setStatus('main', { IsLogging: true });
  const before = Date.parse(open?.judgement?.observedAt ?? '') - 60_000;
  pipeline.aws.clock.advance(before - pipeline.aws.clock.now());
  await pipeline.account();
  const finding = (await pipeline.findings()).find(({ id }) => id === open?.id) as Finding;
  expect(finding.state).toBe('open');
  expect(finding.history.map(({ compliance }) => compliance)).toEqual(['COMPLIANT', 'NON_COMPLIANT']);
});

test("a trail is judged once, at home, with its shadows; the organization's where it belongs", async () => {
  const policy = { ...deployed, coverage: { accounts: ['self'], regions: ['self', 'eu-west-1'] } };
  const pipeline = await inOrder({ policy });
  const { aws } = pipeline;
  aws.recorders.putRecorder({}, 'eu-west-1');
  aws.cloudtrail.putTrail({
    Name: 'far',
    S3BucketName: 'logs',
    HomeRegion: 'us-west-2',
    IsMultiRegionTrail: true,
  });
  aws.cloudtrail.setStatus('far', { IsLogging: false });
  aws.cloudtrail.putTrail({
    Name: 'everyone',
    S3BucketName: 'logs',
    TrailARN: `arn:aws:cloudtrail:${REGION}:210987654321:trail/everyone`,
    IsOrganizationTrail: true,
    IsMultiRegionTrail: true,
  });
  aws.cloudtrail.setStatus('everyone', { IsLogging: false });
  await pipeline.account();
  const trails = (await pipeline.findings()).filter(({ resourceType }) => resourceType.endsWith('Trail'));
  expect(trails.map(({ resourceId, region, state }) => [resourceId, region, state]).sort()).toEqual([
    ['far', 'us-west-2', 'open'],
    ['main', REGION, 'resolved'],
  ]);
  expect(aws.deniedCalls()).toEqual([]);
  // Whose home is not covered is gone when no covered Region sees it any more.
  aws.cloudtrail.deleteTrail('far');
  expect(await later(pipeline)).toMatchObject({ transitions: ['Resolved'] });
});

test('where its Regions can not be listed, what is in another one keeps its state', async () => {
  const policy = { ...deployed, coverage: { accounts: ['self'], regions: ['all'] } };
  const pipeline = await inOrder({ policy });
  const { aws } = pipeline;
  aws.cloudtrail.putTrail({ Name: 'near', S3BucketName: 'logs', HomeRegion: 'us-east-1' });
  aws.cloudtrail.setStatus('near', { IsLogging: false });
  aws.cloudtrail.deleteTrail('main');
  await pipeline.account();
  const open = async () =>
    (await pipeline.findings())
      .filter(({ state }) => state === 'open')
      .map(({ control, resourceId, region }) => `${control} ${resourceId} ${region}`);
  const before = await open();
  expect(before).toContain('cloudtrail-logging-active near us-east-1');
  const heal = aws.fail(({ action }) =>
    action === 'DescribeRegions' ? { code: 'RequestLimitExceeded', statusCode: 503 } : undefined,
  );
  expect(await later(pipeline)).toMatchObject({ regions: [REGION], transitions: [] });
  expect(await open()).toEqual(before);
  heal();
  aws.cloudtrail.deleteTrail('near');
  expect(await later(pipeline)).toMatchObject({
    transitions: expect.arrayContaining(['Resolved', 'Opened']),
  });
});

test('what is about a Region that is no longer covered keeps its state', async () => {
  const covered = (...regions: string[]) => ({ ...deployed, coverage: { accounts: ['self'], regions } });
  const pipeline = await inOrder({ policy: covered('self', 'us-east-1') });
  pipeline.aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs' });
  await pipeline.account();
  const ofTheRegion = async () =>
    (await pipeline.findings()).filter(
      ({ control, region }) => control === 'cloudtrail-logging-active' && region === 'us-east-1',
    );
  expect(await ofTheRegion()).toMatchObject([{ state: 'open', resourceType: 'AWS::::Account' }]);
  const narrowed = await startPipeline(template, { policy: covered('self') });
  const [left] = await ofTheRegion();
  await findingsTable('trailseal-dev-findings', narrowed.aws.operator.dynamodb).write(
    { finding: left as Finding, seq: 1, outbox: [] },
    undefined,
  );
  narrowed.aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs' });
  narrowed.aws.recorders.putRecorder({});
  expect(await later(narrowed)).toMatchObject({ transitions: [] });
  expect((await narrowed.findings()).find(({ id }) => id === left?.id)?.state).toBe('open');
});

test('a trail that no covered Region sees any more is judged at home, and gone only when it is', async () => {
  const pipeline = await inOrder();
  const { aws } = pipeline;
  const far = { Name: 'far', S3BucketName: 'logs', HomeRegion: 'us-west-2' };
  aws.cloudtrail.putTrail({ ...far, IsMultiRegionTrail: true });
  aws.cloudtrail.setStatus('far', { IsLogging: false });
  await pipeline.account();
  const state = async () => (await stateOf(pipeline, 'cloudtrail-logging-active', 'far'))?.state;
  expect(await state()).toBe('open');
  aws.cloudtrail.putTrail(far);
  aws.cloudtrail.setStatus('far', { IsLogging: false });
  expect(await later(pipeline)).toMatchObject({ transitions: [] });
  expect(await state()).toBe('open');
  aws.cloudtrail.setStatus('far', { IsLogging: true });
  expect(await later(pipeline)).toMatchObject({ transitions: ['Resolved'] });
  expect(aws.deniedCalls()).toEqual([]);
});

test('what takes long keeps nothing else from being recorded: the keys of thousands of users come last', async () => {
  const pipeline = await inOrder();
  const { aws } = pipeline;
  aws.cloudtrail.setStatus('main', { IsLogging: false });
  let atTheKeys: string[] | undefined;
  aws.fail(({ action }) => {
    if (action === 'ListUsers')
      atTheKeys ??= aws.calls.filter((call) => call.action === 'events:PutEvents').map((call) => call.action);
    return undefined;
  });
  await pipeline.account();
  expect(atTheKeys).toEqual(['events:PutEvents']);
});

test('what is broken again after a fix, before the next look, is told as that', async () => {
  const pipeline = await inOrder();
  const { aws } = pipeline;
  await pipeline.account();
  aws.cloudtrail.setStatus('main', { IsLogging: false });
  await later(pipeline);
  const broken = await stateOf(pipeline, 'cloudtrail-logging-active', 'main');
  const report = (parts: Partial<RemediationOutcome>) =>
    recordOutcome(outcome({ findingId: broken?.id ?? '', control: broken?.control ?? '', ...parts }), {
      table: findingsTable('trailseal-dev-findings', aws.operator.dynamodb),
      bus: { publish: async () => undefined },
      now: () => new Date(aws.clock.now()).toISOString(),
    });
  // Of another time, and of what mended nothing.
  await report({ id: 'A'.repeat(26), at: '2020-01-31T10:00:00.000Z' });
  expect(await later(pipeline)).toMatchObject({ transitions: [] });
  aws.clock.advance(LATER_MS);
  const at = new Date(aws.clock.now()).toISOString();
  await report({ id: 'B'.repeat(26), kind: 'Unconfirmed', at });
  expect(await later(pipeline)).toMatchObject({ transitions: [] });
  aws.clock.advance(LATER_MS);
  const fixedAt = new Date(aws.clock.now()).toISOString();
  await report({ id: 'C'.repeat(26), at: fixedAt });
  expect(await later(pipeline)).toMatchObject({ transitions: ['Resolved', 'Reopened'] });
  // Once, however often it is looked at.
  expect(await later(pipeline)).toMatchObject({ transitions: [] });
  const again = await stateOf(pipeline, 'cloudtrail-logging-active', 'main');
  expect(again).toMatchObject({ state: 'open' });
  expect((again?.exposure?.from ?? '') > fixedAt).toBe(true);
  expect(told(pipeline)).toEqual(expect.arrayContaining(['Reopened cloudtrail-logging-active']));
});

test('an account without any trail is told of, in each Region', async () => {
  const pipeline = await inOrder();
  pipeline.aws.cloudtrail.deleteTrail('main');
  await pipeline.account();
  const [open] = (await pipeline.findings()).filter(({ state }) => state === 'open');
  expect(open).toMatchObject({
    control: 'cloudtrail-logging-active',
    resourceType: 'AWS::::Account',
    resourceId: ACCOUNT,
    region: REGION,
    severity: 'critical',
  });
});

test('lists are read to their end: more than one page of VPCs, flow logs, users', async () => {
  const pipeline = await inOrder();
  const { aws } = pipeline;
  const ids = Array.from({ length: 12 }, (_, index) => `vpc-000000${String(index).padStart(2, '0')}`);
  for (const [index, VpcId] of ids.entries()) {
    aws.ec2.putVpc({ VpcId });
    aws.ec2.putFlowLog({ ...VPC_FLOW_LOG, FlowLogId: `fl-${index}`, ResourceId: VpcId } as never);
    aws.iam.putUser({
      UserName: `user-${index}`,
      UserId: `AIDA${index}`,
      AccessKeys: [{ AccessKeyId: `AKIA${index}` }],
    });
  }
  aws.ec2.in(REGION).flowLogs.delete('fl-11');
  expect(await pipeline.account()).toMatchObject({ judged: 29, transitions: ['Opened'], unread: [] });
  expect((await stateOf(pipeline, 'vpc-flow-logs-enabled', ids[11]))?.state).toBe('open');
  expect(aws.calls.filter(({ action }) => action === 'iam:ListUsers').length).toBeGreaterThanOrEqual(7);
});

test('all Regions are those that are enabled; other accounts are not read, and that is said', async () => {
  const policy = { ...deployed, coverage: { accounts: ['self', '210987654321'], regions: ['all'] } };
  const pipeline = await inOrder({ policy });
  expect(await pipeline.account()).toMatchObject({
    regions: [REGION, 'us-east-1'],
    accountsNotRead: ['210987654321'],
    // us-east-1 has no recorder.
    transitions: ['Opened'],
  });
});

test('where only other accounts are covered, nothing is read', async () => {
  const policy = { ...deployed, coverage: { accounts: ['210987654321'], regions: ['self'] } };
  const pipeline = await inOrder({ policy });
  expect(await pipeline.account()).toMatchObject({ regions: [], judged: 0 });
});

test('for a control that is off AWS is not asked', async () => {
  const off = { mode: 'off', parameters: {} } as const;
  const policy = { ...deployed, controls: { ...deployed.controls, 'iam-access-key-rotation': off } };
  const pipeline = await inOrder({ policy });
  await pipeline.account();
  expect(pipeline.aws.calls.filter(({ action }) => action.startsWith('iam:'))).toEqual([]);
});

test('who stopped a trail is named, by the call', async () => {
  const pipeline = await inOrder();
  await pipeline.account();
  const { aws } = pipeline;
  aws.clock.advance(LATER_MS / 2);
  aws.cloudtrail.setStatus('main', { IsLogging: false });
  const eventTime = new Date(aws.clock.now()).toISOString();
  await pipeline.send(stopLogging(eventTime));
  await later(pipeline);
  expect((await stateOf(pipeline, 'cloudtrail-logging-active', 'main'))?.links).toMatchObject([
    { actor: 'named', calls: [{ eventName: 'StopLogging', eventTime }] },
  ]);
});

const stopLogging = (eventTime: string) => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.cloudtrail',
  account: ACCOUNT,
  region: REGION,
  time: eventTime,
  resources: [],
  detail: {
    eventVersion: '1.09',
    userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/mallory` },
    eventTime,
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: REGION,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2',
    requestParameters: { name: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main` },
    responseElements: null,
    requestID: 'r-1',
    eventID: '11111111-2222-4333-8444-555555555555',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  },
});

test('the role has no right that no run uses', async () => {
  const policy = { ...deployed, coverage: { accounts: ['self'], regions: ['all'] } };
  const pipeline = await inOrder({ policy });
  const { aws } = pipeline;
  for (const IsLogging of [true, false, true]) {
    aws.cloudtrail.setStatus('main', { IsLogging });
    aws.clock.advance(LATER_MS);
    // As the schedule does it: its log is written, too.
    aws.invokeLater('trailseal-dev-evaluate-account', {});
    await aws.idle();
  }
  expect(aws.unusedGrants().filter(({ role }) => role === 'EvaluateAccountRole')).toEqual([]);
  expect(aws.deniedCalls()).toEqual([]);
});
