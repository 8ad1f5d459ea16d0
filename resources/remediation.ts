import type { JsonObject } from '../shared/contracts/aws/configuration-item';
import { LONGEST_PATTERN } from '../shared/controls/detections/patterns';
import type { AnyRemediation } from '../shared/remediations/remediation';
import { remediationRole, type Switches, usesOf } from './remediation-role';

/** What changes the state of a finding. What has become of a remediation is no reason for another one. */
const kinds = ['Opened', 'Updated', 'Reopened', 'Resolved', 'Exempted'];

/** Its own in each deployment, and known to nobody who can't see the stack: what ends the id of the stack. */
const externalId = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };

/**
 * What of the stack follows from the remediations that compliance.yml switches on: all of it empty where it switches
 * none on.
 * @param roleName of the role in which they are made, the same in each account
 */
export function remediationStack(
  policy: Switches,
  remediations: readonly AnyRemediation[],
  roleName: string,
) {
  const uses = usesOf(policy, remediations);
  return {
    /** The pattern of the events that remediate-finding gets. */
    findings: uses.length === 0 ? {} : findingsPattern(uses.map(({ control }) => control).sort()),
    /** What remediate-finding may do: be the remediation role, in the covered accounts and no others. */
    rights:
      uses.length === 0
        ? []
        : [
            assume(policy, roleName),
            // Only a team's own code, which fixes no control by itself, does not read the tags itself.
            ...(uses.some(({ remediation }) => remediation.fixes.length === 0) ? [seeTags] : []),
          ],
    resources: remediationRole(policy, remediations, {
      name: roleName,
      trusted: { 'Fn::GetAtt': ['RemediateFindingRole', 'Arn'] },
      externalId,
      region: { Ref: 'AWS::Region' },
    }),
    /** What the role in a member account is to be deployed with. */
    outputs:
      uses.length === 0
        ? {}
        : {
            RemediateFindingRoleArn: { Value: { 'Fn::GetAtt': ['RemediateFindingRole', 'Arn'] } },
            RemediationExternalId: { Value: externalId },
          },
    /** Whether there is anything that people approve or undo. */
    changes: uses.some((use) => use.changes),
  };
}

/** Without the controls where these are too many for a pattern: the function looks at what is switched on anyway. */
export function findingsPattern(controls: readonly string[]): JsonObject {
  const all = { source: ['trailseal'], 'detail-type': kinds.map((kind) => `Finding ${kind}`) };
  const narrow = { ...all, detail: { finding: { control: controls } } };
  return JSON.stringify(narrow).length <= LONGEST_PATTERN ? narrow : all;
}

/** AWS Config takes no narrower resource for this action. */
const seeTags: JsonObject = {
  Sid: 'SeeTags',
  Effect: 'Allow',
  Action: 'config:GetResourceConfigHistory',
  Resource: '*',
};

const assume = ({ coverage: { accounts } }: Switches, roleName: string): JsonObject => ({
  Sid: 'AssumeRemediationRoles',
  Effect: 'Allow',
  Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
  Resource: accounts.map((account) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::${account === 'self' ? '${AWS::AccountId}' : account}:role/${roleName}`,
  })),
});
