import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, lockOutTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { objectsAt, textsAt } from '../reading';
import { principalOf } from '../resource';

/** Old records have a list, newer ones the request as XML: one `{tag, content}`, or a list of them. */
const requested = [
  ['requestParameters.DeleteFlowLogsRequest.FlowLogId', 'content'],
  ['requestParameters.flowLogId', undefined],
  ['requestParameters.flowLogIds', undefined],
] as const;

const refused = ['responseElements.DeleteFlowLogsResponse.unsuccessful', 'responseElements.unsuccessful'];

export default defineDetection({
  id: 'activity-flow-log-deleted',
  version: 1,
  title: 'Deleting a VPC flow log is detected',
  severity: 'high',
  rationale:
    "Flow logs show who talked to whom; they are deleted before data is carried out, and can't be switched off in any other way.",
  whatToDo: [
    'Create the flow log anew with the settings of the old one, which its last configuration item has.',
    askTheCaller,
    'Look at the machines of that network for what was to be hidden: new connections, new security group rules, new routes.',
    lockOutTheCaller,
  ],
  exemptible: false,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::EC2::FlowLog'],
  attack: ['T1562.008'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': ['DeleteFlowLogs'],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const asked = requested.flatMap(([path, field]) => textsAt(record, path, field));
    // The call as a whole works even where each of its deletions is refused.
    const kept = refused.flatMap((path) => objectsAt(record, path)).map(({ resourceId }) => resourceId);
    const [first, ...others] = asked.filter((id) => !kept.includes(id));
    if (first === undefined && kept.length > 0) return undefined;
    return detectedCall(record, {
      resource:
        first === undefined ? principalOf(record) : { resourceType: 'AWS::EC2::FlowLog', resourceId: first },
      severity: 'high',
      noun: first === undefined ? 'called by' : 'flow log',
      detail: others.length === 0 ? undefined : `and ${others.join(', ')}`.slice(0, 500),
      expected: 'no flow log deleted',
    });
  },
});
