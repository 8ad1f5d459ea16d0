import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'aws-lambda';
import { parse, type ScalarTag } from 'yaml';
import { approveRemediation } from '../../functions/approve-remediation/approve-remediation';
import { routes } from '../../functions/approve-remediation/read-request';
import type { Template } from '../../local/template';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { remediationsTable } from '../../shared/aws/remediations-table';
import { signedPost } from '../../shared/aws/signed-request';
import type { ActorSummary, Finding } from '../../shared/contracts/trailseal/finding';
import { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import type { RemediationState } from '../../shared/contracts/trailseal/remediation';
import { httpHandler } from '../../shared/lambda/http-handler';
import { type PowertoolsTelemetry, telemetry } from '../../shared/lambda/telemetry';
import type { Run, Runs } from '../../shared/remediations/run';
import { at, joined, open } from '../support/findings';
import { lambda } from '../support/http-api-template';
import { ACCOUNT, type Clients, REGION, startTestAws, stopAll, type TestAws } from '../support/local-aws';

afterEach(stopAll);

type Properties = Record<string, unknown>;
interface Resources {
  readonly Resources: Template['Resources'];
}

/** A file of the stack, its short functions written out and its variables as they are in a stage `test`. */
function stackFile<T>(file: string): T {
  const tag = (name: string, key: string, value = (text: string): unknown => text): ScalarTag => ({
    tag: `!${name}`,
    resolve: (text) => ({ [key]: value(text) }),
  });
  const text = readFileSync(path.join(__dirname, '..', '..', file), 'utf8')
    .replaceAll('${self:service}', 'trailseal')
    .replaceAll('${sls:stage}', 'test');
  const customTags = [
    tag('Ref', 'Ref'),
    tag('Sub', 'Fn::Sub'),
    tag('GetAtt', 'Fn::GetAtt', (name) => name.split('.')),
  ];
  return parse(text, { customTags }) as T;
}

const NAME = 'trailseal-test-approve-remediation';
const TABLE = 'trailseal-test-findings';
const JOBS = 'trailseal-test-remediate-finding';
const { permissions } = stackFile<{ permissions: object[] }>('functions/approve-remediation/function.yml');

/** The API, the table, the key and the function's rights as they are deployed, and a queue that nobody reads. */
const template: Template = {
  Resources: {
    ...stackFile<Resources>('resources/approvals.yml').Resources,
    ...stackFile<Resources>('resources/findings.yml').Resources,
    ...stackFile<Resources>('resources/key.yml').Resources,
    ...lambda('ApproveRemediation', NAME, permissions, 'ApproveDashremediationLambdaFunction'),
    RemediateFindingQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: JOBS, KmsMasterKeyId: { Ref: 'Key' } },
    },
  },
};

const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';
const RUN = 'RUNAAAAAAAAAAAAAAAAAAAAAAA';
const HASH = 'c0ffee'.padEnd(64, '0');
const NONCE = '5f0c8d3a-8a0e-4a0e-9d0c-1b2c3d4e5f60';
const EXPIRES = at(12);
const person = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

const actor = (principal: string, more: Partial<ActorSummary> = {}): ActorSummary => ({
  type: 'iam-user',
  principal,
  console: false,
  ...more,
});
const call = {
  eventID: 'e',
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: at(9),
  awsRegion: REGION,
};

/** carla made the change, or dave did. */
const finding: Finding = {
  ...joined([open(at(9))], at(9, 1)).finding,
  id: FINDING,
  links: [
    {
      observedAt: at(9),
      configurationStateId: '1',
      actor: 'candidates',
      calls: ['carla', 'dave'].map((name) => ({
        ...call,
        actor: actor(person(name)),
        proof: { state: 'pending' as const, says: '' },
      })),
    },
  ],
};

const waiting: Run = {
  findingId: FINDING,
  id: RUN,
  does: 'fix',
  remediation: 'sg-revoke-world-rule',
  control: 'sg-no-world-admin-ipv4',
  accountId: ACCOUNT,
  since: at(9),
  planHash: HASH,
  state: 'planned',
  mode: 'approve',
  steps: [{ state: 'planned', at: at(9, 2) }],
  answers: {},
  asks: { nonce: NONCE, expiresAt: EXPIRES },
  outbox: [],
  seq: 1,
};
const inState = (state: RemediationState, more: Partial<Run> = {}): Run => {
  const { asks: _, ...rest } = waiting;
  return { ...rest, state, ...more };
};
const undoOf = (by: string): Run => ({
  ...waiting,
  does: 'undo',
  of: RUN,
  asked: { by, at: at(9, 50), forced: false },
});

