import { NotYet, remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import type { RefusalCode } from '../../../shared/contracts/trailseal/remediation';
import startLogging from '../../../shared/remediations/cloudtrail/cloudtrail-start-logging';
import stopInstance from '../../../shared/remediations/ec2/ec2-stop-instance';
import revokeWorldRule from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import rdsPrivate from '../../../shared/remediations/rds/rds-disable-public-access';
import blockPublicAccess from '../../../shared/remediations/s3/s3-enable-block-public-access';
import {
  bucketCase,
  databaseCase,
  GROUP,
  groupCase,
  instanceCase,
  mixedRules,
  rule,
  someBlock,
  trailCase,
} from '../../shared/remediations/cases';
import { ACCOUNT, FINDING } from '../../shared/remediations/scene';
import { transitionEvent } from '../../support/findings';
import { ACTOR, APPROVER, type Circumstances, ROLE, type Stage, settled, stageOf } from './stage';

const group = (given: Partial<Circumstances> = {}) => stageOf(revokeWorldRule, groupCase(mixedRules), given);
const bucket = (given: Partial<Circumstances> = {}) =>
  stageOf(blockPublicAccess, bucketCase({ block: someBlock }), given);
const HOUR = 3_600_000;

/** The group is closed, after approval. */
async function closedGroup(given: Partial<Circumstances> = {}): Promise<Stage> {
  const stage = await group(given);
  await settled(stage);
  await stage.approve();
  await settled(stage);
  expect(stage.last().kind).toBe('Applied');
  return stage;
}
/** Somebody made it worse again, and AWS Config saw it. */
function openedAgain(stage: Stage, id = 'again'): void {
  stage.cloud.rules.push(rule(id, { FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }));
  stage.circumstances.finding = observedAt(stage);
}
const observedAt = (stage: Stage) => {
  const { judgement } = stage.finding();
  if (!judgement) throw new Error('no judgement');
  return { judgement: { ...judgement, observedAt: new Date(stage.clock.now).toISOString() } };
};

describe('what it is told', () => {
  test('of an event it believes the id of the finding, and nothing else', async () => {
    const stage = await group();
    const handle = remediateFinding(stage.needs);
    const event = transitionEvent({ seq: 3 });
    const message = {
      id: 'e-1',
      source: 'trailseal',
      account: ACCOUNT,
      region: 'eu-central-1',
      time: stage.finding().judgement?.observedAt,
      'detail-type': 'Finding Opened',
      detail: { ...event, finding: { ...event.finding, id: FINDING, control: 'another', state: 'open' } },
    };
    expect(await handle(message)).toMatchObject({ state: 'planned', outcomes: ['RemediationProposed'] });
    expect(stage.last().control).toBe('sg-no-world-admin-ipv4');
    await expect(handle({ ...message, source: 'aws.ec2' })).rejects.toThrow(/expected source trailseal/);
    await expect(handle({ job: 'remediate', findingId: 'x' })).rejects.toThrow(/findingId/);
    await expect(handle({ job: 'other', findingId: FINDING })).rejects.toThrow(/job/);
  });

  test.each<[string, Partial<Circumstances>, string]>([
    ['a finding that is resolved', { finding: { state: 'resolved' } }, 'not-open'],
    ['one that is exempt', { finding: { state: 'exempt' } }, 'not-open'],
    ['mode off', { mode: 'off' }, 'off'],
  ])('%s is left alone, and not even read', async (_name, given, ignored) => {
    const stage = await group(given);
    expect(await stage.deliver()).toEqual({ findingId: FINDING, ignored, outcomes: [] });
    expect([stage.sessions, stage.runs.all()]).toEqual([[], []]);
  });

  test('a test by an operator is never remediated', async () => {
    const stage = await group({ mode: 'auto' });
    const { judgement } = stage.finding();
    if (judgement) stage.circumstances.finding = { judgement: { ...judgement, origin: 'operator' } };
    expect(await stage.deliver()).toMatchObject({ ignored: 'test' });
  });

  test('a finding that is not there', async () => {
    const stage = await group();
    const needs = { ...stage.needs, findings: { read: async () => undefined } };
    expect(await remediateFinding(needs)({ job: 'remediate', findingId: FINDING })).toMatchObject({
      ignored: 'no-such-finding',
    });
  });
});

describe('modes', () => {
  test('dry-run shows the plan once, and calls nothing', async () => {
    const stage = await group({ mode: 'dry-run' });
    await settled(stage);
    expect(stage.outcomes()).toEqual(['RemediationProposed']);
    expect(stage.last()).toMatchObject({
      mode: 'dry-run',
      refusals: [{ code: 'dry-run' }],
      calls: [expect.stringMatching(/^Allow tcp 20-21/), expect.stringMatching(/^Revoke sgr-ssh/)],
      diff: expect.arrayContaining([
        { path: expect.stringContaining('tcp 20-25'), before: expect.any(String), after: null },
      ]),
    });
    expect(stage.last().asks).toBeUndefined();
    expect(stage.sent).toEqual([]);
  });

  test.each(['off', 'notify'] as const)('in %s nothing is even read', async (mode) => {
    const stage = await group({ mode });
    expect(await stage.deliver()).toMatchObject({ ignored: mode, outcomes: [] });
    expect(stage.sessions).toEqual([]);
  });

  test('notify ends what was proposed before', async () => {
    const stage = await group({ mode: 'approve' });
    await settled(stage);
    stage.circumstances.mode = 'notify';
    await stage.deliver();
    expect(stage.outcomes()).toEqual(['RemediationProposed', 'Refused']);
    expect(stage.last()).toMatchObject({ refusals: [{ code: 'mode' }] });
  });

  test('auto goes ahead where the precondition holds', async () => {
    const stage = await stageOf(startLogging, trailCase({}), { mode: 'auto' });
    await settled(stage);
    expect(stage.outcomes()).toEqual(['Applied']);
    expect(stage.last()).toMatchObject({ mode: 'auto' });
  });

  test.each<[string, Partial<Circumstances>, RegExp]>([
    ['the precondition does not hold', {}, /lets through more than administration ports/],
    ['a chain is broken', { chain: 'broken' }, /a chain of digests is broken/],
  ])('auto waits for a person where %s', async (_name, given, why) => {
    const stage = await group({ mode: 'auto', ...given });
    await settled(stage);
    expect(stage.outcomes()).toEqual(['RemediationProposed']);
    expect(stage.last().mode).toBe('approve');
    expect(stage.last().notes.join()).toMatch(why);
    await stage.approve();
    await settled(stage);
    expect(stage.last().kind).toBe('Applied');
  });

  test('a broken chain does not keep evidence from coming back', async () => {
    const stage = await stageOf(startLogging, trailCase({}), { mode: 'auto', chain: 'broken' });
    await settled(stage);
    expect(stage.outcomes()).toEqual(['Applied']);
  });

  test('what was mended once and is set back within the same exposure waits for a person', async () => {
    const stage = await stageOf(startLogging, trailCase({}), { mode: 'auto' });
    await settled(stage);
    const [trail] = Object.values(stage.cloud.trails);
    if (trail) trail['status'].IsLogging = false;
    await settled(stage);
    expect(stage.outcomes()).toEqual(['Applied']);
    stage.circumstances.finding = observedAt(stage);
    await settled(stage);
    expect(stage.outcomes()).toEqual(['Applied', 'RemediationProposed']);
    expect(stage.last().notes.join()).toMatch(/tried already for this exposure/);
    // In the next one it is mended again.
    stage.circumstances.finding = { ...observedAt(stage), exposure: { from: '2026-11-29T12:30:00.000Z' } };
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Applied', mode: 'auto' });
  });

  test('a plan that is no longer to be carried out is not, though it was approved', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    stage.circumstances.mode = 'off';
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'mode' }] });
    expect(stage.sent).toEqual([]);
  });
});

