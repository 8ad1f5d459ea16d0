import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Needs } from '../../../functions/remediate-finding/needs';
import type { CallAnswer, Performer } from '../../../functions/remediate-finding/performer';
import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import type { Json, JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { Mode } from '../../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import type { AwsCall, RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import type { AnyRule, Control } from '../../../shared/controls/control';
import { remediations } from '../../../shared/remediations';
import type { MakingCall } from '../../../shared/remediations/guards';
import { capture } from '../../../shared/remediations/plan';
import type { AnyRemediation, Occasion } from '../../../shared/remediations/remediation';
import type { Run } from '../../../shared/remediations/run';
import { type CloudState, emptyCloud, perform, Refused } from '../../shared/remediations/cloud';
import { ACCOUNT, type Case, FINDING, NOW, REGION } from '../../shared/remediations/scene';
import { said } from '../../support/judge-rule';
import { memoryRuns } from './memory-runs';

export const ROLE = `arn:aws:iam::${ACCOUNT}:role/trailseal-dev-remediation`;
export const ACTOR = `arn:aws:sts::${ACCOUNT}:assumed-role/admin/mallory`;
export const APPROVER = `arn:aws:sts::${ACCOUNT}:assumed-role/security/ann`;

const rules = join(__dirname, '..', '..', '..', 'shared', 'controls', 'rules');
const ruleFiles = new Map(
  readdirSync(rules, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/[^/]+\.ts$/.test(file))
    .map((file) => [basename(file, '.ts'), join(rules, file)]),
);

/** The rule of a control; undefined for a detection, which has nothing to judge again. */
async function ruleNamed(id: string): Promise<AnyRule | undefined> {
  const file = ruleFiles.get(id);
  return file === undefined ? undefined : ((await import(file)) as { default: Control & AnyRule }).default;
}

/** What else speaks for or against a run; by default nothing does. */
export interface Circumstances {
  mode: Mode;
  policy: Needs['directions']['policy'];
  exemption: ReturnType<Needs['directions']['exemption']>;
  protectedTags: Needs['directions']['protectedTags'];
  tags: Awaited<ReturnType<Needs['evidence']['tags']>>;
  chain: Awaited<ReturnType<Needs['evidence']['chain']>>;
  makingCalls: readonly MakingCall[];
  finding: Partial<Finding>;
}

/** A call as it came to AWS, and what AWS did. */
export interface Sent {
  readonly call: AwsCall;
  readonly answer: CallAnswer;
}

export interface Stage {
  readonly needs: Needs;
  readonly cloud: CloudState;
  readonly runs: ReturnType<typeof memoryRuns>;
  readonly sent: Sent[];
  readonly sessions: Parameters<Needs['performer']>[0][];
  /** By their ids: what is reported twice is one. */
  readonly reported: Map<string, RemediationOutcome>;
  readonly circumstances: Circumstances;
  readonly clock: { now: number };
  /** Seconds after which it wants to be called again. */
  readonly backIn: number[];
  finding(): Finding;
  capture(): Json;
  meaning(): Json;
  outcomes(): RemediationOutcome['kind'][];
  last(): RemediationOutcome;
  run(id?: string): Promise<Run>;
  deliver(more?: {
    readonly undo?: string;
    readonly again?: true;
  }): ReturnType<ReturnType<typeof remediateFinding>>;
  /** Gives the approval that was asked for last. */
  approve(
    more?: Partial<{ approver: string; planHash: string; nonce: string; expiresAt: string }>,
  ): Promise<void>;
}

export async function stageOf(
  remediation: AnyRemediation,
  one: Case,
  given: Partial<Circumstances> = {},
): Promise<Stage> {
  const cloud: CloudState = { ...emptyCloud(), ...structuredClone(one.cloud) };
  const control = one.control ?? remediation.fixes[0] ?? 'some-control';
  const rule = await ruleNamed(control);
  const circumstances: Circumstances = {
    mode: 'approve',
    policy: 'valid',
    exemption: 'none',
    protectedTags: [],
    tags: {},
    chain: 'whole',
    makingCalls: [],
    finding: {},
    ...given,
  };
  const runs = memoryRuns();
  const sent: Sent[] = [];
  const sessions: Stage['sessions'] = [];
  const reported = new Map<string, RemediationOutcome>();
  const clock = { now: Date.parse(NOW) };
  const backIn: number[] = [];
  let made = 0;
  const now = () => {
    clock.now += 1;
    return new Date(clock.now).toISOString();
  };
  const parameters = one.parameters ?? {};
  const finding = (): Finding => ({
    id: FINDING,
    control,
    severity: 'high',
    accountId: ACCOUNT,
    region: REGION,
    ...one.finding,
    state: 'open',
    exposure: { from: '2026-11-29T11:00:00.000Z' },
    judgement: {
      observedAt: '2026-11-29T11:00:00.000Z',
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
    ...circumstances.finding,
  });

  const performer: Performer = {
    async read(calls) {
      const answers: Record<string, Json> = {};
      for (const { as, call, absentOn } of calls) {
        try {
          answers[as] = perform(cloud, call);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          if (!absentOn.includes(error.code)) return { unreadable: `AWS answers ${error.code}.` };
          answers[as] = null;
        }
      }
      return { answers };
    },
    async apply(call) {
      made += 1;
      const requestId = `r-${made}`;
      const answer = answerTo(call, requestId);
      sent.push({ call, answer });
      return answer;
    },
  };
  function answerTo(call: AwsCall, requestId: string): CallAnswer {
    try {
      return { state: 'done', requestId, answer: perform(cloud, call) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { state: 'refused', code: error.code, requestId };
    }
  }

  const needs: Needs = {
    findings: { read: async (id) => (id === FINDING ? { finding: finding() } : undefined) },
    runs,
    remediations,
    directions: {
      get policy() {
        return circumstances.policy;
      },
      mode: () => circumstances.mode,
      remediation: () => ({
        remediation,
        settings: remediation.settings.parse(one.settings ?? {}),
        cap: remediation.cap,
      }),
      parameters: () => parameters,
      exemption: () => circumstances.exemption,
      get protectedTags() {
        return circumstances.protectedTags;
      },
      actorMayApprove: false,
    },
    evidence: {
      tags: async () => circumstances.tags,
      chain: async () => circumstances.chain,
      makingCalls: async () => circumstances.makingCalls,
    },
    judge: (_control, item) =>
      rule === undefined
        ? 'not-judged'
        : said(rule, item as unknown as JsonObject, parameters as JsonObject).compliance,
    performer(session) {
      sessions.push(session);
      return performer;
    },
    ourRole: () => ROLE,
    api: 'https://example.execute-api.eu-central-1.amazonaws.com',
    async report(outcome) {
      reported.set(outcome.id, outcome);
    },
    async comeBack(_findingId, seconds) {
      backIn.push(seconds);
    },
    wait: async (ms) => {
      clock.now += ms;
    },
    newNonce: () => {
      made += 1;
      return `nonce-${made}`;
    },
    now,
  };
  const handle = remediateFinding(needs);

  const located = () => {
    const place = remediation.target(finding());
    if ('cannot' in place) throw new Error(place.cannot);
    return place.target;
  };
  const stage: Stage = {
    needs,
    cloud,
    runs,
    sent,
    sessions,
    reported,
    circumstances,
    clock,
    backIn,
    finding,
    capture() {
      const occasion: Occasion = {
        findingId: FINDING,
        control,
        parameters,
        at: NOW,
        since: '2026-11-29T11:00:00.000Z',
      };
      const settings = remediation.settings.parse(one.settings ?? {});
      const answers = remediation
        .reads(located(), occasion, settings)
        .map(({ as, call, absentOn }): [string, Json] => {
          try {
            return [as, perform(cloud, call)];
          } catch (error) {
            if (error instanceof Refused && absentOn.includes(error.code)) return [as, null];
            throw error;
          }
        });
      const read = capture(remediation, Object.fromEntries(answers));
      if ('refusal' in read) throw new Error(read.refusal.says);
      return read.captured;
    },
    meaning: () => remediation.meaning(stage.capture()),
    outcomes: () => [...reported.values()].map(({ kind }) => kind),
    last() {
      const last = [...reported.values()].at(-1);
      if (!last) throw new Error('nothing was reported');
      return last;
    },
    async run(id = stage.last().run) {
      const run = await runs.read(FINDING, id);
      if (!run) throw new Error(`there is no run ${id}`);
      return run;
    },
    deliver: (more = {}) => handle({ job: 'remediate', findingId: FINDING, ...more }),
    async approve(more = {}) {
      const { run, planHash = '', asks } = stage.last();
      if (!asks) throw new Error('no approval was asked for');
      await runs.approve(
        { findingId: FINDING, id: run },
        {
          approver: APPROVER,
          planHash,
          nonce: asks.nonce,
          at: new Date(clock.now).toISOString(),
          expiresAt: new Date(clock.now + 3_600_000).toISOString(),
          ...more,
        },
      );
    },
  };
  return stage;
}

/** Delivers until it has gone through twice, as a queue does that delivers everything twice. */
export async function settled(
  stage: Stage,
  more: { readonly undo?: string } = {},
  revive: () => void = () => undefined,
): Promise<void> {
  let quiet = 0;
  for (let tries = 0; quiet < 2; tries += 1) {
    if (tries > 30) throw new Error('it never comes to rest');
    const before = stage.backIn.length;
    try {
      await stage.deliver(more);
      quiet = stage.backIn.length === before ? quiet + 1 : 0;
      if (stage.backIn.length > before) stage.clock.now += 1000 * (stage.backIn.at(-1) ?? 0);
    } catch (error) {
      if (!/^(Killed|NotYet|Flaky)$/.test((error as Error).name)) throw error;
      quiet = 0;
      revive();
      // Whoever died had the lease.
      stage.clock.now += 7 * 60_000;
    }
  }
}