interface Scene {
  readonly run?: Run;
  readonly finding?: Finding;
  readonly actorMayApprove?: boolean;
}

interface World {
  readonly aws: TestAws;
  readonly runs: Runs;
  readonly counted: string[];
  /** What the function logged, as JSON. */
  readonly logged: () => string;
  ask(name: string, what: 'approval' | 'undo', body: unknown, where?: string): ReturnType<typeof signedPost>;
  /** Hands the function an event, past API Gateway. */
  invoke(event: object): Promise<unknown>;
  jobs(): unknown[];
}

async function started(scene: Scene = {}): Promise<World> {
  const counted: string[] = [];
  const logs: unknown[] = [];
  const observed: PowertoolsTelemetry = {
    ...telemetry('test'),
    count: (metric) => void counted.push(metric),
    countBy: (metric, _dimension, value) => void counted.push(`${metric}/${value}`),
    info: (...line) => void logs.push(line),
    error: (message, { error, ...details }) => void logs.push([message, details, String(error)]),
  };
  let now = () => '';
  const handle = async (event: unknown, { dynamodb, sqs }: Clients) =>
    httpHandler({
      telemetry: observed,
      handle: approveRemediation({
        findings: findingsTable(TABLE, dynamodb),
        runs: remediationsTable(TABLE, now, dynamodb),
        jobs: jobQueue(`${aws.url}/${ACCOUNT}/${JOBS}`, sqs),
        actorMayApprove: scene.actorMayApprove ?? false,
        telemetry: observed,
        now,
      }),
    })(event, { functionName: NAME, awsRequestId: 'r', getRemainingTimeInMillis: () => 1000 } as Context);
  const aws = await startTestAws(template, { [NAME]: handle });
  now = () => new Date(aws.clock.now()).toISOString();
  const api = String(aws.stack.resolve({ 'Fn::GetAtt': ['ApprovalsApi', 'ApiEndpoint'] }));
  const { dynamodb } = aws.operator;
  const runs = remediationsTable(TABLE, now, dynamodb);
  await findingsTable(TABLE, dynamodb).write(
    { finding: scene.finding ?? finding, seq: 1, outbox: [] },
    undefined,
  );
  await runs.write(scene.run ?? waiting, undefined);
  const rights = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }];
  const people = new Map(['alice', 'carla', 'dave'].map((name) => [name, aws.people.add(name, rights)]));
  return {
    aws,
    runs,
    counted,
    logged: () => JSON.stringify(logs),
    ask: (name, what, body, where = `${FINDING}/runs/${RUN}`) =>
      signedPost({
        url: `${api}/findings/${where}/${what}`,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        region: REGION,
        credentials: people.get(name) ?? { accessKeyId: '', secretAccessKey: '' },
        now: () => aws.clock.now(),
      }),
    invoke: (event) => handle(event, aws.as('ApproveDashremediationLambdaFunction')),
    jobs: () => aws.queue(JOBS).messages.map(({ body }) => JSON.parse(body)),
  };
}

const good = { planHash: HASH, nonce: NONCE };
const answered = ({ status, body }: { status: number; body: string }) => [status, JSON.parse(body)];

test('the API leads to what the function knows, and to nothing else', () => {
  const keys = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => [Properties?.['RouteKey'], Properties?.['AuthorizationType']]);
  expect(keys).toEqual(routes.map((route) => [route, 'AWS_IAM']));
});

