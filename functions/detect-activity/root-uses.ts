import type { ActivityTable, RootUse } from '../../shared/aws/activity-table';
import type { CloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import { type RootSession, rootKeyOf, rootSessionOf } from '../../shared/contracts/aws/root-session';
import { inRootSession } from '../../shared/controls/detections/root-session';

type Uses = Pick<ActivityTable, 'remember' | 'rootSession' | 'rememberUse' | 'rootUses'>;

/** A session of root lasts 15 minutes; what started it, and its last calls, may come late. */
const KEEP_MS = 48 * 3_600_000;

/**
 * What was found of a call, with the session of root that it was made in, where one is known. A use of root is
 * remembered before its session is looked for, and a session before its uses are: whichever comes last sees the other.
 */
export async function inItsSession<Found extends RootUse>(
  record: CloudTrailRecord,
  found: Found,
  activity: Uses,
): Promise<Found> {
  const key = rootKeyOf(record);
  if (key === undefined) return found;
  await activity.rememberUse(key, found, expiryOf(record));
  const session = await activity.rootSession(key);
  return session === undefined ? found : joined(found, session);
}

/** What was found of the calls of the session that a record started, if it did, before anybody knew of the session. */
export async function usesOfStarted(record: CloudTrailRecord, activity: Uses): Promise<RootUse[]> {
  const started = rootSessionOf(record);
  if (started === undefined) return [];
  await activity.remember(started, expiryOf(record));
  const session = (await activity.rootSession(started.accessKeyId)) ?? started;
  return (await activity.rootUses(started.accessKeyId)).map((use) => joined(use, session));
}

/** A finding of two records, by what makes it of both: severity, annotation, reasons, and who started it. */
function joined<Found extends RootUse>(found: Found, session: RootSession): Found {
  const { subject, judgement } = found;
  if (subject.accountId !== session.account) return found;
  const { annotation, because, activity } = judgement;
  const said = inRootSession(
    subject.control,
    { severity: subject.severity, says: annotation, because },
    session,
  );
  return {
    ...found,
    subject: { ...subject, severity: said.severity },
    judgement: {
      ...judgement,
      annotation: said.says,
      because: said.because,
      ...(activity && {
        activity: { ...activity, actor: { ...activity.actor, onBehalfOf: session.startedBy } },
      }),
    },
  };
}

const expiryOf = ({ eventTime }: CloudTrailRecord): string =>
  new Date(Date.parse(eventTime) + KEEP_MS).toISOString();
