import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { User } from '../../local/access';
import type { Template } from '../../local/template';
import { remediationsTable } from '../../shared/aws/remediations-table';
import { signedPost } from '../../shared/aws/signed-request';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { controls } from '../../shared/controls';
import { compileCompliancePolicy } from '../../shared/policy/compliance-yml';
import { remediations } from '../../shared/remediations';
import type { Run, Runs } from '../../shared/remediations/run';
import type { Alert } from '../../shared/tell/alerts/alert';
import { ACCOUNT, REGION, stopAll } from '../support/local-aws';
import { type Pipeline, startPipeline } from '../support/pipeline';
import { addSampleTrail, BUCKET, templateWithTrail } from '../support/sample-trail';

jest.setTimeout(120_000);
let template: Template;
beforeAll(() => {
  template = templateWithTrail();
}, 60_000);
afterEach(stopAll);

const GROUP = 'sg-0a1b2c3d4e5f60718';
/** Between what people do. */
const MINUTE_MS = 60_000;
const CONTROL = 'sg-no-world-admin-ipv4';

function policyWith(mode: string): CompliancePolicy {
  const text = readFileSync(path.join(__dirname, '../../compliance.yml'), 'utf8');
  const given = text.replace(/^controls:$/m, `controls:\n  ${CONTROL}:\n    mode: ${mode}`);
  const compiled = compileCompliancePolicy(given, {
    controls,
    remediations,
    now: new Date('2026-01-31T00:00:00Z'),
  });
  if ('mistakes' in compiled) throw new Error(JSON.stringify(compiled.mistakes));
  return compiled.policy;
}

interface Story {
  readonly pipeline: Pipeline;
  readonly people: Record<'bruno' | 'alice' | 'carla', User>;
  /** Opens SSH of the group to the world. */
  open(who: User): Promise<void>;
  readonly runs: Runs;
  finding(): Promise<Finding>;
  /** The latest, unless another is named. */
  run(id?: string): Promise<Run>;
  /** Kinds of the alerts, and where the finding stands after each. */
  told(): string[];
  alert(kind: Alert['messageType']): Alert;
  post(
    who: User,
    run: Run,
    what: 'approval' | 'undo',
    body: object,
  ): Promise<{ status: number; body: string }>;
  approve(who: User): Promise<{ status: number; body: string }>;
  /** Rules of the group, as text. */
  sources(): string[];
}

async function story(mode = 'approve'): Promise<Story> {
  const pipeline = await startPipeline(template, { policy: policyWith(mode), isWatched: true });
  const { aws } = pipeline;
  const may = (Action: string[]) => [{ Effect: 'Allow', Action, Resource: '*' }];
  const people = {
    bruno: aws.people.add('bruno', may(['ec2:*', 'execute-api:Invoke'])),
    alice: aws.people.add('alice', may(['execute-api:Invoke'])),
    carla: aws.people.add('carla', may(['execute-api:Invoke'])),
  };
  aws.ec2.putSecurityGroup({ GroupId: GROUP, GroupName: 'web', VpcId: 'vpc-0a1b2c3d' });
  const ec2 = ({ accessKeyId, secretAccessKey }: User) =>
    new EC2Client({ endpoint: aws.url, region: REGION, credentials: { accessKeyId, secretAccessKey } });
  const runs = remediationsTable(
    'trailseal-dev-findings',
    () => new Date(aws.clock.now()).toISOString(),
    aws.operator.dynamodb,
  );
  const finding = async () => {
    const found = (await pipeline.findings()).find(({ control }) => control === CONTROL);
    if (!found) throw new Error('there is no finding');
    return found;
  };
  const run = async (named?: string) => {
    const { id, remediation } = await finding();
    const found = await runs.read(id, named ?? remediation?.run ?? 'none');
    if (!found) throw new Error('there is no run');
    return found;
  };
  const post: Story['post'] = async (
    { accessKeyId, secretAccessKey },
    { api, findingId, id },
    what,
    body,
  ) => {
    const answer = await signedPost({
      url: `${api}/findings/${findingId}/runs/${id}/${what}`,
      body: JSON.stringify(body),
      region: REGION,
      credentials: { accessKeyId, secretAccessKey },
      now: () => aws.clock.now(),
    });
    await aws.idle();
    aws.clock.advance(MINUTE_MS);
    return answer;
  };
  return {
    pipeline,
    people,
    async open(who) {
      const IpPermissions = [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '10.0.0.0/8', Description: 'inside' }],
        },
      ];
      await ec2(who).send(new AuthorizeSecurityGroupIngressCommand({ GroupId: GROUP, IpPermissions }));
      await aws.idle();
      aws.clock.advance(MINUTE_MS);
    },
    runs,
    finding,
    run,
    told: () =>
      pipeline
        .alerts()
        .filter(({ control }) => control.id === CONTROL)
        .map(({ messageType, status }) => `${messageType} ${status}`),
    alert: (kind) => {
      const found = pipeline.alerts().findLast(({ messageType }) => messageType === kind);
      if (!found) throw new Error(`no alert ${kind}`);
      return found;
    },
    post,
    async approve(who) {
      const current = await run();
      return post(who, current, 'approval', {
        planHash: current.planHash,
        nonce: current.asks?.nonce ?? 'none',
      });
    },
    sources: () =>
      [...(aws.ec2.in(REGION).groups.get(GROUP)?.rules ?? [])].map((rule) => JSON.stringify(rule)),
  };
}