describe('an approval', () => {
  test('is stored with who signed for it, and remediate-finding is told', async () => {
    const { aws, runs, counted, logged, ask, jobs } = await started();
    expect(answered(await ask('alice', 'approval', good))).toEqual([
      202,
      { findingId: FINDING, run: RUN, approver: person('alice'), planHash: HASH, expiresAt: EXPIRES },
    ]);
    expect(await runs.approvals(waiting)).toEqual([
      { approver: person('alice'), planHash: HASH, nonce: NONCE, at: at(10), expiresAt: EXPIRES },
    ]);
    expect(jobs()).toEqual([{ job: 'remediate', findingId: FINDING }]);
    expect(RemediateJob.safeParse(jobs()[0]).success).toBe(true);
    expect(counted).toEqual(['ApprovalsGiven']);
    for (const said of [person('alice'), FINDING, RUN]) expect(logged()).toContain(said);
    expect(logged()).not.toContain(NONCE);
    expect(aws.deniedCalls()).toEqual([]);
  });

  test.each<[string, Scene, string]>([
    ['of another than whoever made the change', {}, 'alice'],
    ['of whoever made it, where compliance.yml lets them', { actorMayApprove: true }, 'carla'],
    ['of an undo by another than whoever asked for it', { run: undoOf(person('dora')) }, 'alice'],
    [
      'of an undo by whoever asked for it, where compliance.yml lets them',
      { run: undoOf(person('alice')), actorMayApprove: true },
      'alice',
    ],
  ])('%s counts', async (_name, scene, who) => {
    const { ask, runs } = await started(scene);
    expect(await ask(who, 'approval', good)).toMatchObject({ status: 202 });
    expect(await runs.approvals(waiting)).toMatchObject([{ approver: person(who) }]);
  });

  const activity = { ...joined([open(at(9))], at(9, 1)).finding };
  const madeBy = (who: ActorSummary): Finding => ({
    ...finding,
    links: [],
    ...(activity.judgement
      ? { judgement: { ...activity.judgement, activity: { ...call, actor: who } } }
      : {}),
  });
  const made = madeBy(actor(person('alice')));
  const federated = madeBy(
    actor(`arn:aws:sts::${ACCOUNT}:federated-user/anything`, { issuer: person('alice') }),
  );

  test.each<[string, Scene, string, number, RegExp]>([
    ['whoever may have made the change', {}, 'dave', 403, /made the change, or asked for this one/],
    ['whoever made the call that it is about', { finding: made }, 'alice', 403, /may not approve/],
    ['whose federated session made it', { finding: federated }, 'alice', 403, /may not approve/],
    ['whoever asked for the undo', { run: undoOf(person('alice')) }, 'alice', 403, /may not approve/],
    ['nobody is asked', { run: inState('planned') }, 'alice', 409, /waits for no approval: it is planned/],
    ['a run that was refused', { run: inState('refused') }, 'alice', 409, /waits for no approval/],
    [
      'a run that has begun',
      { run: { ...waiting, state: 'applying' } },
      'alice',
      409,
      /no approval: it is applying/,
    ],
    [
      'what has expired',
      { run: { ...waiting, asks: { nonce: NONCE, expiresAt: at(10) } } },
      'alice',
      409,
      /It has expired/,
    ],
    [
      'another plan',
      { run: { ...waiting, planHash: 'b'.repeat(64) } },
      'alice',
      409,
      /given to another plan/,
    ],
    [
      'what was asked for with another nonce',
      { run: { ...waiting, asks: { nonce: 'other', expiresAt: EXPIRES } } },
      'alice',
      409,
      /not given to what was asked/,
    ],
  ])('is refused: %s', async (_name, scene, who, status, message) => {
    const { ask, runs, jobs, counted, logged } = await started(scene);
    expect(answered(await ask(who, 'approval', good))).toEqual([
      status,
      { message: expect.stringMatching(message) },
    ]);
    expect(await runs.approvals(waiting)).toEqual([]);
    expect(jobs()).toEqual([]);
    expect(counted).toEqual([`ApprovalsRefused/${status}`]);
    expect(logged()).toContain(person(who));
    expect(logged()).not.toContain(NONCE);
  });
});

