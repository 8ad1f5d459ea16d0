import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText } from '../reading';
import { accountOf } from '../resource';

/** It takes an account out of reach of every policy of the organization: trying is enough. */
const LEAVE = 'LeaveOrganization';

export default defineDetection({
  id: 'activity-organizations-change',
  version: 1,
  title: 'AWS Organizations changes are detected',
  severity: 'medium',
  rationale:
    'Policies of the organization bind even administrators; whoever moves an account or detaches a policy lifts what holds all others back.',
  whatToDo: [
    askTheCaller,
    'Look at which accounts the change reaches: those below the organizational unit, or the whole organization.',
    'Compare the policies that are attached now with those in your code, and put back what is missing.',
    'For LeaveOrganization, find out who may call it in that account, and deny it by a service control policy.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.15',
      '3.0.0': '4.15',
      '4.0.0': '4.15',
      '5.0.0': '4.15',
      '6.0.0': '5.15',
      '7.0.0': '5.15',
    },
    securityHub: [],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2'],
  },
  resourceTypes: ['AWS::::Account'],
  attack: ['T1562.001', 'T1098'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'organizations.amazonaws.com': [
        'AcceptHandshake',
        'AttachPolicy',
        'CancelHandshake',
        'CreateAccount',
        'CreateOrganization',
        'CreateOrganizationalUnit',
        'CreatePolicy',
        'DeclineHandshake',
        'DeleteOrganization',
        'DeleteOrganizationalUnit',
        'DeletePolicy',
        'EnableAllFeatures',
        'EnablePolicyType',
        'InviteAccountToOrganization',
        'LeaveOrganization',
        'DetachPolicy',
        'DisablePolicyType',
        'MoveAccount',
        'RemoveAccountFromOrganization',
        'UpdateOrganizationalUnit',
        'UpdatePolicy',
      ],
    },
    failed: [LEAVE],
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    const leaves = record.eventName === LEAVE;
    if (hasFailed(record) && !leaves) return undefined;
    const target = firstText(record, [
      'requestParameters.policyId',
      'responseElements.policy.policySummary.id',
      'requestParameters.targetId',
      'requestParameters.accountId',
      'requestParameters.organizationalUnitId',
      'requestParameters.handshakeId',
      'requestParameters.target.id',
    ]);
    return detectedCall(record, {
      resource: { resourceType: 'AWS::::Account', resourceId: accountOf(record) },
      severity: leaves ? 'high' : 'medium',
      noun: 'organization of account',
      detail: target,
      expected: 'no change of the organization',
      attempted: hasFailed(record),
    });
  },
});
