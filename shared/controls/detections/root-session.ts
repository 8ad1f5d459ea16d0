import type { RootSession } from '../../contracts/aws/root-session';
import type { Reason, Severity } from '../../contracts/trailseal/finding';
import { lastSegment } from './reading';

/** What a detection said, as far as the session of root changes it. */
interface Said {
  readonly severity: Severity;
  readonly says: string;
  readonly because: readonly Reason[];
}

/** Root was used: that is what is less grave then. What was done by it is as grave as ever. */
const ROOT_USAGE = 'activity-root-usage';

/** A use of root of which the session is known: no one signed in as root, and somebody can be asked. */
export function inRootSession(control: string, said: Said, session: RootSession) {
  const task = session.task === undefined ? '' : ` for ${lastSegment(session.task)}`;
  return {
    severity: control === ROOT_USAGE ? 'medium' : said.severity,
    says: `${said.says}, in a session${task} that ${session.startedBy} started by AssumeRoot at ${session.startedAt}`,
    because: [
      ...said.because,
      {
        says: `AssumeRoot (event ${session.eventID}) gave out this access key`,
        path: 'userIdentity.accessKeyId',
        value: session.accessKeyId,
        expected: 'no session of root',
      },
    ],
  };
}