describe('an undo', () => {
  test.each([false, true])('is stored with who asked for it (forced: %s)', async (force) => {
    const { aws, runs, counted, ask, jobs } = await started({ run: inState('applied') });
    // Whoever made the change may want it back: whether that needs an approval, the runner decides.
    expect(answered(await ask('carla', 'undo', { force }))).toEqual([
      202,
      { findingId: FINDING, run: RUN, askedBy: person('carla') },
    ]);
    expect(await runs.undoAsked(waiting)).toEqual({ by: person('carla'), at: at(10), forced: force });
    expect(jobs()).toEqual([{ job: 'remediate', findingId: FINDING, undo: RUN }]);
    expect(RemediateJob.safeParse(jobs()[0]).success).toBe(true);
    expect(counted).toEqual(['UndosAsked']);
    expect(aws.deniedCalls()).toEqual([]);
  });

  test.each<[string, Run, RegExp | undefined]>([
    ['a fix that is applied', inState('applied'), undefined],
    ['a fix that is unconfirmed', inState('unconfirmed'), undefined],
    ['a fix that is failed', inState('failed'), undefined],
    ['a fix that is planned', inState('planned'), /It has changed nothing/],
    ['a fix that is refused', inState('refused'), /It has changed nothing/],
    ['a fix that is captured', inState('captured'), /It is not over yet/],
    ['a fix that is applying', inState('applying'), /It is not over yet/],
    ['an undo that is undone', inState('undone', { does: 'undo' }), /This run is itself an undo/],
    ['an undo that is unconfirmed', inState('unconfirmed', { does: 'undo' }), /This run is itself an undo/],
  ])('of %s', async (_name, run, refusal) => {
    const { runs, ask, jobs } = await started({ run });
    const [status, body] = answered(await ask('alice', 'undo', { force: false }));
    if (refusal === undefined) expect(status).toBe(202);
    else {
      expect([status, body]).toEqual([409, { message: expect.stringMatching(refusal) }]);
      expect(await runs.undoAsked(run)).toBeUndefined();
      expect(jobs()).toEqual([]);
    }
  });
});

describe('a request is refused', () => {
  const other = FINDING.replace('M', 'N');
  test.each<[string, Parameters<World['ask']>[1], unknown, string | undefined, number, string]>([
    ['no finding', 'approval', good, `${other}/runs/${RUN}`, 404, 'There is no such finding.'],
    [
      'no run',
      'undo',
      { force: false },
      `${FINDING}/runs/${other}`,
      404,
      'There is no such run of this finding.',
    ],
    [
      'an id that is none',
      'approval',
      good,
      `${FINDING.toLowerCase()}/runs/${RUN}`,
      400,
      'path.findingId: expected text of the form /^[A-Z2-7]{26}$/',
    ],
    [
      'a run id that is none',
      'undo',
      { force: true },
      `${FINDING}/runs/x%2Fy`,
      400,
      'path.runId: expected text of the form /^[A-Z2-7]{26}$/',
    ],
    ['no body', 'approval', '', undefined, 400, 'body: expected JSON'],
    ['what is not JSON', 'approval', `{"nonce":"${NONCE}"`, undefined, 400, 'body: expected JSON'],
    ['a list', 'undo', [], undefined, 400, 'body: expected an object'],
    [
      'another hash',
      'approval',
      { ...good, planHash: HASH.toUpperCase() },
      undefined,
      400,
      'body.planHash: expected text of the form /^[0-9a-f]{64}$/',
    ],
    ['no nonce', 'approval', { planHash: HASH }, undefined, 400, 'body.nonce: expected a string'],
    [
      'an empty nonce',
      'approval',
      { ...good, nonce: '' },
      undefined,
      400,
      'body.nonce: expected text that is not empty',
    ],
    [
      'a long nonce',
      'approval',
      { ...good, nonce: 'x'.repeat(129) },
      undefined,
      400,
      'body.nonce: expected a length of at most 128',
    ],
    [
      'who wants to say who he is',
      'approval',
      { ...good, approver: person('alice') },
      undefined,
      400,
      'body: expected no "approver"',
    ],
    ['an undo that does not say', 'undo', {}, undefined, 400, 'body.force: expected a boolean'],
    ['a force that is none', 'undo', { force: 'no' }, undefined, 400, 'body.force: expected a boolean'],
    [
      'a large body',
      'undo',
      `{"force":false${' '.repeat(4083)}}`,
      undefined,
      400,
      'body: expected at most 4096 bytes',
    ],
  ])('%s', async (_name, what, body, where, status, message) => {
    const { ask, jobs, counted, logged } = await started({ run: inState('applied') });
    expect(answered(await ask('alice', what, body, where))).toEqual([status, { message }]);
    expect(jobs()).toEqual([]);
    expect(counted).toEqual([`ApprovalsRefused/${status}`]);
    expect(logged()).not.toContain(NONCE);
  });

  test('a body of the greatest length is not', async () => {
    const { ask } = await started({ run: inState('applied') });
    expect(await ask('alice', 'undo', `{"force":false${' '.repeat(4081)}}`)).toMatchObject({ status: 202 });
  });
});

