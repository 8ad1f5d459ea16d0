import {
  GUARDDUTY_QUIET_HOURS,
  guardDutyEvents,
  mapGuardDuty,
  minSeverity,
  principalOf,
  severityOf,
  threatFrameworks,
} from '../guardduty-finding';
import { definePartner } from '../partner';

const CLOUDTRAIL_DISABLED = 'Stealth:IAMUser/CloudTrailLoggingDisabled';

export default definePartner({
  id: 'guardduty-credential-compromise',
  version: 1,
  title: 'GuardDuty reports no misuse of IAM credentials',
  severity: 'critical',
  rationale:
    'Credentials that are used from unusual places or for unusual calls are most likely stolen, and whoever has them may do all that their owner may.',
  whatToDo: [
    'Ask the owner, by a channel that the credentials do not open, whether the calls are theirs.',
    'Deactivate the access key if it is one of an IAM user; do not delete it, because CloudTrail is searched by its id.',
    'Revoke the sessions of the role if it is one: deny all to tokens issued before now, in its console under Revoke sessions.',
    'For the root user: change its password, remove its access keys and call whoever answers for the account.',
    'List in CloudTrail what the credentials did since the first time GuardDuty saw it, and undo what they created: users, keys, roles, functions.',
  ],
  exemptible: true,
  frameworks: threatFrameworks,
  resourceTypes: ['AWS::IAM::User', 'AWS::IAM::Role'],
  listensTo: { ...guardDutyEvents, pattern: { detail: { resource: { resourceType: ['AccessKey'] } } } },
  parameters: minSeverity(4),
  quietHours: GUARDDUTY_QUIET_HOURS,
  map: (event, parameters) =>
    mapGuardDuty(event, {
      ...parameters,
      // A stopped trail has a mapping of its own.
      isFor: ({ type, resource }) => resource?.resourceType === 'AccessKey' && type !== CLOUDTRAIL_DISABLED,
      resourceOf: principalOf,
      severityOf,
    }),
});
