import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { approveRemediation } from '../../../functions/approve-remediation/approve-remediation';
import type { Template } from '../../../local/template';
import { performCalls } from '../../../shared/aws/perform-calls';
import { remediationsTable } from '../../../shared/aws/remediations-table';
import type { Json, JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import type { Plan } from '../../../shared/contracts/trailseal/remediation';
import { remediationByControl } from '../../../shared/remediations';
import { capture, inputOf, propose } from '../../../shared/remediations/plan';
import type { Occasion } from '../../../shared/remediations/remediation';
import { idOf, type Run } from '../../../shared/remediations/run';
import { furnish, type RemediationAws } from '../../local/remediation-aws';
import { GROUP, group, rule } from '../../shared/remediations/cases';
import { at, joined, open } from '../../support/findings';
import { ACCOUNT, REGION, startTestAws, type TestAws } from '../../support/local-aws';
import { emptyFolder, NOW } from '../test-shell';

export const ACTOR = `arn:aws:sts::${ACCOUNT}:assumed-role/admin/mallory`;
export const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;
export const QUEUE = 'trailseal-dev-remediate-finding';
const TABLE = 'trailseal-dev-findings';
const now = () => NOW.toISOString();

const template: Template = {
  Resources: {
    Findings: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    },
    RemediateFindingQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: QUEUE } },
  },
};

