import { remediationsTable } from '../../../shared/aws/remediations-table';
import type { Approval } from '../../../shared/contracts/trailseal/remediation';
import type { Run, Runs } from '../../../shared/remediations/run';
import { memoryRuns } from '../../functions/remediate-finding/memory-runs';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

afterEach(stopAll);

const at = (minute: number) => `2026-11-29T12:${String(minute).padStart(2, '0')}:00.000Z`;
const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';
const run: Run = {
  findingId: FINDING,
  id: 'RUNAAAAAAAAAAAAAAAAAAAAAAA',
  does: 'fix',
  remediation: 'sg-revoke-world-rule',
  control: 'sg-no-world-admin-ipv4',
  accountId: '123456789012',
  since: at(0),
  planHash: 'ab',
  state: 'planned',
  mode: 'approve',
  steps: [{ state: 'planned', at: at(1) }],
  answers: { '0': { GroupId: 'sg-1' } },
  asks: { nonce: 'n-1', expiresAt: at(50) },
  outbox: [],
  seq: 1,
};
const approval: Approval = {
  approver: 'arn:aws:iam::123456789012:user/ann',
  planHash: 'ab',
  nonce: 'n-1',
  at: at(2),
  expiresAt: at(10),
};

const stores: [name: string, store: () => Promise<Runs>][] = [
  [
    'in DynamoDB',
    async () => {
      const { operator } = await startTestAws(sampleTemplate());
      return remediationsTable('trailseal-test-findings', () => at(0), operator.dynamodb);
    },
  ],
  // The tests of the runner go by this one.
  ['in memory', async () => memoryRuns()],
];