describe('an event that API Gateway did not authorise', () => {
  const event = (authorizer: object | undefined, more: object = {}) => ({
    version: '2.0',
    routeKey: routes[0],
    pathParameters: { findingId: FINDING, runId: RUN },
    body: JSON.stringify(good),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', ...(authorizer ? { authorizer } : {}) },
    headers: { 'x-caller': person('alice') },
    ...more,
  });
  const iam = { iam: { userArn: person('alice') } };

  test.each<[string, object | undefined]>([
    ['of a route without authorisation', undefined],
    ['of a route with tokens', { jwt: { claims: { sub: person('alice') }, scopes: null } }],
    ['of an authoriser of its own', { lambda: { userArn: person('alice') } }],
    ['that names nobody', { iam: null }],
    ['that names nobody by an ARN', { iam: { userArn: null, userId: 'AIDA' } }],
    ['that names no principal', { iam: { userArn: `x ${person('alice')}` } }],
  ])('%s approves nothing', async (_name, authorizer) => {
    const { invoke, runs, jobs } = await started();
    expect(await invoke(event(authorizer))).toMatchObject({
      statusCode: 403,
      headers: { 'content-type': 'application/json' },
      body: '{"message":"The request names no caller whom IAM has authorised."}',
    });
    expect(await runs.approvals(waiting)).toEqual([]);
    expect(jobs()).toEqual([]);
  });

  test('a direct call with an event file works as through the API', async () => {
    const { invoke, runs } = await started();
    const body = Buffer.from(JSON.stringify(good)).toString('base64');
    expect(await invoke(event(iam, { body, isBase64Encoded: true }))).toMatchObject({ statusCode: 202 });
    expect(await runs.approvals(waiting)).toHaveLength(1);
  });

  test('of a session, it is the session that has approved', async () => {
    const { invoke, runs } = await started();
    const userArn = `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Security_0123456789abcdef/alice@example.com`;
    await invoke(event({ iam: { userArn } }));
    expect(await runs.approvals(waiting)).toMatchObject([{ approver: userArn }]);
  });

  test('it is so where it is deployed, too', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      TABLE_NAME: TABLE,
      JOBS_URL: 'https://sqs.eu-central-1.amazonaws.com/1/jobs',
    });
    const { handler } = await import('../../functions/approve-remediation/handler');
    process.env = before;
    expect(await handler(event(undefined), { functionName: NAME } as Context)).toMatchObject({
      statusCode: 403,
    });
  });

  test('another route is none', async () => {
    const { invoke } = await started();
    expect(await invoke(event(iam, { routeKey: '$default' }))).toMatchObject({ statusCode: 404 });
  });

  test('another payload format is said to whoever calls', async () => {
    const { invoke } = await started();
    await expect(invoke({ ...event(iam), version: '1.0' })).rejects.toThrow(
      'API Gateway event: version: expected "2.0"',
    );
  });
});

describe('what fails in between', () => {
  test.each([
    ['the table', 'dynamodb', 'PutItem', 0],
    ['the queue', 'sqs', 'SendMessageBatch', 1],
  ])(
    '%s: told with the id of the request alone, and done when asked again',
    async (_n, service, action, stored) => {
      const { aws, runs, ask, jobs, logged } = await started();
      const mend = aws.fail((passing) =>
        passing.service === service && passing.action === action && passing.caller === NAME
          ? { code: 'InternalServerError', message: 'of the inside' }
          : undefined,
      );
      const [status, body] = answered(await ask('alice', 'approval', good));
      expect([status, body]).toEqual([
        500,
        { message: expect.stringMatching(/^Something failed here. Request \S+$/) },
      ]);
      expect(logged()).toContain('of the inside');
      expect(logged()).toContain(
        String((body as Properties)['message'])
          .split(' ')
          .at(-1),
      );
      expect(await runs.approvals(waiting)).toHaveLength(stored);
      mend();
      aws.clock.advance(1000);
      expect(await ask('alice', 'approval', good)).toMatchObject({ status: 202 });
      expect(jobs()).toHaveLength(1);
    },
  );
});