test('what was approved in one exposure is not carried out in the next', async () => {
  const stage = await bucket();
  await settled(stage);
  await stage.approve();
  stage.circumstances.finding = { exposure: { from: '2026-11-29T11:59:00.000Z' } };
  await settled(stage);
  expect(stage.outcomes()).toEqual(['RemediationProposed', 'Refused', 'RemediationProposed']);
  expect(stage.sent).toEqual([]);
});

describe('guards', () => {
  const exemption = { owner: 'web', reason: 'moving', expiresAt: '2027-01-01T00:00:00.000Z' };
  const rows: [name: string, given: Partial<Circumstances>, code: RefusalCode][] = [
    ['compliance.yml is missing', { policy: 'missing' }, 'policy-invalid'],
    ['compliance.yml is not known to be valid', { policy: 'unknown' }, 'policy-invalid'],
    ['an exemption', { exemption }, 'exempt'],
    ['exemptions that are not known', { exemption: 'unknown' }, 'exempt'],
    ['a protected tag', { protectedTags: [{ key: 'team' }] }, 'protected'],
    [
      'our own call, as CloudTrail has it',
      { makingCalls: [{ issuer: ROLE, requestID: 'r-0' }] },
      'own-change',
    ],
    ['a mode that is not known', { mode: 'unknown' as never }, 'mode'],
  ];
  test.each(rows)('%s', async (_name, given, code) => {
    const stage = await stageOf(
      revokeWorldRule,
      groupCase(mixedRules, {
        cloud: {
          groups: [
            {
              GroupId: GROUP,
              GroupName: 'web',
              Description: '',
              VpcId: 'vpc-1',
              Tags: [{ Key: 'team', Value: 'web' }],
            },
          ],
          rules: mixedRules,
        },
      }),
      { mode: 'auto', ...given },
    );
    await settled(stage);
    const shown = code === 'mode' ? 'RemediationProposed' : 'Refused';
    expect(stage.outcomes()).toEqual([shown]);
    expect(stage.last().refusals[0]?.code).toBe(code);
    expect(stage.sent).toEqual([]);
  });

  test('a stack: the plan is shown, and who has to carry it out', async () => {
    const tagged = {
      GroupId: GROUP,
      GroupName: 'web',
      Description: '',
      VpcId: 'vpc-1',
      Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'net-prod' }],
    };
    const stage = await stageOf(
      revokeWorldRule,
      groupCase(mixedRules, { cloud: { groups: [tagged], rules: mixedRules } }),
      { mode: 'auto' },
    );
    await settled(stage);
    expect(stage.last()).toMatchObject({
      kind: 'Refused',
      refusals: [{ code: 'managed-by-iac', instead: 'Change the template of stack net-prod and deploy it.' }],
      calls: [expect.any(String), expect.any(String)],
    });
  });

  test('requests of ours are known again', async () => {
    const stage = await closedGroup();
    expect(
      await stage.runs.ours(
        stage.sent.map(({ answer }) => ('requestId' in answer && answer.requestId) || ''),
      ),
    ).toEqual(new Set(stage.runs.requests.keys()));
    expect(stage.runs.requests.size).toBe(2);
    openedAgain(stage);
    stage.circumstances.makingCalls = [{ issuer: ROLE, requestID: [...stage.runs.requests.keys()][0] ?? '' }];
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'own-change' }] });
  });

  test('tags that could not be read', async () => {
    const stage = await stageOf(stopInstance, instanceCase({}), { mode: 'approve' });
    const needs = {
      ...stage.needs,
      directions: {
        ...stage.needs.directions,
        remediation: () => ({
          remediation: { ...stopInstance, tags: () => 'not-read' as const },
          settings: {},
        }),
      },
    };
    stage.circumstances.tags = 'unknown';
    await remediateFinding(needs as never)({ job: 'remediate', findingId: FINDING });
    expect(stage.last().refusals[0]?.code).toBe('tags-unknown');
  });

  test('as many as may be within an hour, and each counts once', async () => {
    const stage = await bucket();
    const cap = { control: stage.finding().control, accountId: ACCOUNT, at: '2026-11-29T12:30:00.000Z' };
    for (let index = 0; index < blockPublicAccess.cap; index += 1)
      await stage.runs.admit(cap, `other-${index}`, 100);
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'cap-reached' }] });
    // The next hour is another.
    stage.clock.now += HOUR;
    await settled(stage);
    await stage.approve();
    await settled(stage);
    expect(stage.last().kind).toBe('Applied');
    expect(await stage.runs.admitted({ ...cap, at: '2026-11-29T13:30:00.000Z' })).toEqual([stage.last().run]);
  });

  test('others that were faster count as well', async () => {
    const stage = await bucket();
    await settled(stage);
    await stage.approve();
    const needs = {
      ...stage.needs,
      runs: { ...stage.runs, admitted: async () => [], admit: async () => false },
    };
    await remediateFinding(needs)({ job: 'remediate', findingId: FINDING });
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'cap-reached' }] });
    expect(stage.sent).toEqual([]);
  });

  test('what was mended by hand meanwhile', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    stage.cloud.rules = stage.cloud.rules.filter((one) => one['SecurityGroupRuleId'] !== 'sgr-ssh');
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'nothing-to-do' }] });
    expect(stage.sent).toEqual([]);
  });
});