test('is proposed, approved, made, judged again and told, with its own record; and undone', async () => {
  const { pipeline, people, open, finding, run, told, alert, approve, post, sources } = await story();
  await open(people.bruno);
  expect(told()).toEqual(['Opened open', 'RemediationProposed open']);
  const proposed = alert('RemediationProposed').links.remediation;
  expect(proposed).toMatchObject({ state: 'proposed', mode: 'approve', planHash: (await run()).planHash });

  // Whoever opened it does not close the matter by himself.
  expect(await approve(people.bruno)).toMatchObject({ status: 403 });
  expect((await run()).state).toBe('planned');

  expect(await approve(people.alice)).toMatchObject({ status: 202 });
  expect(told()).toEqual([
    'Opened open',
    'RemediationProposed open',
    expect.stringMatching(/^(Applied|Resolved)/),
    expect.stringMatching(/^(Applied|Resolved)/),
  ]);
  expect((await run()).state).toBe('applied');
  expect(await finding()).toMatchObject({
    state: 'resolved',
    remediation: { kind: 'Applied', approvedBy: `arn:aws:iam::${ACCOUNT}:user/alice` },
  });
  expect(alert('Applied').links.remediation).toMatchObject({
    state: 'applied',
    approvedBy: `arn:aws:iam::${ACCOUNT}:user/alice`,
    judged: 'COMPLIANT',
  });

  // CloudTrail's records of the session, which names the approver, and of the calls wait for their proof like any other.
  const { calls = [] } = (await finding()).remediation?.calls ?? {};
  expect(calls.map(({ eventName, proof }) => [eventName, proof.state])).toEqual([
    ['AssumeRole', 'pending'],
    ['RevokeSecurityGroupIngress', 'pending'],
  ]);
  const session = pipeline.aws.records.find(({ eventID }) => eventID === calls[0]?.eventID);
  expect(session?.['requestParameters']).toMatchObject({
    tags: expect.arrayContaining([
      { key: 'trailseal:approver', value: `arn:aws:iam::${ACCOUNT}:user/alice` },
      { key: 'trailseal:plan', value: (await run()).planHash },
    ]),
  });

  expect(sources()).toEqual([expect.stringContaining('10.0.0.0/8')]);

  // The same approval again brings nothing.
  const applied = await run();
  expect(await approve(people.alice)).toMatchObject({ status: 409 });

  // An undo that exposes again needs an approval of its own.
  expect(await post(people.alice, applied, 'undo', { force: false })).toMatchObject({ status: 202 });
  const undoing = await run();
  expect(undoing).toMatchObject({ does: 'undo', of: applied.id, state: 'planned' });
  expect(await approve(people.alice)).toMatchObject({ status: 403 });
  expect(await approve(people.carla)).toMatchObject({ status: 202 });
  expect((await run(undoing.id)).state).toBe('undone');
  expect(alert('Undone').links.remediation).toMatchObject({ state: 'undone', askedBy: expect.any(String) });

  // Whoever looks sees all of it: the fix, who approved it, and the undo.
  expect((await finding()).remediation?.calls?.calls.map(({ eventName }) => eventName)).toEqual([
    'AssumeRole',
    'RevokeSecurityGroupIngress',
    'AssumeRole',
    'AuthorizeSecurityGroupIngress',
  ]);

  // What somebody had put back is not taken away again.
  expect(await finding()).toMatchObject({
    state: 'open',
    remediation: { kind: 'Refused', refusals: ['own-change'] },
  });
  expect(told().filter((one) => one.startsWith('Applied'))).toHaveLength(1);
  expect(sources()).toEqual([expect.stringContaining('10.0.0.0/8'), expect.stringContaining('0.0.0.0/0')]);
  expect(pipeline.aws.deniedCalls()).toEqual([]);
  expect(pipeline.deadLetters()).toEqual([]);
});

