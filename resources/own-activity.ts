import { API_CALL } from '../shared/controls/detections/detection';
import { RUN_TAG } from '../shared/remediations/own-requests';

/**
 * The calls of our own remediations, and the calls by which the sessions began in which they are made: of each the
 * record is proven as that of any other call. AssumeRole counts as one that only reads, so that the rule has to be in
 * the state that hears of those, too.
 *
 * @param role the name of the role that remediations are made in
 */
export const ownActivity = (role: string) => ({
  source: [{ prefix: 'aws.' }],
  'detail-type': [API_CALL],
  detail: {
    errorCode: [{ exists: false }],
    $or: [
      { readOnly: [false], userIdentity: { sessionContext: { sessionIssuer: { userName: [role] } } } },
      {
        eventSource: ['sts.amazonaws.com'],
        eventName: ['AssumeRole'],
        requestParameters: {
          roleArn: [{ wildcard: `arn:*:iam::*:role/${role}` }],
          tags: { key: [RUN_TAG] },
        },
      },
    ],
  },
});