describe('approvals', () => {
  const rows: [string, Parameters<Stage['approve']>[0], RegExp][] = [
    ['of another plan', { planHash: 'f'.repeat(64) }, /another plan/],
    ['with another nonce', { nonce: 'nonce-0' }, /not given to what was asked/],
    ['that has expired', { expiresAt: '2026-11-29T11:59:00.000Z' }, /expired/],
    ['by who made the change', { approver: ACTOR }, /made the change/],
    ['by nobody', { approver: '' }, /does not say who/],
    ['by what is no principal', { approver: 'ann' }, /does not say who/],
  ];
  test.each(rows)('one %s does not count, and is answered', async (_name, given, fault) => {
    const stage = await group();
    await settled(stage);
    await stage.approve(given);
    await settled(stage);
    expect(stage.sent).toEqual([]);
    expect(stage.outcomes()).toEqual(['RemediationProposed', 'RemediationProposed']);
    expect(stage.last().refusals[0]).toMatchObject({
      code: 'not-approved',
      says: expect.stringMatching(fault),
    });
    // It keeps nobody from giving a good one.
    await stage.approve();
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Applied', approvedBy: APPROVER });
  });

  test('one that comes too late is not used; the plan is asked for anew', async () => {
    const stage = await group();
    await settled(stage);
    const asked = stage.last().asks;
    stage.clock.now += 25 * HOUR;
    await stage.approve({ expiresAt: new Date(stage.clock.now + HOUR).toISOString() });
    await settled(stage);
    expect(stage.sent).toEqual([]);
    expect(stage.last().asks?.nonce).not.toBe(asked?.nonce);
    await stage.approve();
    await settled(stage);
    expect(stage.last().kind).toBe('Applied');
  });

  test('one is used once', async () => {
    const stage = await closedGroup();
    const sent = stage.sent.length;
    const [approval] = await stage.runs.approvals({ findingId: FINDING, id: stage.last().run });
    openedAgain(stage, 'ssh');
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'RemediationProposed' });
    if (approval) await stage.runs.approve({ findingId: FINDING, id: stage.last().run }, approval);
    await settled(stage);
    expect(stage.sent).toHaveLength(sent);
    expect(stage.last().refusals[0]?.says).toMatch(/not given to what was asked/);
  });

  test('of a plan that no longer fits: it is said, and the new plan is shown', async () => {
    const stage = await group();
    await settled(stage);
    const stale = stage.last().planHash;
    await stage.approve();
    stage.cloud.rules.push(rule('rdp', { FromPort: 3389, ToPort: 3389, CidrIpv4: '0.0.0.0/0' }));
    await settled(stage);
    expect(stage.sent).toEqual([]);
    expect(stage.outcomes()).toEqual(['RemediationProposed', 'Refused', 'RemediationProposed']);
    expect([...stage.reported.values()][1]?.refusals[0]?.code).toBe('stale-plan');
    expect(stage.last().planHash).not.toBe(stale);
  });

  test('the session has the rights of the plan, and names the approval', async () => {
    const stage = await closedGroup();
    const session = stage.sessions.find(({ approval }) => approval !== undefined);
    expect(session).toMatchObject({
      findingId: FINDING,
      accountId: ACCOUNT,
      approval: expect.stringMatching(/^nonce-/),
    });
    expect(session?.calls.map(({ says }) => says)).toEqual(stage.sent.map(({ call }) => call.says));
  });
});