test('the records of the session and of the calls are proven by the log of CloudTrail', async () => {
  const { pipeline, people, open, finding, approve } = await story();
  await open(people.bruno);
  await approve(people.alice);
  const { records } = pipeline.aws;
  const trail = await addSampleTrail(pipeline, {
    trail: {
      from: '2026-01-31T10:00:00Z',
      hours: 1,
      // The clock of the story begins at ten: all is in the first log file of the hour.
      records: (_hour, log) => (log === 0 ? (records as { eventTime?: string }[]) : []),
    },
  });
  await trail.deliver(...trail.made.logs, ...trail.made.digests);
  const { calls = [] } = (await finding()).remediation?.calls ?? {};
  expect(calls.map(({ eventName, proof }) => [eventName, proof.state, proof.digest?.bucket])).toEqual([
    ['AssumeRole', 'proven', BUCKET],
    ['RevokeSecurityGroupIngress', 'proven', BUCKET],
  ]);
  const sealed = pipeline.alerts().filter(({ messageType }) => messageType === 'Sealed');
  expect(sealed.length).toBeGreaterThan(0);
});

test('a worker that died is replaced by the sweep; each role allows what its function calls, and no more', async () => {
  const { pipeline, people, open, run, runs, approve, told, post } = await story();
  const { aws } = pipeline;
  await open(people.bruno);
  const planned = await run();
  const { planHash = '', asks = { nonce: '', expiresAt: '' } } = planned;
  const at = new Date(aws.clock.now()).toISOString();
  await runs.approve(planned, { approver: people.alice.arn, planHash, at, ...asks });
  // It dies just after the call was made.
  let isMade = false;
  const recover = aws.fail(({ service, action }) => {
    isMade ||= service === 'ec2' && action === 'RevokeSecurityGroupIngress';
    return isMade && service === 'dynamodb' ? { code: 'InternalServerError' } : undefined;
  });
  await expect(
    pipeline.invoke('remediate', { job: 'remediate', findingId: planned.findingId }),
  ).rejects.toThrow();
  recover();
  aws.clock.advance(7 * MINUTE_MS);
  expect(await pipeline.sweep()).toMatchObject({ remediations: 1 });
  const ended = await run();
  expect(ended.state).toBe('applied');
  expect(told().filter((one) => one.startsWith('Applied'))).toHaveLength(1);
  await post(people.alice, ended, 'undo', { force: false });
  await approve(people.carla);
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  await aws.operator.sqs.send(
    new SendMessageCommand({
      QueueUrl: `${aws.url}/${ACCOUNT}/trailseal-dev-remediate-finding`,
      MessageBody: '{"job":"remediate"}',
    }),
  );
  await aws.idle();
  expect(pipeline.deadLetters()).toMatchObject([{ stage: 'remediate-finding' }]);

  expect(aws.deniedCalls()).toEqual([]);
  const unused = aws
    .unusedGrants()
    .map(({ role, action }) => `${role} ${action}`)
    .filter((right) => /^(RemediateFinding|ApproveRemediation)Role|^SweepFindingsRole (sqs|kms)/.test(right));
  // Coming back to what takes AWS minutes, as a database does.
  expect(unused).toEqual(['RemediateFindingRole sqs:SendMessage']);
});

test('dry-run shows the plan, and may not even call', async () => {
  const { people, open, told, alert, run, approve } = await story('dry-run');
  await open(people.bruno);
  expect(told()).toEqual(['Opened open', 'RemediationProposed open']);
  expect(alert('RemediationProposed').links.remediation).toMatchObject({
    state: 'proposed',
    mode: 'dry-run',
    diff: expect.arrayContaining([expect.objectContaining({ after: null })]),
  });
  expect((await run()).asks).toBeUndefined();
  expect(await approve(people.alice)).toMatchObject({ status: 409 });
});

test('notify does nothing', async () => {
  const { people, open, told, finding } = await story('notify');
  await open(people.bruno);
  expect(told()).toEqual(['Opened open']);
  expect((await finding()).remediation).toBeUndefined();
});
