import { randomUUID } from 'node:crypto';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import deployed from '../../compliance.yml';
import { approveRemediation } from '../../functions/approve-remediation/approve-remediation';
import { detectActivity } from '../../functions/detect-activity/detect-activity';
import { evaluateAccount } from '../../functions/evaluate-account/evaluate-account';
import { evaluateConfiguration } from '../../functions/evaluate-configuration/evaluate-configuration';
import { importFinding } from '../../functions/import-finding/import-finding';
import { indexActivity } from '../../functions/index-activity/index-activity';
import { directionsOf } from '../../functions/remediate-finding/directions';
import { evidenceFrom } from '../../functions/remediate-finding/evidence';
import { judgeBy } from '../../functions/remediate-finding/judge';
import { remediateFinding } from '../../functions/remediate-finding/remediate-finding';
import { sendAlert } from '../../functions/send-alert/send-alert';
import { sweepFindings } from '../../functions/sweep-findings/sweep-findings';
import { verifyTrail } from '../../functions/verify-trail/verify-trail';
import { watchTrails } from '../../functions/watch-trails/watch-trails';
import { accessKeyOf } from '../../local/access';
import type { LocalAwsOptions } from '../../local/aws';
import type { Template } from '../../local/template';
import { accountReader } from '../../shared/aws/account-snapshot';
import { activityIndex } from '../../shared/aws/activity-index';
import { activityLookup } from '../../shared/aws/activity-lookup';
import { activityTable } from '../../shared/aws/activity-table';
import { alertTopic } from '../../shared/aws/alert-topic';
import { bursts } from '../../shared/aws/bursts';
import { chainsTable } from '../../shared/aws/chains-table';
import { claims } from '../../shared/aws/claims';
import { configHistory } from '../../shared/aws/config-history';
import { evidenceBucket } from '../../shared/aws/evidence-bucket';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { ownEvents } from '../../shared/aws/own-events';
import { performCalls } from '../../shared/aws/perform-calls';
import { queues } from '../../shared/aws/queues';
import { recordSearches } from '../../shared/aws/record-searches';
import { runCredentials } from '../../shared/aws/remediation-role';
import { remediationsTable } from '../../shared/aws/remediations-table';
import { resourceTags } from '../../shared/aws/resource-tags';
import { settingsHistory } from '../../shared/aws/settings-history';
import { trailService } from '../../shared/aws/trail-service';
import { unresolvedFindings } from '../../shared/aws/unresolved-findings';
import { watchedBuckets } from '../../shared/aws/watched-buckets';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { parseMessageBody } from '../../shared/contracts/aws/trail-notification';
import type { CompliancePolicy, Trails } from '../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import { controls, detections, partners, rules, verifications } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import type { RulesByType } from '../../shared/controls/judge';
import { linkEvents } from '../../shared/findings/event-links';
import { linkFinding } from '../../shared/findings/links';
import { ownCallsOf } from '../../shared/findings/own-calls';
import { recordOutcome } from '../../shared/findings/record';
import { httpHandler } from '../../shared/lambda/http-handler';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { type PowertoolsTelemetry, telemetry } from '../../shared/lambda/telemetry';
import { policyAt } from '../../shared/policy/coverage';
import { remediations } from '../../shared/remediations';
import { roleIn } from '../../shared/remediations/role';
import { callsOfRuns } from '../../shared/remediations/run';
import type { Alert } from '../../shared/tell/alerts/alert';
import { fewRules } from './few-rules';
import { ACCOUNT, type Clients, type Handler, REGION, startTestAws, type TestAws } from './local-aws';

const PREFIX = 'trailseal-dev';
const names = {
  account: `${PREFIX}-evaluate-account`,
  approve: `${PREFIX}-approve-remediation`,
  detect: `${PREFIX}-detect-activity`,
  evaluate: `${PREFIX}-evaluate-configuration`,
  import: `${PREFIX}-import-finding`,
  index: `${PREFIX}-index-activity`,
  remediate: `${PREFIX}-remediate-finding`,
  send: `${PREFIX}-send-alert`,
  sweep: `${PREFIX}-sweep-findings`,
  verify: `${PREFIX}-verify-trail`,
  watch: `${PREFIX}-watch-trails`,
};

