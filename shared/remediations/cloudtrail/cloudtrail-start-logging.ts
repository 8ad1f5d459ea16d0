import * as z from 'zod/mini';
import { SNAPSHOT, trailSnapshot } from '../../contracts/aws/account-snapshot';
import { defineRemediation, keepsEvidence, nothingToDo } from '../remediation';
import {
  readTrailStatus,
  readTrailTags,
  TrailTags,
  trailCall,
  trailTags,
  trailTarget,
} from '../resources/trail';

const text = z.optional(z.string());

export default defineRemediation({
  id: 'cloudtrail-start-logging',
  version: 1,
  title: 'Start the logging of a trail again',
  fixes: ['cloudtrail-logging-active', 'activity-cloudtrail-change', 'guardduty-cloudtrail-disabled'],
  restoresEvidence: true,
  cap: 10,
  settleSeconds: 15,
  autoWhen: {
    says: 'The trail is there and was only stopped, and its last delivery did not fail.',
    holds: ({ captured: { status } }) =>
      !status.LatestDeliveryError || `its last delivery failed: ${status.LatestDeliveryError}`,
  },
  permissions: {
    capture: ['cloudtrail:GetTrailStatus', 'cloudtrail:ListTags'],
    apply: ['cloudtrail:StartLogging'],
    undo: [],
  },
  settings: z.object({}),
  captured: z.object({
    status: z.object({
      IsLogging: z.boolean(),
      LatestDeliveryError: text,
      LatestNotificationError: text,
      LatestCloudWatchLogsDeliveryError: text,
      LatestDigestDeliveryError: text,
      LatestDeliveryTime: text,
      StartLoggingTime: text,
    }),
    tags: TrailTags,
  }),
  exposesAgain: false,
  target: trailTarget,
  reads: (target) => [readTrailStatus(target), readTrailTags(target)],
  tags: trailTags,
  meaning: ({ status }) => ({ logging: status.IsLogging }),
  observed: ({ status }, { arn }) => ({
    resourceType: 'AWS::CloudTrail::Trail',
    configuration: {},
    supplementaryConfiguration: { [SNAPSHOT]: trailSnapshot(arn, status) },
  }),
  plan({ captured, target }) {
    if (captured.status.IsLogging) return nothingToDo('the trail is logging');
    return {
      outcome: 'change',
      calls: [trailCall(target, 'StartLogging', `Start the logging of trail ${target.id}`)],
      after: { ...captured, status: { ...captured.status, IsLogging: true } },
    };
  },
  undo: () => keepsEvidence('The logging of a trail'),
});
