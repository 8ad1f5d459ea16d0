import type { Needs } from '../../functions/remediate-finding/needs';
import type { Session } from '../../functions/remediate-finding/performer';
import { remediateFinding } from '../../functions/remediate-finding/remediate-finding';
import type { Template } from '../../local/template';
import { performCalls } from '../../shared/aws/perform-calls';
import { runCredentials } from '../../shared/aws/remediation-role';
import { remediationsTable } from '../../shared/aws/remediations-table';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import type { RemediationOutcome, Target } from '../../shared/contracts/trailseal/remediation';
import { rules } from '../../shared/controls';
import { remediations } from '../../shared/remediations';
import { capture } from '../../shared/remediations/plan';
import type { AnyRemediation, Occasion } from '../../shared/remediations/remediation';
import type { Run, Runs } from '../../shared/remediations/run';
import { ACCOUNT, type Case, FINDING, REGION } from '../shared/remediations/scene';
import { said } from '../support/judge-rule';
import { startTestAws, type TestAws } from '../support/local-aws';
import { Mishaps } from './mishaps';
import { EXTERNAL_ID, furnish, type RemediationAws, ROLE, startRemediationAws } from './remediation-aws';

const SINCE = '2026-11-29T11:00:00.000Z';
const ACTOR = `arn:aws:sts::${ACCOUNT}:assumed-role/admin/mallory`;
const APPROVER = `arn:aws:sts::${ACCOUNT}:assumed-role/security/ann`;
const BOB = `arn:aws:iam::${ACCOUNT}:user/bob`;
const TABLE = 'trailseal-test-findings';
const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });

/** The account that Trailseal lives in, beside the one in which it mends. */
const home: Template = {
  Resources: {
    Findings: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk', 'due', 'dueAt'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [key('due', 'HASH'), key('dueAt', 'RANGE')],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    },
    Remediate: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'remediate', Role: { 'Fn::GetAtt': ['RemediateRole', 'Arn'] } },
    },
    RemediateRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'table',
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }],
            },
          },
        ],
      },
    },
  },
};

/** Longer than a lease: whoever held one has died. */
const AFTER_THE_LEASE_MS = 7 * 60_000;
const MOST_DELIVERIES = 40;

type Asked = Omit<RemediateJob, 'job' | 'findingId'>;

/** One finding on the local AWS, with the whole runner, from the proposal to the undo. */
export class Remedy {
  readonly reported: RemediationOutcome[] = [];
  readonly runs: Runs;
  /** Findings that were due when a delivery had died, by the state that it left. */
  readonly wasDue: { readonly state: string; readonly isDue: boolean }[] = [];
  readonly #backIn: number[] = [];
  #nonces = 0;

