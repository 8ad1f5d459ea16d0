import * as z from 'zod/mini';
import { defineRemediation, keepsEvidence, nothingToDo } from '../remediation';
import {
  readTrail,
  readTrailTags,
  Trail,
  TrailTags,
  trailCall,
  trailTags,
  trailTarget,
} from '../resources/trail';

export default defineRemediation({
  id: 'cloudtrail-enable-validation',
  version: 1,
  title: 'Turn log file validation of a trail on',
  fixes: ['cloudtrail-log-validation'],
  restoresEvidence: true,
  cap: 10,
  settleSeconds: 15,
  autoWhen: {
    says: 'The trail is in its home Region and belongs to the account: digests come besides what it delivers now.',
    holds: ({ captured: { trail }, target }) =>
      trail.Trail.HomeRegion === target.region ||
      `its home Region is ${trail.Trail.HomeRegion ?? 'not known'}`,
  },
  permissions: {
    capture: ['cloudtrail:GetTrail', 'cloudtrail:ListTags'],
    apply: ['cloudtrail:UpdateTrail'],
    undo: [],
  },
  settings: z.object({}),
  captured: z.object({ trail: Trail, tags: TrailTags }),
  exposesAgain: false,
  target: trailTarget,
  reads: (target) => [readTrail(target), readTrailTags(target)],
  tags: trailTags,
  meaning: ({ trail }) => ({ logFileValidation: trail.Trail.LogFileValidationEnabled ?? false }),
  observed: ({ trail: { Trail: trail } }) => ({
    resourceType: 'AWS::CloudTrail::Trail',
    configuration: {
      logFileValidationEnabled: trail.LogFileValidationEnabled ?? false,
      homeRegion: trail.HomeRegion ?? null,
      isOrganizationTrail: trail.IsOrganizationTrail ?? null,
      trailARN: trail.TrailARN,
    },
  }),
  plan({ captured, target }) {
    const { Trail: trail } = captured.trail;
    if (trail.LogFileValidationEnabled) return nothingToDo('log file validation is on');
    return {
      outcome: 'change',
      // What the call does not name stays as it is.
      calls: [
        trailCall(target, 'UpdateTrail', `Turn log file validation of trail ${target.id} on`, {
          EnableLogFileValidation: true,
        }),
      ],
      after: { ...captured, trail: { Trail: { ...trail, LogFileValidationEnabled: true } } },
    };
  },
  undo: () => keepsEvidence('The validation of log files'),
});
