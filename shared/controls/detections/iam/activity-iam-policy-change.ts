import * as z from 'zod/mini';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, lockOutTheCaller } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText, lastSegment } from '../reading';
import { resourceAt } from '../resource';

/** Whom a call is about; the policy itself where it is about nobody. */
const subjects = [
  { type: 'AWS::IAM::User', noun: 'user', paths: ['requestParameters.userName'] },
  { type: 'AWS::IAM::Role', noun: 'role', paths: ['requestParameters.roleName'] },
  { type: 'AWS::IAM::Group', noun: 'group', paths: ['requestParameters.groupName'] },
] as const;
const policy = {
  type: 'AWS::IAM::Policy',
  noun: 'policy',
  paths: ['requestParameters.policyArn', 'responseElements.policy.arn', 'requestParameters.policyName'],
} as const;

/** Managed policies that by themselves make whoever has them an administrator, or able to become one. */
const ADMINISTRATIVE = /:aws:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

export default defineDetection({
  id: 'activity-iam-policy-change',
  version: 1,
  title: 'IAM policy changes are detected',
  severity: 'medium',
  rationale:
    'Policies decide who may do what; a few lines in one of them make an intruder an administrator, and outlive the stolen key.',
  whatToDo: [
    'Read the policy as it is now, above all statements with Allow on * or on iam and sts.',
    askTheCaller,
    'If it came from your code, compare with the change that was reviewed; if not, detach or delete the policy.',
    lockOutTheCaller,
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.4', '3.0.0': '4.4', '4.0.0': '4.4', '5.0.0': '4.4', '6.0.0': '5.4', '7.0.0': '5.4' },
    securityHub: ['CloudWatch.4'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2', 'PI1.3'],
  },
  resourceTypes: ['AWS::IAM::Policy', 'AWS::IAM::User', 'AWS::IAM::Role', 'AWS::IAM::Group'],
  attack: ['T1098.003', 'T1484'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'iam.amazonaws.com': [
        'DeleteGroupPolicy',
        'DeleteRolePolicy',
        'DeleteUserPolicy',
        'PutGroupPolicy',
        'PutRolePolicy',
        'PutUserPolicy',
        'CreatePolicy',
        'DeletePolicy',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'AttachRolePolicy',
        'DetachRolePolicy',
        'AttachUserPolicy',
        'DetachUserPolicy',
        'AttachGroupPolicy',
        'DetachGroupPolicy',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const { type, noun, paths } =
      subjects.find((subject) => firstText(record, subject.paths) !== undefined) ?? policy;
    const name = firstText(record, policy.paths);
    const isGrant = record.eventName.startsWith('Attach') && ADMINISTRATIVE.test(name ?? '');
    return detectedCall(record, {
      resource: resourceAt(record, type, paths),
      severity: isGrant ? 'high' : 'medium',
      noun,
      detail: name === undefined || type === policy.type ? undefined : `policy ${lastSegment(name)}`,
      expected: 'no change of a policy that was not planned',
      because: isGrant
        ? [
            reasonAt(
              record,
              'requestParameters.policyArn',
              'a policy that grants less',
              'the policy grants all',
            ),
          ]
        : [],
    });
  },
});