  private constructor(
    readonly remediation: AnyRemediation,
    readonly one: Case,
    readonly world: RemediationAws,
    readonly home: TestAws,
    readonly mishaps: Mishaps,
  ) {
    this.runs = remediationsTable(TABLE, this.#now, mishaps.operatorsTable);
  }

  static async of(remediation: AnyRemediation, one: Case): Promise<Remedy> {
    const world = await startRemediationAws();
    const table = await startTestAws(home, {}, { clock: world.clock });
    await furnish(world, one.cloud);
    return new Remedy(remediation, one, world, table, new Mishaps(world, table));
  }

  async stop(): Promise<void> {
    this.mishaps.end();
    await Promise.all([this.world.aws.stop(), this.home.stop()]);
  }

  get control(): string {
    return this.one.control ?? this.remediation.fixes[0] ?? 'some-control';
  }

  get settings(): unknown {
    return this.remediation.settings.parse(this.one.settings ?? {});
  }

  readonly #now = () => new Date(this.world.clock.now()).toISOString();

  /** What is there now, read by nobody whom a fault could meet. */
  async live(resourceId = this.one.finding.resourceId): Promise<{ captured: Json; target: Target }> {
    const located = this.remediation.target({ ...this.finding(), resourceId });
    if ('cannot' in located) throw new Error(located.cannot);
    const { target } = located;
    const occasion: Occasion = {
      findingId: FINDING,
      control: this.control,
      parameters: this.one.parameters ?? {},
      at: this.#now(),
      since: SINCE,
    };
    const reads = this.remediation.reads(target, occasion, this.settings);
    const read = await this.#performer({
      accountId: ACCOUNT,
      findingId: FINDING,
      calls: reads.map(({ call }) => call),
    }).read(reads);
    if ('unreadable' in read) throw new Error(read.unreadable);
    const captured = capture(this.remediation, read.answers);
    if ('refusal' in captured) throw new Error(captured.refusal.says);
    return { captured: captured.captured, target };
  }

  last(): RemediationOutcome {
    const last = this.reported.at(-1);
    if (!last) throw new Error('nothing was reported');
    return last;
  }

  async run(id = this.last().run): Promise<Run> {
    const run = await this.runs.read(FINDING, id);
    if (!run) throw new Error(`there is no run ${id}`);
    return run;
  }

  /** Gives the approval that was asked for last. */
  async approve(): Promise<void> {
    const { run, planHash = '', asks } = this.last();
    if (!asks) throw new Error('no approval was asked for');
    const { nonce, expiresAt } = asks;
    const approval = { approver: APPROVER, planHash, nonce, at: this.#now(), expiresAt };
    await this.runs.approve({ findingId: FINDING, id: run }, approval);
  }

  async askUndo(of: Run): Promise<void> {
    await this.runs.askUndo(of, { by: BOB, at: this.#now(), forced: false });
  }

  /**
   * Delivers until everything was gone through twice: as a queue does that brings back what failed, delivers everything
   * twice, and may lose what the schedule then finds.
   */
  async comesToRest(asked: Asked = {}): Promise<void> {
    const { clock } = this.world;
    let quiet = 0;
    let next = asked;
    for (let tries = 0; quiet < 2; tries += 1) {
      if (tries > MOST_DELIVERIES) throw new Error('it never comes to rest');
      const before = this.#backIn.length;
      try {
        await this.#deliver(next);
        quiet = this.#backIn.length === before && next === asked ? quiet + 1 : 0;
        if (this.#backIn.length > before) clock.advance(1000 * (this.#backIn.at(-1) ?? 0));
        next = asked;
      } catch (error) {
        if (!this.mishaps.explains(error as Error)) throw error;
        quiet = 0;
        clock.advance(AFTER_THE_LEASE_MS);
        // What was begun is due, and comes by the schedule before its message does.
        next = (await this.#isDue()) ? {} : asked;
      }
    }
  }

  async #isDue(): Promise<boolean> {
    const lease = await this.runs.lease(FINDING, this.#now(), this.#now());
    if (lease === 'held') throw new Error('the lease of the dead does not end');
    await this.runs.release(FINDING, lease.fence);
    const latest = lease.run === undefined ? undefined : await this.runs.read(FINDING, lease.run);
    const isDue = async (by: string) => (await this.runs.due(by, 10)).includes(FINDING);
    if (latest) {
      const state = latest.outbox.length > 0 ? 'to be reported' : latest.state;
      const { dueAt = '' } = latest;
      this.wasDue.push({ state, isDue: await isDue(dueAt) });
    }
    return isDue(this.#now());
  }

  async #deliver(asked: Asked): Promise<void> {
    await this.mishaps.during(async (mortal) => {
      await remediateFinding(mortal(this.#needs()))({ job: 'remediate', findingId: FINDING, ...asked });
    });
  }

  #performer(session: Session): ReturnType<typeof performCalls> {
    return performCalls({
      endpoint: this.world.aws.url,
      credentials: runCredentials({ arn: ROLE, externalId: EXTERNAL_ID }, session, {
        sts: this.world.sts(),
        now: () => this.world.clock.now(),
      }),
    });
  }

  #needs(): Needs {
    const { remediation, one, world } = this;
    const parameters = one.parameters ?? {};
    return {
      findings: { read: async (id) => (id === FINDING ? { finding: this.finding() } : undefined) },
      runs: remediationsTable(TABLE, this.#now, this.mishaps.table),
      remediations,
      directions: {
        policy: 'valid',
        mode: () => 'approve',
        remediation: () => ({ remediation, settings: this.settings, cap: remediation.cap }),
        parameters: () => parameters,
        exemption: () => 'none',
        protectedTags: [],
        actorMayApprove: false,
      },
      evidence: { tags: async () => ({}), chain: async () => 'whole', makingCalls: async () => [] },
      judge: (control, item) => {
        const rule = rules.find(({ id }) => id === control);
        return rule === undefined
          ? 'not-judged'
          : said(rule, item as unknown as JsonObject, parameters).compliance;
      },
      performer: (session) => this.#performer(session),
      ourRole: () => ROLE,
      api: 'https://approvals.example',
      report: async (outcome) => void this.reported.push(outcome),
      comeBack: async (_findingId, seconds) => void this.#backIn.push(seconds),
      wait: async (ms) => {
        world.clock.advance(ms);
        await new Promise((resolve) => setImmediate(resolve));
      },
      newNonce: () => {
        this.#nonces += 1;
        return `nonce-${this.#nonces}`;
      },
      now: this.#now,
    };
  }

  finding(): Finding {
    return {
      id: FINDING,
      control: this.control,
      severity: 'high',
      accountId: ACCOUNT,
      region: REGION,
      ...this.one.finding,
      state: 'open',
      exposure: { from: SINCE },
      judgement: {
        observedAt: SINCE,
        configurationStateId: '1',
        policyVersion: '2026-01-01T00:00:00.000Z.abc',
        compliance: 'NON_COMPLIANT',
        annotation: 'it is open',
        because: [],
        change: { state: 'none', properties: [], otherPaths: [] },
        activity: {
          eventID: 'e-1',
          eventName: 'Open',
          eventSource: 'ec2.amazonaws.com',
          eventTime: '2026-11-29T10:59:00.000Z',
          awsRegion: REGION,
          actor: { type: 'AssumedRole', principal: ACTOR, console: false },
        },
      },
      history: [],
    };
  }
}
