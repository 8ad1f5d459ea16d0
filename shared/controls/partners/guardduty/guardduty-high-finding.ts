import {
  GUARDDUTY_QUIET_HOURS,
  guardDutyEvents,
  mapGuardDuty,
  minSeverity,
  resourceOf,
  severityOf,
  threatFrameworks,
} from '../guardduty-finding';
import { definePartner } from '../partner';

export default definePartner({
  id: 'guardduty-high-finding',
  version: 1,
  title: 'GuardDuty reports no threat of high or critical severity',
  severity: 'high',
  rationale:
    'GuardDuty rates a finding high when a resource looks compromised and is being used against you: what it is doing goes on until somebody stops it.',
  whatToDo: [
    'Open the finding in the GuardDuty console of its Region, and read the resource, the action and the first and last time it was seen.',
    'Decide whether it is known, such as a penetration test: archive the finding then, and consider a suppression rule that is as narrow as the case.',
    'Contain what is not known: isolate the instance, deactivate the credentials, or block the address, as the finding type in the GuardDuty User Guide says.',
    'Look in CloudTrail for what the same principal and the same address did before and after.',
  ],
  exemptible: true,
  frameworks: {
    ...threatFrameworks,
    awsConfig: ['GUARDDUTY_NON_ARCHIVED_FINDINGS'],
    soc2: ['CC3.2', 'CC4.2', 'CC7.3', 'CC7.4'],
  },
  resourceTypes: ['AWS::::Account'],
  listensTo: guardDutyEvents,
  parameters: minSeverity(7),
  general: true,
  quietHours: GUARDDUTY_QUIET_HOURS,
  map: (event, parameters) =>
    mapGuardDuty(event, { ...parameters, isFor: () => true, resourceOf, severityOf }),
});