describe('what comes of it', () => {
  test('a foreign write between our calls makes it unconfirmed; it is looked at again', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const needs = {
      ...stage.needs,
      wait: async (ms: number) => {
        stage.cloud.rules.push(rule('foreign', { FromPort: 8080, ToPort: 8080, CidrIpv4: '192.0.2.9/32' }));
        await stage.needs.wait(ms);
      },
    };
    await remediateFinding(needs)({ job: 'remediate', findingId: FINDING });
    expect(stage.last()).toMatchObject({
      kind: 'Unconfirmed',
      judged: 'COMPLIANT',
      says: 'What is there now is not what the plan foresaw.',
    });
    expect(await stage.runs.due(new Date(stage.clock.now + HOUR).toISOString(), 10)).toEqual([FINDING]);
    stage.cloud.rules = stage.cloud.rules.filter((one) => one['SecurityGroupRuleId'] !== 'sgr-foreign');
    await settled(stage);
    expect(stage.last().kind).toBe('Applied');
    expect(await stage.runs.due('9999', 10)).toEqual([]);
  });

  test('an unconfirmed one is not looked at for ever', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const needs = { ...stage.needs, judge: () => 'INSUFFICIENT_DATA' as const };
    const handle = remediateFinding({ ...needs, judge: stage.needs.judge });
    // The rule can tell before, and not afterwards.
    let judged = 0;
    const unclear = remediateFinding({
      ...stage.needs,
      judge: (control, item) => {
        judged += 1;
        return judged === 1 ? stage.needs.judge(control, item) : needs.judge();
      },
    });
    for (let index = 0; index < 12; index += 1) {
      await unclear({ job: 'remediate', findingId: FINDING });
      await unclear({ job: 'remediate', findingId: FINDING });
      stage.clock.now += HOUR;
    }
    expect(stage.outcomes().slice(1)).toEqual(['Unconfirmed']);
    expect(stage.last().says).toMatch(/can not tell/);
    expect(await stage.runs.due('9999', 10)).toEqual([]);
    expect(await handle({ job: 'remediate', findingId: FINDING })).toMatchObject({ state: 'unconfirmed' });
  });

  test('what takes long to settle is come back to', async () => {
    const stage = await stageOf(rdsPrivate, databaseCase());
    await settled(stage);
    await stage.approve();
    expect(await stage.deliver()).toMatchObject({ state: 'applying', outcomes: [] });
    expect(stage.backIn).toEqual([300]);
    await stage.deliver();
    expect(stage.sent).toHaveLength(1);
    stage.clock.now += 301_000;
    expect(await stage.deliver()).toMatchObject({ state: 'applied', outcomes: ['Applied'] });
  });

  test('what failed half-way says how far it came, and can be tried again by a person', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const broken = remediateFinding({
      ...stage.needs,
      performer: (session) => {
        const performer = stage.needs.performer(session);
        return {
          ...performer,
          apply: async (call) =>
            call.action.startsWith('Revoke')
              ? { state: 'refused', code: 'UnauthorizedOperation', requestId: 'r-no' }
              : performer.apply(call),
        };
      },
    });
    await broken({ job: 'remediate', findingId: FINDING });
    expect(stage.last()).toMatchObject({
      kind: 'Failed',
      judged: 'NON_COMPLIANT',
      says: expect.stringMatching(/^AWS refused with UnauthorizedOperation: Revoke sgr-ssh/),
      steps: [
        { state: 'planned' },
        { state: 'captured' },
        { call: 0, result: 'done', requestId: expect.any(String) },
        { call: 1, result: 'refused', requestId: 'r-no', error: { code: 'UnauthorizedOperation' } },
        { state: 'failed' },
      ],
    });
    await settled(stage);
    expect(stage.outcomes()).toEqual(['RemediationProposed', 'Failed']);
    expect(await stage.deliver({ again: true })).toMatchObject({ outcomes: ['RemediationProposed'] });
    expect(stage.last().calls).toEqual([expect.stringMatching(/^Revoke sgr-ssh/)]);
    await stage.approve();
    await settled(stage);
    expect(stage.last().kind).toBe('Applied');
  });

  test('somebody was faster: what a call says then to its first attempt is no success', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const raced = remediateFinding({
      ...stage.needs,
      performer: (session) => {
        const performer = stage.needs.performer(session);
        return {
          ...performer,
          apply: async () => ({ state: 'refused', code: 'InvalidPermission.Duplicate' }),
        };
      },
    });
    await raced({ job: 'remediate', findingId: FINDING });
    expect(stage.last()).toMatchObject({
      kind: 'Failed',
      says: expect.stringMatching(/Duplicate: Allow/),
      steps: [{}, {}, { call: 0, result: 'refused' }, { state: 'failed' }],
    });
  });

  test('what AWS refused is not asked for again, though the end of it was not recorded', async () => {
    const stage = await bucket();
    await settled(stage);
    await stage.approve();
    let tries = 0;
    let reads = 0;
    const interrupted = remediateFinding({
      ...stage.needs,
      performer: (session) => {
        const performer = stage.needs.performer(session);
        return {
          read: async (calls) => {
            reads += 1;
            if (reads === 2) throw new Error('killed');
            return performer.read(calls);
          },
          apply: async () => {
            tries += 1;
            return { state: 'refused', code: 'AccessDenied' };
          },
        };
      },
    });
    await expect(interrupted({ job: 'remediate', findingId: FINDING })).rejects.toThrow('killed');
    await interrupted({ job: 'remediate', findingId: FINDING });
    expect([tries, stage.last().kind]).toEqual([1, 'Failed']);
  });

  test('a call that AWS always throttles is given up', async () => {
    const stage = await bucket();
    await settled(stage);
    await stage.approve();
    let tries = 0;
    const throttled = remediateFinding({
      ...stage.needs,
      performer: (session) => ({
        ...stage.needs.performer(session),
        apply: async () => {
          tries += 1;
          return { state: 'refused', code: 'SlowDown' };
        },
      }),
    });
    for (let index = 0; index < 6; index += 1)
      await expect(throttled({ job: 'remediate', findingId: FINDING })).rejects.toThrow(NotYet);
    await throttled({ job: 'remediate', findingId: FINDING });
    expect(tries).toBe(6);
    expect(stage.last()).toMatchObject({
      kind: 'Failed',
      says: expect.stringMatching(/^It was tried 6 times/),
    });
  });

  test('who was interrupted long ago does not go on', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const interrupted = remediateFinding({
      ...stage.needs,
      performer: (session) => ({
        ...stage.needs.performer(session),
        apply: async () => ({ state: 'unknown', error: 'socket hang up' }),
      }),
    });
    await expect(interrupted({ job: 'remediate', findingId: FINDING })).rejects.toThrow(NotYet);
    stage.clock.now += 2 * HOUR;
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Failed', says: expect.stringMatching(/too long ago/) });
    expect(stage.sent).toEqual([]);
  });

  test('who was interrupted before the first call, and long ago, begins no more, and says so', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const dies = async () => {
      throw new Error('killed');
    };
    const killed = remediateFinding({ ...stage.needs, runs: { ...stage.runs, admit: dies } });
    await expect(killed({ job: 'remediate', findingId: FINDING })).rejects.toThrow(/killed/);
    expect(await stage.run()).toMatchObject({ state: 'captured' });
    stage.clock.now += 2 * HOUR;
    await stage.deliver();
    expect(stage.outcomes()).toEqual(['RemediationProposed', 'Refused']);
    expect(stage.last().refusals).toMatchObject([
      { code: 'stale-plan', says: expect.stringMatching(/long ago/) },
    ]);
    // What was approved is used up.
    await settled(stage);
    expect(stage.last().kind).toBe('RemediationProposed');
    expect([stage.sent, await stage.runs.due('9999', 10)]).toEqual([[], []]);
  });

  test('what cannot be read is refused once', async () => {
    const stage = await group();
    const blind = remediateFinding({
      ...stage.needs,
      performer: () => ({ read: async () => ({ unreadable: 'AWS answers AccessDenied.' }) }) as never,
    });
    await blind({ job: 'remediate', findingId: FINDING });
    await blind({ job: 'remediate', findingId: FINDING });
    expect(stage.outcomes()).toEqual(['Refused']);
    expect(stage.last().refusals).toEqual([{ code: 'unreadable', says: 'AWS answers AccessDenied.' }]);
  });
});

