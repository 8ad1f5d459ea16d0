import * as z from 'zod/mini';
import { reasonAt } from '../call';
import { CONSOLE_SIGN_IN, defineDetection } from '../detection';
import { hasFailed } from '../outcome';
import { textAt, valueAt } from '../reading';
import { principalOf } from '../resource';

export default defineDetection({
  id: 'activity-console-signin-no-mfa',
  version: 1,
  title: 'Console sign-ins without MFA are detected',
  severity: 'high',
  rationale:
    'A password alone is phished, guessed or bought; without a second factor whoever has it is in the console.',
  whatToDo: [
    'Ask the user whether that was them, and from where.',
    'If not, end their sessions and change the password: attach a policy that denies all calls of sessions older than now, then look at what was done.',
    'Have the user register an MFA device, and deny everything else without one by a policy on aws:MultiFactorAuthPresent.',
    'Better, let people sign in by IAM Identity Center or your identity provider, and delete the password of the IAM user.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.2', '3.0.0': '4.2', '4.0.0': '4.2', '5.0.0': '4.2', '6.0.0': '5.2', '7.0.0': '5.2' },
    securityHub: ['CloudWatch.3'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::IAM::User', 'AWS::::Account'],
  attack: ['T1078.004'],
  listensTo: {
    detailTypes: CONSOLE_SIGN_IN,
    calls: { 'signin.amazonaws.com': ['ConsoleLogin'] },
  },
  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const { type } = record.userIdentity;
    // Roles and federated users have their second factor elsewhere: for them the record always says No.
    if (type !== 'IAMUser' && type !== 'Root') return undefined;
    if (valueAt(record, 'additionalEventData.SamlProviderArn') !== undefined) return undefined;
    if (textAt(record, 'responseElements.ConsoleLogin') !== 'Success') return undefined;
    if (textAt(record, 'additionalEventData.MFAUsed')?.toUpperCase() === 'YES') return undefined;
    const resource = principalOf(record);
    return {
      resource,
      severity: 'high',
      says: `ConsoleLogin: ${type === 'Root' ? 'the root user' : `user ${resource.name ?? resource.resourceId}`} signed in without MFA`,
      because: [reasonAt(record, 'additionalEventData.MFAUsed', 'Yes', 'no second factor was used')],
    };
  },
});