const logicalIds: Readonly<Record<keyof typeof names, string>> = {
  account: 'EvaluateDashaccountLambdaFunction',
  approve: 'ApproveDashremediationLambdaFunction',
  detect: 'DetectDashactivityLambdaFunction',
  evaluate: 'EvaluateDashconfigurationLambdaFunction',
  import: 'ImportDashfindingLambdaFunction',
  index: 'IndexDashactivityLambdaFunction',
  remediate: 'RemediateDashfindingLambdaFunction',
  send: 'SendDashalertLambdaFunction',
  sweep: 'SweepDashfindingsLambdaFunction',
  verify: 'VerifyDashtrailLambdaFunction',
  watch: 'WatchDashtrailsLambdaFunction',
};

/** What a template made with TRAILSEAL_SAMPLE_TRAIL watches. */
export const sampleTrails: Trails = {
  buckets: [{ name: 'trailseal-sample-trail', owner: 'self', keys: [] }],
  topics: [`arn:aws:sns:${REGION}:${ACCOUNT}:trailseal-sample-trail-digests`],
  lookbackDays: 30,
};

/** The functions as they are deployed, in this process, on a local AWS made of the compiled template. */
export interface Pipeline {
  readonly aws: TestAws;
  /** How often each metric was counted, by name and by `name/dimension value`. */
  readonly counted: Map<string, number>;
  /** Sends events as AWS does, and waits until all is quiet. */
  send(...events: unknown[]): Promise<void>;
  sweep(): Promise<unknown>;
  /** Takes a snapshot of the account, and waits until all that it brought about is done. */
  account(): Promise<unknown>;
  /** Lets watch-trails look, and waits until all that it asked for is done. */
  watch(): Promise<unknown>;
  /** Calls a function with a bare event. */
  invoke(name: keyof typeof names, event: unknown): Promise<unknown>;
  findings(): Promise<Finding[]>;
  /** What machines were told, in the order of delivery. */
  alerts(): Alert[];
  deadLetters(): {
    body: string;
    reason: string | undefined;
    error: string | undefined;
    stage: string | undefined;
  }[];
}

export interface PipelineOptions extends Partial<LocalAwsOptions> {
  readonly rules?: RulesByType;
  /** Whether records are looked for in the sample trail. */
  readonly isWatched?: boolean;
  /** Instead of compliance.yml. */
  readonly policy?: CompliancePolicy;
}

