import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { Reason } from '../../../contracts/trailseal/finding';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { isFalse, isTrue, textAt, valueAt } from '../reading';
import { resourceAt } from '../resource';

const PARAMETERS = 'requestParameters';

/** Calls that blind only by what they ask for: the reason, or undefined where they don't. */
const conditions: Readonly<Record<string, (record: CloudTrailRecord) => Reason | undefined>> = {
  UpdateDetector: (record) =>
    isFalse(valueAt(record, `${PARAMETERS}.enable`))
      ? reasonAt(record, `${PARAMETERS}.enable`, 'true', 'the detector was switched off')
      : undefined,
  CreateFilter: archives,
  UpdateFilter: archives,
  CreateIPSet: trusts,
  UpdateIPSet: trusts,
};

function archives(record: CloudTrailRecord): Reason | undefined {
  const path = `${PARAMETERS}.action`;
  return textAt(record, path) === 'ARCHIVE'
    ? reasonAt(record, path, 'NOOP', 'findings that match are archived unseen')
    : undefined;
}

function trusts(record: CloudTrailRecord): Reason | undefined {
  const path = `${PARAMETERS}.activate`;
  return isTrue(valueAt(record, path))
    ? reasonAt(record, path, 'false', 'addresses of the list raise no finding')
    : undefined;
}

/** They hide some findings; the others end the watch. */
const hiding = [
  'CreateFilter',
  'UpdateFilter',
  'CreateIPSet',
  'UpdateIPSet',
  'ArchiveFindings',
  'DeletePublishingDestination',
  'UpdateMemberDetectors',
];

export default defineDetection({
  id: 'activity-guardduty-tamper',
  version: 1,
  title: 'Attempts to blind GuardDuty are detected',
  severity: 'critical',
  rationale:
    'GuardDuty is the alarm that watches traffic and credentials; intruders with rights switch it off, or make it trust their address.',
  whatToDo: [
    'Enable the detector again, and compare filters, trusted lists and members with what you know.',
    askTheCaller,
    'Look at what the same principal did before and since: this call is rarely the first of an intruder and never the last.',
    'Deny these calls in member accounts by a service control policy, and administer GuardDuty from one account.',
  ],
  exemptible: false,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::GuardDuty::Detector'],
  attack: ['T1562.001'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'guardduty.amazonaws.com': [
        'DeleteDetector',
        'UpdateDetector',
        'CreateFilter',
        'UpdateFilter',
        'CreateIPSet',
        'UpdateIPSet',
        'DeletePublishingDestination',
        'StopMonitoringMembers',
        'DeleteMembers',
        'DisassociateMembers',
        'DisassociateFromMasterAccount',
        'DisassociateFromAdministratorAccount',
        'DisableOrganizationAdminAccount',
        'ArchiveFindings',
        'UpdateMemberDetectors',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const { eventName } = record;
    const condition = Object.hasOwn(conditions, eventName) ? conditions[eventName] : undefined;
    const reason = condition?.(record);
    if (condition !== undefined && reason === undefined) return undefined;
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::GuardDuty::Detector', ['requestParameters.detectorId']),
      severity: hiding.includes(eventName) ? 'high' : 'critical',
      noun: 'detector',
      detail: reason?.says,
      expected: 'GuardDuty on, and seeing all',
      because: reason === undefined ? [] : [reason],
    });
  },
});