describe('undo', () => {
  const BOB = 'arn:aws:iam::123456789012:user/bob';
  async function asked(stage: Stage, forced = false, by = BOB) {
    const run = [...stage.reported.values()].find(({ kind }) => kind === 'Applied')?.run ?? '';
    const at = new Date(stage.clock.now).toISOString();
    await stage.runs.askUndo({ findingId: FINDING, id: run }, { by, at, forced });
    await settled(stage, { undo: run });
    return run;
  }
  const foreign = rule('foreign', { FromPort: 8080, ToPort: 8080, CidrIpv4: '192.0.2.9/32' });

  test('restores exactly what was captured, after an approval that states the exposure', async () => {
    const stage = await group();
    const before = stage.meaning();
    await settled(stage);
    await stage.approve();
    await settled(stage);
    const run = await asked(stage);
    expect(stage.last()).toMatchObject({
      kind: 'RemediationProposed',
      does: 'undo',
      of: run,
      askedBy: BOB,
      notes: ['Administration ports of the group are open to the world again.', expect.any(String)],
    });
    await stage.approve({ approver: BOB });
    await settled(stage, { undo: run });
    expect(stage.last().refusals[0]?.says).toMatch(/asked for this one/);
    await stage.approve();
    // Without being told which: what was approved stands in the table.
    await settled(stage);
    expect(stage.last()).toMatchObject({ kind: 'Undone', judged: 'NON_COMPLIANT', approvedBy: APPROVER });
    expect(stage.meaning()).toEqual(before);
  });

  test('what an undo has left is not mended again, whether or not CloudTrail has told', async () => {
    const stage = await closedGroup();
    const run = await asked(stage);
    await stage.approve();
    await settled(stage, { undo: run });
    stage.circumstances.mode = 'auto';
    stage.circumstances.finding = { ...observedAt(stage), exposure: { from: '2026-11-29T12:30:00.000Z' } };
    await settled(stage);
    expect(stage.last()).toMatchObject({
      kind: 'Refused',
      refusals: [{ code: 'own-change', says: expect.stringMatching(/undo of ours/) }],
    });
  });

  test('needs no approval where it exposes nothing grave', async () => {
    const stage = await closedGroup({ finding: { severity: 'medium' } });
    await asked(stage);
    expect(stage.last().kind).toBe('Undone');
  });

  test('is refused where somebody changed something since, with the three states', async () => {
    const stage = await closedGroup();
    stage.cloud.rules.push(foreign);
    const left = stage.meaning();
    await asked(stage);
    expect(stage.last()).toMatchObject({
      kind: 'Refused',
      does: 'undo',
      refusals: [{ code: 'changed-since' }],
      overrides: [{ path: expect.stringContaining('8080'), captured: null, left: null, live: '{}' }],
    });
    expect(stage.meaning()).toEqual(left);
  });

  test('forced shows what it overrides to whoever approves', async () => {
    const stage = await closedGroup();
    stage.cloud.rules.push(foreign);
    const run = await asked(stage, true);
    expect(stage.last()).toMatchObject({
      kind: 'RemediationProposed',
      overrides: [{ path: expect.stringContaining('8080') }],
    });
    await stage.approve();
    await settled(stage, { undo: run });
    expect(stage.last()).toMatchObject({ kind: 'Undone', overrides: [{ live: '{}' }] });
    expect(JSON.stringify(stage.meaning())).toContain('8080');
  });

  test('of what was not confirmed takes nothing of somebody else for ours', async () => {
    const stage = await group();
    await settled(stage);
    await stage.approve();
    const needs = {
      ...stage.needs,
      wait: async (ms: number) => {
        stage.cloud.rules.push(foreign);
        await stage.needs.wait(ms);
      },
    };
    await remediateFinding(needs)({ job: 'remediate', findingId: FINDING });
    const { run, kind } = stage.last();
    expect(kind).toBe('Unconfirmed');
    await stage.runs.askUndo({ findingId: FINDING, id: run }, { by: BOB, at: 'then', forced: false });
    await settled(stage, { undo: run });
    expect(stage.last()).toMatchObject({
      kind: 'Refused',
      does: 'undo',
      refusals: [{ code: 'changed-since' }],
      overrides: [{ path: expect.stringContaining('8080'), live: '{}' }],
    });
    expect(JSON.stringify(stage.meaning())).toContain('8080');
  });

  test('asked for while another plan waits: that one is told to be over', async () => {
    const stage = await closedGroup();
    const { run } = stage.last();
    openedAgain(stage);
    await settled(stage);
    expect(stage.last().kind).toBe('RemediationProposed');
    await stage.runs.askUndo({ findingId: FINDING, id: run }, { by: BOB, at: 'then', forced: true });
    await settled(stage, { undo: run });
    expect(stage.outcomes().slice(-2)).toEqual(['Refused', 'RemediationProposed']);
    expect(stage.runs.all().flatMap(({ outbox }) => outbox)).toEqual([]);
    expect(await stage.runs.due('9999', 10)).toEqual([]);
  });

  test('that nobody asked for in the table is not made', async () => {
    const stage = await closedGroup();
    expect(await stage.deliver({ undo: stage.last().run })).toMatchObject({ ignored: 'not-asked' });
  });

  test('of what has changed nothing is refused', async () => {
    const stage = await group({ mode: 'dry-run' });
    await settled(stage);
    const { run } = stage.last();
    await stage.runs.askUndo({ findingId: FINDING, id: run }, { by: BOB, at: 'then', forced: true });
    await settled(stage, { undo: run });
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'nothing-to-do' }] });
  });

  test('of what restored evidence is not offered', async () => {
    const stage = await stageOf(startLogging, trailCase({}), { mode: 'auto' });
    await settled(stage);
    await asked(stage, true);
    expect(stage.last()).toMatchObject({ kind: 'Refused', refusals: [{ code: 'irreversible' }] });
  });
});
