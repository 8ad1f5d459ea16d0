import { type ServiceCalls, TAGS } from './resource-calls';

const INLINE = (kind: string) => [`configuration.${kind}PolicyList`];
const MANAGED = ['configuration.attachedManagedPolicies', 'relationships'];
const BOUNDARY = ['configuration.permissionsBoundary', 'relationships'];

/** AWS Config knows users, roles, groups and policies by ids such as AIDA…, CloudTrail by names and ARNs. */
export const iam: ServiceCalls = {
  eventSource: 'iam.amazonaws.com',
  types: [
    {
      type: 'AWS::IAM::User',
      named: ['userName', 'newUserName', 'user.userName', 'user.userId', 'accessKey.userName'],
      arn: /^user\/(?:.*\/)?([^/]+)$/,
      scope: 'global',
      creates: 'CreateUser',
      deletes: 'DeleteUser',
      calls: {
        UpdateUser: 'everything',
        'PutUserPolicy DeleteUserPolicy': INLINE('user'),
        'AttachUserPolicy DetachUserPolicy': MANAGED,
        'AddUserToGroup RemoveUserFromGroup': ['configuration.groupList', 'relationships'],
        'PutUserPermissionsBoundary DeleteUserPermissionsBoundary': BOUNDARY,
        'TagUser UntagUser': TAGS,
        // None of these shows in the item.
        'CreateAccessKey UpdateAccessKey DeleteAccessKey CreateLoginProfile UpdateLoginProfile DeleteLoginProfile':
          [],
        'EnableMFADevice DeactivateMFADevice ResyncMFADevice ChangePassword': [],
        'UploadSSHPublicKey UpdateSSHPublicKey DeleteSSHPublicKey UploadSigningCertificate UpdateSigningCertificate DeleteSigningCertificate':
          [],
        'CreateServiceSpecificCredential UpdateServiceSpecificCredential DeleteServiceSpecificCredential ResetServiceSpecificCredential':
          [],
      },
    },
    {
      type: 'AWS::IAM::Role',
      named: ['roleName', 'role.roleName', 'role.roleId'],
      arn: /^role\/(?:.*\/)?([^/]+)$/,
      scope: 'global',
      creates: 'CreateRole CreateServiceLinkedRole',
      deletes: 'DeleteRole DeleteServiceLinkedRole',
      calls: {
        UpdateAssumeRolePolicy: ['configuration.assumeRolePolicyDocument'],
        'PutRolePolicy DeleteRolePolicy': INLINE('role'),
        'AttachRolePolicy DetachRolePolicy': MANAGED,
        'PutRolePermissionsBoundary DeleteRolePermissionsBoundary': BOUNDARY,
        'AddRoleToInstanceProfile RemoveRoleFromInstanceProfile': ['configuration.instanceProfileList'],
        'UpdateRole UpdateRoleDescription': ['configuration.description', 'configuration.maxSessionDuration'],
        'TagRole UntagRole': TAGS,
      },
    },
    {
      type: 'AWS::IAM::Group',
      named: ['groupName', 'newGroupName', 'group.groupName', 'group.groupId'],
      arn: /^group\/(?:.*\/)?([^/]+)$/,
      scope: 'global',
      creates: 'CreateGroup',
      deletes: 'DeleteGroup',
      calls: {
        UpdateGroup: 'everything',
        'PutGroupPolicy DeleteGroupPolicy': INLINE('group'),
        'AttachGroupPolicy DetachGroupPolicy': MANAGED,
        'AddUserToGroup RemoveUserFromGroup': ['relationships'],
      },
    },
    {
      type: 'AWS::IAM::Policy',
      named: ['policyArn', 'policy.policyId', 'policy.arn'],
      // An inline policy's name is no managed policy's.
      arn: /^policy\/(?:.*\/)?([^/]+)$/,
      text: /^(ANPA\w+)$/,
      scope: 'global',
      creates: 'CreatePolicy',
      deletes: 'DeletePolicy',
      calls: {
        'CreatePolicyVersion DeletePolicyVersion SetDefaultPolicyVersion': [
          'configuration.policyVersionList',
          'configuration.defaultVersionId',
          'configuration.updateDate',
        ],
        'AttachUserPolicy DetachUserPolicy AttachRolePolicy DetachRolePolicy AttachGroupPolicy DetachGroupPolicy':
          ['configuration.attachmentCount', 'relationships'],
        'PutUserPermissionsBoundary DeleteUserPermissionsBoundary PutRolePermissionsBoundary DeleteRolePermissionsBoundary':
          ['configuration.permissionsBoundaryUsageCount'],
        'TagPolicy UntagPolicy': TAGS,
      },
    },
    {
      type: 'AWS::IAM::AccessKey',
      named: ['accessKeyId', 'accessKey.accessKeyId'],
      text: /^((?:AKIA|ASIA)\w+)$/,
      scope: 'global',
      creates: 'CreateAccessKey',
      deletes: 'DeleteAccessKey',
      calls: { UpdateAccessKey: 'everything' },
    },
    {
      type: 'AWS::::Account',
      named: [],
      scope: 'account',
      onlyListed: true,
      calls: {
        'UpdateAccountPasswordPolicy DeleteAccountPasswordPolicy': 'everything',
        'CreateAccountAlias DeleteAccountAlias': 'everything',
        'EnableOrganizationsRootSessions DisableOrganizationsRootSessions EnableOrganizationsRootCredentialsManagement DisableOrganizationsRootCredentialsManagement':
          'everything',
      },
    },
  ],
};
