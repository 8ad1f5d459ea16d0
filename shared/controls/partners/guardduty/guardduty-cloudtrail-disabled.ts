import * as z from 'zod/mini';
import {
  GUARDDUTY_QUIET_HOURS,
  guardDutyEvents,
  mapGuardDuty,
  threatFrameworks,
  trailOf,
} from '../guardduty-finding';
import { definePartner } from '../partner';

const TYPE = 'Stealth:IAMUser/CloudTrailLoggingDisabled';

export default definePartner({
  id: 'guardduty-cloudtrail-disabled',
  version: 1,
  title: 'GuardDuty reports no trail that was switched off',
  severity: 'critical',
  rationale:
    'Intruders stop or delete a trail so that the rest of what they do is not recorded. GuardDuty itself rates this low, because it cannot tell an intruder from an administrator.',
  whatToDo: [
    'Start the logging of the trail again; if it is gone, create it anew with log file validation and the same bucket.',
    'Find out by whose credentials it was stopped, and deactivate them unless the owner confirms the change.',
    'Look in the event history of each Region at what happened while nothing was recorded: it keeps management events for 90 days, whether or not there is a trail.',
  ],
  exemptible: false,
  frameworks: threatFrameworks,
  resourceTypes: ['AWS::CloudTrail::Trail'],
  listensTo: { ...guardDutyEvents, pattern: { detail: { type: [TYPE] } } },
  parameters: z.object({}),
  quietHours: GUARDDUTY_QUIET_HOURS,
  map: (event) =>
    mapGuardDuty(event, {
      isFor: ({ type }) => type === TYPE,
      resourceOf: trailOf,
      severityOf: () => 'critical',
    }),
});
