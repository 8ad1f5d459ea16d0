import type { RootSession } from '../../../../shared/contracts/aws/root-session';
import type { Severity } from '../../../../shared/contracts/trailseal/finding';
import { inRootSession } from '../../../../shared/controls/detections/root-session';

const session: RootSession = {
  accessKeyId: 'ASIAROOTEXAMPLE',
  account: '111122223333',
  startedBy: 'arn:aws:sts::123456789012:assumed-role/Ops/alice',
  startedAt: '2026-01-31T10:00:00.000Z',
  eventID: 'e-1',
  task: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy',
};
const said = {
  severity: 'critical' as Severity,
  says: 'DeleteBucketPolicy was called',
  because: [{ says: 'root', path: 'userIdentity.type', value: 'Root', expected: 'a role' }],
};

test('a use of root in a session says who started it', () => {
  const joined = inRootSession('activity-root-usage', said, session);
  expect(joined).toMatchObject({
    severity: 'medium',
    says: `DeleteBucketPolicy was called, in a session for S3UnlockBucketPolicy that ${session.startedBy} started by AssumeRoot at 2026-01-31T10:00:00.000Z`,
  });
  expect(joined.because.map(({ path }) => path)).toEqual(['userIdentity.type', 'userIdentity.accessKeyId']);
});

test('a session of which the task is not known has none', () => {
  const { task: _, ...noTask } = session;
  expect(inRootSession('activity-root-usage', said, noTask).says).toContain('called, in a session that arn:');
});

test.each<Severity>(['critical', 'low'])('what was done in it stays %s', (severity) => {
  expect(inRootSession('activity-log-bucket-weakened', { ...said, severity }, session).severity).toBe(
    severity,
  );
});