export async function startPipeline(template: Template, options: PipelineOptions = {}): Promise<Pipeline> {
  const counted = new Map<string, number>();
  const { rules: judging = fewRules, isWatched = false, policy = deployed, ...awsOptions } = options;
  const handlers: Record<string, Handler> = {
    [names.account]: (event, clients) => accountHandler(clients)(event, contextOf(names.account)),
    [names.approve]: (event, clients) => approveHandler(clients)(event, contextOf(names.approve)),
    [names.detect]: (event, clients) => detectHandler(clients)(event, contextOf(names.detect)),
    [names.evaluate]: (event, clients) => evaluateHandler(clients)(event, contextOf(names.evaluate)),
    [names.import]: (event, clients) => importHandler(clients)(event, contextOf(names.import)),
    [names.index]: (event, clients) => indexHandler(clients)(event, contextOf(names.index)),
    [names.remediate]: (event, clients) => remediateHandler(clients)(event, contextOf(names.remediate)),
    [names.send]: (event, clients) => sendHandler(clients)(event, contextOf(names.send)),
    [names.sweep]: (event, clients) => sweepHandler(clients)(event, contextOf(names.sweep)),
    [names.verify]: (event, clients) => verifyHandler(clients)(event, contextOf(names.verify)),
    [names.watch]: (event, clients) => watchHandler(clients)(event, contextOf(names.watch)),
  };
  const aws = await startTestAws(template, handlers, { ...awsOptions, stage: 'dev' });
  await aws.operator.sns.send(
    new SubscribeCommand({
      TopicArn: aws.arn('AlertsTopic'),
      Protocol: 'https',
      Endpoint: 'https://siem.example.com/',
    }),
  );
  const now = () => new Date(aws.clock.now()).toISOString();
  const variable = (functionName: string, name: string) => {
    const value = aws.environment(functionName)[name];
    if (value === undefined) throw new Error(`${functionName} has no ${name}`);
    return value;
  };

  const record = (clients: Clients, name: string) => ({
    table: findingsTable(variable(name, 'TABLE_NAME'), clients.dynamodb),
    bus: findingsBus(variable(name, 'BUS_NAME'), clients.events),
    now,
  });
  /** @param isOwn whether it learns of our own calls, or of runs */
  const linked = (clients: Clients, name: string, isOwn = false) => {
    const table = variable(name, 'TABLE_NAME');
    const index = activityIndex(table, clients.dynamodb);
    const witnesses = witnessesTable(table, clients.dynamodb);
    const { rootSession } = activityTable(table, clients.dynamodb);
    const links = { witnesses, isWatched, rootSession, now };
    const runs = remediationsTable(table, now, clients.dynamodb);
    const ownCalls = ownCallsOf({
      events: ownEvents(table, clients.dynamodb),
      runCalls: (findingId, latest) => callsOfRuns(runs, findingId, latest),
      ...links,
    });
    return {
      index,
      witnesses,
      record: {
        ...record(clients, name),
        link: linkFinding({ index, ...links }),
        ...(isOwn ? { ownCalls } : {}),
      },
    };
  };
  const ownQueues = (clients: Clients, name: string) =>
    queues(variable(name, 'QUEUE_URL'), variable(name, 'DEAD_LETTERS_URL'), clients.sqs);

  const evaluateHandler = (clients: Clients) => {
    const observed = counting('evaluate-configuration', counted);
    return queueHandler({
      name: 'evaluate-configuration',
      queues: ownQueues(clients, names.evaluate),
      telemetry: observed,
      handle: evaluateConfiguration({
        rules: judging,
        policy: { ...policy, since: '2026-01-01T00:00:00.000Z' },
        home: { accountId: ACCOUNT, region: REGION },
        history: configHistory(clients.config),
        ...linked(clients, names.evaluate),
        telemetry: observed,
      }),
    });
  };
  const detectHandler = (clients: Clients) => {
    const observed = counting('detect-activity', counted);
    const inForce = { ...policy, since: '2026-01-01T00:00:00.000Z', trails: sampleTrails };
    return queueHandler({
      name: 'detect-activity',
      queues: ownQueues(clients, names.detect),
      telemetry: observed,
      handle: detectActivity({
        detector: detector(detections, { ...inForce, ownKeys: [variable(names.detect, 'KEY_ARN')] }),
        policy: inForce,
        home: { accountId: ACCOUNT, region: REGION },
        activity: activityTable(variable(names.detect, 'TABLE_NAME'), clients.dynamodb),
        record: {
          ...record(clients, names.detect),
          link: linkEvents({
            witnesses: witnessesTable(variable(names.detect, 'TABLE_NAME'), clients.dynamodb),
            isWatched,
            rootSession: activityTable(variable(names.detect, 'TABLE_NAME'), clients.dynamodb).rootSession,
            now,
          }),
        },
        telemetry: observed,
      }),
    });
  };
  const indexHandler = (clients: Clients) => {
    const observed = counting('index-activity', counted);
    return queueHandler({
      name: 'index-activity',
      queues: ownQueues(clients, names.index),
      telemetry: observed,
      handle: indexActivity({
        policy,
        home: { accountId: ACCOUNT, region: REGION },
        ...linked(clients, names.index, true),
        own: {
          events: ownEvents(variable(names.index, 'TABLE_NAME'), clients.dynamodb),
          role: roleIn(variable(names.index, 'REMEDIATION_ROLE'), REGION),
        },
        telemetry: observed,
      }),
    });
  };
  const importHandler = (clients: Clients) => {
    const observed = counting('import-finding', counted);
    return queueHandler({
      name: 'import-finding',
      queues: ownQueues(clients, names.import),
      telemetry: observed,
      handle: importFinding({
        partners,
        policy: { ...policy, since: '2026-01-01T00:00:00.000Z' },
        home: { accountId: ACCOUNT, region: REGION },
        record: record(clients, names.import),
        telemetry: observed,
      }),
    });
  };
  const sendHandler = (clients: Clients) => {
    const observed = counting('send-alert', counted);
    return queueHandler({
      name: 'send-alert',
      queues: ownQueues(clients, names.send),
      telemetry: observed,
      handle: sendAlert({
        controls,
        policy,
        topic: alertTopic(variable(names.send, 'ALERTS_TOPIC_ARN'), clients.sns),
        claims: claims(variable(names.send, 'TABLE_NAME'), 'send-alert', now, clients.dynamodb),
        bursts: bursts(variable(names.send, 'TABLE_NAME'), now, clients.dynamodb),
        jobs: jobQueue(variable(names.send, 'QUEUE_URL'), clients.sqs),
        telemetry: observed,
        now: () => new Date(now()),
      }),
    });
  };
  const sweepHandler = (clients: Clients) => {
    const observed = counting('sweep-findings', counted);
    return scheduledHandler({
      telemetry: observed,
      run: sweepFindings({
        record: record(clients, names.sweep),
        remediations: {
          runs: remediationsTable(variable(names.sweep, 'TABLE_NAME'), now, clients.dynamodb),
          jobs: jobQueue(variable(names.sweep, 'REMEDIATE_URL'), clients.sqs),
        },
        telemetry: observed,
      }),
    });
  };

  const approveHandler = (clients: Clients) => {
    const observed = counting('approve-remediation', counted);
    const table = variable(names.approve, 'TABLE_NAME');
    return httpHandler({
      telemetry: observed,
      handle: approveRemediation({
        findings: findingsTable(table, clients.dynamodb),
        runs: remediationsTable(table, now, clients.dynamodb),
        jobs: jobQueue(variable(names.approve, 'JOBS_URL'), clients.sqs),
        actorMayApprove: policy.remediations.actorMayApprove,
        telemetry: observed,
        now,
      }),
    });
  };
  const remediateHandler = (clients: Clients) => {
    const observed = counting('remediate-finding', counted);
    const table = variable(names.remediate, 'TABLE_NAME');
    const jobs = jobQueue<RemediateJob>(variable(names.remediate, 'QUEUE_URL'), clients.sqs);
    const { record: recording, index, witnesses } = linked(clients, names.remediate, true);
    const role = roleIn(variable(names.remediate, 'REMEDIATION_ROLE'), REGION);
    const externalId = variable(names.remediate, 'EXTERNAL_ID');
    const { accessKeyId, ...place } = placeOf('remediate');
    const sts = new STSClient({ ...place, credentials: { accessKeyId, secretAccessKey: 'local' } });
    return queueHandler({
      name: 'remediate-finding',
      queues: ownQueues(clients, names.remediate),
      telemetry: observed,
      handle: remediateFinding({
        findings: recording.table,
        runs: remediationsTable(table, now, clients.dynamodb),
        remediations,
        directions: directionsOf(policy, remediations),
        evidence: evidenceFrom({
          tags: resourceTags(REGION, () => clients.config),
          chains: chainsTable(table, clients.dynamodb),
          witnesses,
          index,
          home: { accountId: ACCOUNT, region: REGION },
        }),
        judge: judgeBy(judging, { ...policy, since: '2026-01-01T00:00:00.000Z' }),
        performer: (session) =>
          performCalls({
            endpoint: aws.url,
            credentials: runCredentials({ arn: role(session.accountId), externalId }, session, {
              sts,
              now: () => aws.clock.now(),
            }),
          }),
        ourRole: role,
        api: variable(names.remediate, 'APPROVALS_URL'),
        report: async (outcome) => void (await recordOutcome(outcome, recording)),
        comeBack: (findingId, seconds) =>
          jobs.send([{ job: 'remediate', findingId }], Math.min(seconds, 900)),
        wait: async (ms) => aws.clock.advance(ms),
        newNonce: randomUUID,
        now,
      }),
    });
  };

  /** As the function with this role, on local AWS. */
  const placeOf = (name: keyof typeof names) => ({
    endpoint: aws.url,
    region: REGION,
    accessKeyId: accessKeyOf(logicalIds[name]),
  });
  const accountHandler = (clients: Clients) => {
    const observed = counting('evaluate-account', counted);
    const home = { accountId: ACCOUNT, region: REGION };
    return scheduledHandler({
      telemetry: observed,
      run: evaluateAccount({
        rules: rules.filter(({ ofSnapshots }) => ofSnapshots),
        policy: policyAt({ ...policy, since: '2026-01-01T00:00:00.000Z' }, home),
        home,
        reader: accountReader({ ...placeOf('account'), maxAttempts: 2, pages: { ec2: 5, iam: 2 } }),
        unresolved: unresolvedFindings(variable(names.account, 'TABLE_NAME'), clients.dynamodb),
        ...linked(clients, names.account),
        telemetry: observed,
        now,
      }),
    });
  };
  const trailNeeds = (clients: Clients, name: 'verify' | 'watch') => ({
    policy: { ...policy, since: '2026-01-01T00:00:00.000Z', trails: sampleTrails },
    home: { accountId: ACCOUNT, region: REGION },
    sourceOf: watchedBuckets(sampleTrails.buckets, ACCOUNT, placeOf(name)),
    chains: chainsTable(variable(names[name], 'TABLE_NAME'), clients.dynamodb),
    now,
  });
  const verifyHandler = (clients: Clients) => {
    const observed = counting('verify-trail', counted);
    return queueHandler({
      name: 'verify-trail',
      queues: ownQueues(clients, names.verify),
      telemetry: observed,
      parse: parseMessageBody,
      handle: verifyTrail({
        ...trailNeeds(clients, 'verify'),
        ...linked(clients, names.verify, true),
        settings: settingsHistory(variable(names.verify, 'TABLE_NAME'), clients.dynamodb),
        searches: recordSearches(variable(names.verify, 'TABLE_NAME'), clients.dynamodb),
        evidence: evidenceBucket(variable(names.verify, 'EVIDENCE_BUCKET'), ACCOUNT, placeOf('verify')),
        lookup: activityLookup({ ...placeOf('verify'), sleep: async () => undefined }),
        verifications,
        trails: trailService({ ...placeOf('verify'), account: ACCOUNT, now: () => aws.clock.now() }),
        jobs: jobQueue(variable(names.verify, 'QUEUE_URL'), clients.sqs),
        telemetry: observed,
      }),
    });
  };
  const watchHandler = (clients: Clients) => {
    const observed = counting('watch-trails', counted);
    return scheduledHandler({
      telemetry: observed,
      run: watchTrails({
        ...trailNeeds(clients, 'watch'),
        witnesses: witnessesTable(variable(names.watch, 'TABLE_NAME'), clients.dynamodb),
        index: activityIndex(variable(names.watch, 'TABLE_NAME'), clients.dynamodb),
        jobs: jobQueue(variable(names.watch, 'JOBS_URL'), clients.sqs),
        telemetry: observed,
        random: () => 0.5,
      }),
    });
  };

  const invoke = async (name: keyof typeof names, event: unknown) =>
    handlers[names[name]]?.(event, aws.as(logicalIds[name]));

  return {
    aws,
    counted,
    invoke,
    async send(...events) {
      for (const event of events) aws.putEvents(event);
      await aws.idle();
    },
    async sweep() {
      const outcome = await invoke('sweep', {});
      await aws.idle();
      return outcome;
    },
    async account() {
      const outcome = await invoke('account', {});
      await aws.idle();
      return outcome;
    },
    async watch() {
      const outcome = await invoke('watch', {});
      await aws.idle();
      return outcome;
    },
    findings: () => storedFindings(aws),
    alerts: () =>
      aws.inbox
        .filter(({ protocol }) => protocol === 'https')
        .map(({ text }) => JSON.parse(JSON.parse(text).Message) as Alert),
    deadLetters: () =>
      aws.queue(`${PREFIX}-dead-letters`).messages.map(({ body, attributes }) => ({
        body,
        reason: attributes['reason']?.StringValue,
        error: attributes['error']?.StringValue,
        stage: attributes['stage']?.StringValue,
      })),
  };
}

async function storedFindings(aws: TestAws): Promise<Finding[]> {
  const { Items = [] } = await aws.operator.dynamodb.send(
    new ScanCommand({ TableName: `${PREFIX}-findings` }),
  );
  return Items.filter(({ sk }) => sk === 'STATE')
    .map(({ finding }) => finding as Finding)
    .sort((a, b) => a.control.localeCompare(b.control) || a.id.localeCompare(b.id));
}

/** Telemetry that a test can read. */
function counting(name: string, counted: Map<string, number>): PowertoolsTelemetry {
  const add = (key: string, by: number) => counted.set(key, (counted.get(key) ?? 0) + by);
  return {
    ...telemetry(name),
    count: (metric, by = 1) => void add(metric, by),
    countBy(metric, _dimension, value) {
      add(metric, 1);
      add(`${metric}/${value}`, 1);
    },
  };
}

const contextOf = (functionName: string) =>
  ({
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: 'test',
    getRemainingTimeInMillis: () => 30_000,
  }) as Context;