describe.each(stores)('runs %s', (_name, store) => {
  let runs: Runs;
  beforeEach(async () => {
    runs = await store();
  });

  test('one worker has a finding, until he gives it back or his time is over', async () => {
    expect(await runs.lease(FINDING, at(6), at(0))).toEqual({ fence: 1 });
    expect(await runs.lease(FINDING, at(6), at(0))).toBe('held');
    expect(await runs.lease('OTHER', at(6), at(0))).toEqual({ fence: 1 });
    await runs.release(FINDING, 1);
    expect(await runs.lease(FINDING, at(7), at(1))).toEqual({ fence: 2 });
    await runs.release(FINDING, 1);
    expect(await runs.lease(FINDING, at(8), at(7))).toBe('held');
    expect(await runs.lease(FINDING, at(13), at(8))).toEqual({ fence: 3 });
  });

  test('the latest run is set by who has the lease', async () => {
    await runs.lease(FINDING, at(6), at(0));
    expect(await runs.point(FINDING, 1, run.id)).toBe(true);
    expect(await runs.lease(FINDING, at(16), at(10))).toEqual({ fence: 2, run: run.id });
    expect(await runs.point(FINDING, 1, 'OLD')).toBe(false);
    await runs.release(FINDING, 2);
    expect(await runs.lease(FINDING, at(20), at(11))).toEqual({ fence: 3, run: run.id });
  });

  test('the run before the latest is known', async () => {
    await runs.lease(FINDING, at(6), at(0));
    await runs.point(FINDING, 1, 'NEXT', run.id);
    expect(await runs.lease(FINDING, at(16), at(10))).toEqual({ fence: 2, run: 'NEXT', follows: run.id });
    await runs.point(FINDING, 2, 'FIRST');
    expect(await runs.lease(FINDING, at(26), at(20))).toEqual({ fence: 3, run: 'FIRST' });
  });

  test('a run is written by who has read it last', async () => {
    expect(await runs.read(FINDING, run.id)).toBeUndefined();
    expect(await runs.write(run, 1)).toBe(false);
    expect(await runs.write(run, undefined)).toBe(true);
    expect(await runs.write(run, undefined)).toBe(false);
    expect(await runs.write({ ...run, state: 'captured', seq: 2 }, 1)).toBe(true);
    expect(await runs.write({ ...run, state: 'refused', seq: 2 }, 1)).toBe(false);
    expect(await runs.read(FINDING, run.id)).toEqual({ ...run, state: 'captured', seq: 2 });
  });

  test('what is large has rows of its own, which an earlier worker does not write over', async () => {
    const large = { policy: 'ü'.repeat(200_000), deep: [null, { a: 1 }] };
    expect(await runs.part(run, 'CAPTURE')).toBeUndefined();
    expect(await runs.keep(run, 'CAPTURE', large, 2)).toBe(true);
    expect(await runs.keep(run, 'CAPTURE', 'late', 1)).toBe(false);
    expect(await runs.part(run, 'CAPTURE')).toEqual(large);
    expect(await runs.keep(run, 'CAPTURE', 'again', 2)).toBe(true);
    expect(await runs.part(run, 'CAPTURE')).toBe('again');
    expect(await runs.part(run, 'LEFT')).toBeUndefined();
  });

  test('approvals of a run, each once', async () => {
    const other = { ...approval, approver: 'arn:aws:iam::123456789012:user/bob' };
    await runs.approve(run, approval);
    await runs.approve(run, approval);
    await runs.approve(run, other);
    await runs.approve({ ...run, id: `${run.id}B` }, { ...approval, nonce: 'n-2' });
    const given = await runs.approvals(run);
    expect(given).toHaveLength(2);
    expect(given).toEqual(expect.arrayContaining([approval, other]));
  });

  test('what is asked to be undone', async () => {
    const asked = { by: approval.approver, at: at(3), forced: false };
    expect(await runs.undoAsked(run)).toBeUndefined();
    await runs.askUndo(run, asked);
    await runs.askUndo(run, { ...asked, forced: true });
    expect(await runs.undoAsked(run)).toEqual({ ...asked, forced: true });
  });

  test('so many runs in an hour, each counted once', async () => {
    const cap = { control: 'c', accountId: '1', at: at(59) };
    expect(await runs.admit(cap, 'a', 0)).toBe(false);
    expect(await runs.admit(cap, 'a', 2)).toBe(true);
    expect(await runs.admit(cap, 'a', 2)).toBe(true);
    expect(await runs.admit({ ...cap, at: at(1) }, 'b', 2)).toBe(true);
    expect(await runs.admit(cap, 'c', 2)).toBe(false);
    expect(await runs.admit(cap, 'b', 2)).toBe(true);
    expect(await runs.admit({ ...cap, at: '2026-11-29T13:00:00.000Z' }, 'c', 2)).toBe(true);
    expect(await runs.admit({ ...cap, accountId: '2' }, 'c', 2)).toBe(true);
    expect([...(await runs.admitted(cap))].sort()).toEqual(['a', 'b']);
    expect(await runs.admitted({ ...cap, control: 'd' })).toEqual([]);
  });

  test('requests of ours', async () => {
    await runs.noteRequest({ requestId: 'r-1', findingId: FINDING, run: run.id, call: 0 });
    expect(await runs.ours(['r-1', 'r-2', 'r-1', ''])).toEqual(new Set(['r-1']));
    expect(await runs.ours([])).toEqual(new Set());
    expect(await runs.ours(Array.from({ length: 250 }, (_, index) => `r-${index}`))).toEqual(
      new Set(['r-1']),
    );
  });

  test('what is due, longest overdue first', async () => {
    await runs.write({ ...run, dueAt: at(5) }, undefined);
    await runs.write({ ...run, findingId: 'OTHER', dueAt: at(4) }, undefined);
    await runs.write({ ...run, findingId: 'THIRD' }, undefined);
    expect(await runs.due(at(3), 10)).toEqual([]);
    expect(await runs.due(at(6), 10)).toEqual(['OTHER', FINDING]);
    expect(await runs.due(at(6), 1)).toEqual(['OTHER']);
    await runs.write({ ...run, seq: 2 }, 1);
    expect(await runs.due(at(6), 10)).toEqual(['OTHER']);
  });
});