/** Open to the world for SSH, and for HTTPS, which is nobody's concern. */
export const rules = [
  rule('ssh', { FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }),
  rule('https', { FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' }),
];

/** A finding on a security group of the local AWS, a project with a compliance.yml, and the API of approvals. */
export interface World {
  readonly aws: TestAws;
  readonly folder: string;
  readonly finding: Finding;
  readonly runs: ReturnType<typeof remediationsTable>;
  /** Requests that came to the API: who signed them, and what they said. */
  readonly asked: { path: string; keyId: string | undefined; body: JsonObject }[];
  /** What the function does once the API has taken something. */
  thenDo: (() => Promise<void>) | undefined;
  /** From now on the operator is somebody who may do this and nothing else. */
  limitTo(...statements: readonly object[]): void;
  store(finding: Finding): Promise<void>;
  jobs(): unknown[];
  captured(): Promise<Json>;
  /** The plan for what is there now. */
  plan(): Promise<Plan>;
  make(plan: Plan): Promise<void>;
  /** Writes a run, and makes it the latest. */
  put(run: Partial<Run>): Promise<Run>;
  /** A run that waits for an approval of what is there now. */
  propose(more?: Partial<Run>): Promise<Run>;
  /** A fix that was made, and what it left. */
  fixed(more?: Partial<Run>): Promise<Run>;
  /** Lets the world into the group again, on another port. */
  change(): Promise<void>;
}

const servers: Server[] = [];
/** For afterEach. */
export const closeApis = () => {
  for (const server of servers.splice(0)) server.close();
};

export interface WorldOptions {
  readonly yml?: string;
  readonly finding?: Partial<Finding>;
  readonly tags?: JsonObject[];
}

export const modeYml = (mode: string): string =>
  `version: 1\ncontrols:\n  sg-no-world-admin-ipv4:\n    mode: ${mode}\n`;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { yml = modeYml('approve'), tags = [] } = options;
  const aws = await startTestAws(template, {}, { stage: 'dev' });
  await furnish({ aws } as RemediationAws, { groups: [group('web', tags)], rules });
  const finding = findingOn(options.finding);
  const store = async (stored: Finding) => {
    await aws.operator.dynamodb.send(
      new PutCommand({
        TableName: TABLE,
        Item: { pk: `F#${stored.id}`, sk: 'STATE', finding: stored, seq: 1, outbox: [] },
      }),
    );
  };
  await store(finding);
  const runs = remediationsTable(TABLE, now, aws.operator.dynamodb);
  const asked: World['asked'] = [];
  const handle = approveRemediation({
    findings: { read: async (id) => (id === finding.id ? { finding } : undefined) },
    runs,
    jobs: { send: async () => undefined },
    actorMayApprove: false,
    telemetry: { count: () => undefined, countBy: () => undefined, info: () => undefined },
    now,
  });
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await textOf(request);
    const keyId = /Credential=([^/]+)\/\d{8}\/eu-central-1\/execute-api\//.exec(
      request.headers.authorization ?? '',
    )?.[1];
    asked.push({ path, keyId, body: JSON.parse(body) as JsonObject });
    const [, findingId = '', runId = '', wants = ''] =
      /^\/findings\/([^/]+)\/runs\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const answer = await handle({
      route: `POST /findings/{findingId}/runs/{runId}/${wants}`,
      parameters: { findingId, runId },
      body,
      caller: keyId === 'mallory' ? ACTOR : keyId && `arn:aws:iam::${ACCOUNT}:user/${keyId}`,
      requestId: 'r-1',
    });
    if (answer.status === 202) await world.thenDo?.();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const folder = emptyFolder();
  mkdirSync(join(folder, '.trailseal'));
  const description = {
    url: aws.url,
    region: REGION,
    stage: 'dev',
    people: Object.fromEntries(
      ['ann', 'mallory'].map((name) => [name, { accessKeyId: name, secretAccessKey: `secret of ${name}` }]),
    ),
  };
  const describe = (accessKeyId: string) =>
    writeFileSync(join(folder, '.trailseal', 'local.json'), JSON.stringify({ ...description, accessKeyId }));
  describe('operator');
  writeFileSync(join(folder, 'compliance.yml'), yml);

  const remediation = remediationByControl.get(finding.control);
  if (!remediation) throw new Error('nothing fixes the control');
  const located = remediation.target(finding);
  if ('cannot' in located) throw new Error(located.cannot);
  const occasion: Occasion = {
    findingId: finding.id,
    control: finding.control,
    parameters: {},
    at: now(),
    since: at(9),
  };
  const situation = { target: located.target, occasion, settings: {} };
  const performer = performCalls({
    endpoint: aws.url,
    credentials: async () => ({ accessKeyId: 'operator', secretAccessKey: 'local' }),
  });

  const world: World = {
    aws,
    folder,
    finding,
    runs,
    asked,
    thenDo: undefined,
    limitTo: (...statements) => describe(aws.people.add('limited', statements).accessKeyId),
    store,
    jobs: () => aws.queue(QUEUE).messages.map(({ body }) => JSON.parse(body) as unknown),
    async captured() {
      const read = await performer.read(remediation.reads(located.target, occasion, {}));
      if ('unreadable' in read) throw new Error(read.unreadable);
      const kept = capture(remediation, read.answers);
      if ('refusal' in kept) throw new Error(kept.refusal.says);
      return kept.captured;
    },
    async plan() {
      const proposal = propose(remediation, { ...situation, captured: await world.captured() });
      if ('refusal' in proposal) throw new Error(proposal.refusal.says);
      return proposal.plan;
    },
    async make(plan) {
      const answers: JsonObject[] = [];
      for (const call of plan.calls) {
        const made = await performer.apply({ ...call, input: inputOf(call, answers) });
        if (made.state !== 'done') throw new Error(`${call.says}: ${JSON.stringify(made)}`);
        answers.push(made.answer);
      }
    },
    async put(parts) {
      const run: Run = {
        findingId: finding.id,
        id: idOf('run', parts.id ?? ''),
        does: 'fix',
        remediation: remediation.id,
        control: finding.control,
        accountId: finding.accountId,
        since: at(9),
        api,
        state: 'planned',
        mode: 'approve',
        steps: [{ state: 'planned', at: now(), says: 'It waits for an approval.' }],
        answers: {},
        outbox: [],
        seq: 1,
        ...parts,
      };
      const before = await runs.read(finding.id, run.id);
      await runs.write({ ...run, seq: (before?.seq ?? 0) + 1 }, before?.seq);
      const lease = await runs.lease(finding.id, now(), now());
      if (lease === 'held') throw new Error('the lease is held');
      await runs.point(finding.id, lease.fence, run.id);
      await runs.release(finding.id, lease.fence);
      return run;
    },
    async propose(more = {}) {
      const plan = await world.plan();
      const run = await world.put({
        planHash: plan.hash,
        asks: { nonce: 'a-nonce', expiresAt: '2026-02-02T00:00:00.000Z' },
        ...more,
      });
      await keepParts(run, plan, { CAPTURE: await world.captured() });
      return run;
    },
    async fixed(more = {}) {
      const plan = await world.plan();
      const before = await world.captured();
      await world.make(plan);
      const run = await world.put({
        planHash: plan.hash,
        state: 'applied',
        begunAt: '2026-01-31T11:00:00.000Z',
        steps: [{ state: 'applied', at: '2026-01-31T11:00:05.000Z' }],
        ...more,
      });
      await keepParts(run, plan, { CAPTURE: before, LEFT: await world.captured() });
      return run;
    },
    change: () =>
      furnish({ aws } as RemediationAws, {
        rules: [rule('more', { FromPort: 8080, ToPort: 8080, CidrIpv4: '192.0.2.0/24' })],
      }),
  };

  async function keepParts(run: Run, plan: Plan, states: Readonly<Record<string, Json>>): Promise<void> {
    const kept = { plan, settings: {}, parameters: {}, lowered: [] } as unknown as Json;
    await runs.keep(run, 'PLAN', kept, 9);
    for (const part of ['CAPTURE', 'LEFT'] as const) {
      const state = states[part];
      if (state !== undefined) await runs.keep(run, part, state, 9);
    }
  }

  return world;
}

/** Made by mallory. */
function findingOn(parts: Partial<Finding> = {}): Finding {
  const judgement = open(at(9), {
    activity: {
      eventID: 'e-1',
      eventName: 'AuthorizeSecurityGroupIngress',
      eventSource: 'ec2.amazonaws.com',
      eventTime: at(8, 59),
      awsRegion: REGION,
      actor: { type: 'AssumedRole', principal: ACTOR, console: false },
    },
  });
  const { finding } = joined([judgement], at(12));
  return {
    ...finding,
    resourceId: GROUP,
    resourceName: 'web',
    arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${GROUP}`,
    ...parts,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
