import {
  GUARDDUTY_QUIET_HOURS,
  guardDutyEvents,
  instanceOf,
  mapGuardDuty,
  minSeverity,
  severityOf,
  threatFrameworks,
} from '../guardduty-finding';
import { definePartner } from '../partner';
import { accountResource } from '../resource';

const TYPES = [
  'Backdoor:EC2/',
  'CryptoCurrency:EC2/',
  'Trojan:EC2/',
  'UnauthorizedAccess:EC2/',
  'Impact:EC2/',
  'Execution:EC2/',
] as const;

export default definePartner({
  id: 'guardduty-ec2-compromise',
  version: 1,
  title: 'GuardDuty reports no compromised EC2 instance',
  severity: 'critical',
  rationale:
    'An instance that talks to command and control servers, mines or attacks others is in foreign hands, with the credentials of its role and its way into the network.',
  whatToDo: [
    'Take snapshots of the volumes of the instance, and note its security groups, before anything is changed.',
    'Isolate it: give all its network interfaces one security group without rules; connections that are tracked already outlive this, so stop the instance if it must be silent at once.',
    'Take it out of its Auto Scaling group, so that it is kept and replaced.',
    'Revoke the sessions of its role, because what runs on the instance could read its credentials.',
    'Find the way in by flow logs and CloudTrail, close it, and build the instance anew rather than clean it.',
  ],
  exemptible: true,
  frameworks: threatFrameworks,
  resourceTypes: ['AWS::EC2::Instance'],
  listensTo: { ...guardDutyEvents, pattern: { detail: { type: TYPES.map((prefix) => ({ prefix })) } } },
  parameters: minSeverity(5),
  quietHours: GUARDDUTY_QUIET_HOURS,
  map: (event, parameters) =>
    mapGuardDuty(event, {
      ...parameters,
      isFor: ({ type, resource, service }) =>
        TYPES.some((prefix) => type.startsWith(prefix)) &&
        resource?.resourceType === 'Instance' &&
        // Absent in older findings, where the instance could only be one of the two.
        ['TARGET', 'ACTOR', undefined].includes(service?.resourceRole),
      resourceOf: (finding) => instanceOf(finding) ?? accountResource(finding),
      severityOf,
    }),
});
