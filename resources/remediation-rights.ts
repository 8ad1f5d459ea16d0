import type { JsonObject } from '../shared/contracts/aws/configuration-item';
import type { AnyRemediation } from '../shared/remediations/remediation';

/** A remediation as compliance.yml switches it on for one control. */
export interface Use {
  readonly control: string;
  readonly remediation: Pick<AnyRemediation, 'id' | 'fixes' | 'permissions'>;
  readonly settings: JsonObject;
  /** Whether it may change something: a dry run only reads. */
  readonly changes: boolean;
}

/** On what, and on which conditions, an action is allowed: the resources are texts of Fn::Sub or whole ARNs. */
export interface Grant {
  readonly resources: readonly string[];
  /** Keys of StringEquals. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** In the covered Regions alone. */
  readonly regional?: true;
}

const PARTITION = '${AWS::Partition}';
const ACCOUNT = '${AWS::AccountId}';

/** Actions for which IAM knows no resource. */
const anything: Grant = { resources: ['*'] };
const anythingThere: Grant = { ...anything, regional: true };

const inRegions =
  (service: string) =>
  (...resources: readonly string[]): Grant => ({
    resources: resources.map((resource) => `arn:${PARTITION}:${service}:*:${ACCOUNT}:${resource}`),
    regional: true,
  });

const autoscaling = inRegions('autoscaling');
const config = inRegions('config');
const ec2 = inRegions('ec2');
const kms = inRegions('kms');
const rds = inRegions('rds');

/** Where IAM says nothing of accounts in the ARN, the condition does. */
const buckets: Grant = {
  resources: [`arn:${PARTITION}:s3:::*`],
  only: { 'aws:ResourceAccount': [ACCOUNT] },
  regional: true,
};

/** Not by Region: a trail can only be changed in its home Region, which need not be covered. */
const trails: Grant = { resources: [`arn:${PARTITION}:cloudtrail:*:${ACCOUNT}:trail/*`] };
const users: Grant = { resources: [`arn:${PARTITION}:iam::${ACCOUNT}:user/*`] };

const groups = ec2('security-group/*');
const groupsAndRules = ec2('security-group/*', 'security-group-rule/*');
const instances = ec2('instance/*');
/** Of no account in IAM's eyes. */
const snapshots = `arn:${PARTITION}:ec2:*::snapshot/*`;
const keys = kms('key/*');
const recorders = config('configuration-recorder/*');
const databases = rds('db:*');

type Granting = Grant | ((use: Use) => readonly Grant[]);

/** For each action what it is allowed on, as narrow as IAM lets it be before the finding is known. */
export const grants: Readonly<Record<string, Granting>> = {
  'autoscaling:DescribeAutoScalingInstances': anythingThere,
  'autoscaling:DetachInstances': autoscaling('autoScalingGroup:*:autoScalingGroupName/*'),
  'cloudtrail:GetTrail': trails,
  'cloudtrail:GetTrailStatus': trails,
  'cloudtrail:ListTags': trails,
  'cloudtrail:StartLogging': trails,
  'cloudtrail:UpdateTrail': trails,
  'cloudwatch:GetMetricStatistics': anythingThere,
  'config:DescribeConfigurationRecorderStatus': recorders,
  'config:DescribeConfigurationRecorders': recorders,
  'config:GetResourceConfigHistory': anythingThere,
  'config:StartConfigurationRecorder': recorders,
  'ec2:AuthorizeSecurityGroupEgress': groupsAndRules,
  'ec2:AuthorizeSecurityGroupIngress': groupsAndRules,
  'ec2:CreateFlowLogs': ({ remediation }) => [ec2('vpc-flow-log/*', ...recordedBy(remediation.id))],
  'ec2:CreateSecurityGroup': ec2('security-group/*', 'vpc/*'),
  'ec2:CreateSnapshots': {
    resources: [...ec2('instance/*', 'volume/*').resources, snapshots],
    regional: true,
  },
  'ec2:CreateTags': tagsOfWhatIsMade,
  'ec2:DeleteSecurityGroup': groups,
  'ec2:DescribeFlowLogs': anythingThere,
  'ec2:DescribeInstances': anythingThere,
  'ec2:DescribeLaunchTemplateVersions': anythingThere,
  'ec2:DescribeNetworkInterfaces': anythingThere,
  'ec2:DescribeSecurityGroupRules': anythingThere,
  'ec2:DescribeSecurityGroups': anythingThere,
  'ec2:DescribeSnapshots': anythingThere,
  'ec2:DescribeVpcs': anythingThere,
  'ec2:ModifyInstanceMetadataOptions': instances,
  'ec2:ModifyNetworkInterfaceAttribute': ec2('instance/*', 'network-interface/*', 'security-group/*'),
  'ec2:MonitorInstances': instances,
  'ec2:RevokeSecurityGroupEgress': groups,
  'ec2:RevokeSecurityGroupIngress': groups,
  'ec2:StartInstances': instances,
  'ec2:StopInstances': instances,
  'ec2:UnmonitorInstances': instances,
  'iam:GetUser': users,
  'iam:ListAccessKeys': users,
  'iam:PassRole': passedRoles,
  'iam:UpdateAccessKey': users,
  'kms:CancelKeyDeletion': keys,
  'kms:DescribeKey': keys,
  'kms:DisableKey': keys,
  'kms:EnableKey': keys,
  'kms:ListResourceTags': keys,
  'kms:ScheduleKeyDeletion': keys,
  'lambda:GetFunctionConfiguration': allowedIn('function'),
  'lambda:InvokeFunction': allowedIn('function'),
  'logs:CreateLogDelivery': ({ settings }) =>
    // Only what goes elsewhere than into a log group takes it.
    memberOf(settings, 'destination', 'type') === 'cloud-watch-logs' ? [] : [anythingThere],
  'rds:DescribeDBInstances': databases,
  'rds:ModifyDBInstance': databases,
  's3:DeleteBucketPolicy': buckets,
  's3:GetAccountPublicAccessBlock': anything,
  's3:GetBucketAcl': buckets,
  's3:GetBucketPolicy': buckets,
  's3:GetBucketPolicyStatus': buckets,
  's3:GetBucketPublicAccessBlock': buckets,
  's3:GetBucketTagging': buckets,
  's3:GetEncryptionConfiguration': buckets,
  's3:PutAccountPublicAccessBlock': anything,
  's3:PutBucketPolicy': buckets,
  's3:PutBucketPublicAccessBlock': buckets,
  's3:PutEncryptionConfiguration': buckets,
  'ssm:DescribeDocument': allowedIn('document'),
  'ssm:StartAutomationExecution': startedDocuments,
};

/** What has flow logs: a deleted one may have been of any of these. */
const recordedBy = (remediation: string): readonly string[] =>
  remediation === 'vpc-create-flow-log'
    ? ['vpc/*']
    : [
        'natgateway/*',
        'network-interface/*',
        'subnet/*',
        'transit-gateway-attachment/*',
        'transit-gateway/*',
        'vpc/*',
      ];

const madeBy: Readonly<Record<string, readonly string[]>> = {
  'ec2:AuthorizeSecurityGroupEgress': ec2('security-group-rule/*').resources,
  'ec2:AuthorizeSecurityGroupIngress': ec2('security-group-rule/*').resources,
  'ec2:CreateFlowLogs': ec2('vpc-flow-log/*').resources,
  'ec2:CreateSecurityGroup': groups.resources,
  'ec2:CreateSnapshots': [snapshots],
};

/** Tags are set on what is made, while it is made: what is there already keeps its own, above all those that protect it. */
function tagsOfWhatIsMade({ remediation: { permissions } }: Use): readonly Grant[] {
  return [...new Set([...permissions.apply, ...permissions.undo])].flatMap((action) => {
    const resources = madeBy[action];
    const [, name = ''] = action.split(':');
    return resources ? [{ resources, only: { 'ec2:CreateAction': [name] }, regional: true as const }] : [];
  });
}

/** A role is given to the one service that is to work in it. */
function passedRoles({ remediation: { id }, settings }: Use): readonly Grant[] {
  const to = (service: string, ...roles: readonly (string | undefined)[]): Grant[] =>
    roles
      .filter((role) => role !== undefined)
      .map((role) => ({ resources: [role], only: { 'iam:PassedToService': [service] } }));
  switch (id) {
    case 'ssm-start-automation':
      return to('ssm.amazonaws.com', exactArn(id, memberOf(settings, 'role')));
    case 'vpc-create-flow-log':
      return to('vpc-flow-logs.amazonaws.com', exactArn(id, memberOf(settings, 'destination', 'role')));
    // Which role the deleted flow log had, AWS Config tells then; the session is allowed that one alone.
    case 'vpc-recreate-flow-log':
      return to('vpc-flow-logs.amazonaws.com', `arn:${PARTITION}:iam::${ACCOUNT}:role/*`);
    default:
      return [];
  }
}

/** What compliance.yml lists as allowed, to the letter. */
function allowedIn(what: string) {
  return ({ remediation: { id }, settings }: Use): readonly Grant[] => {
    const resources = allowedArns(id, settings);
    if (resources.length === 0) throw new Error(`compliance.yml: ${id} has no ${what} in \`allowed\``);
    return [{ resources }];
  };
}

/** A document of a certain version, and executions of it wherever in the account it runs. */
function startedDocuments({ remediation: { id }, settings }: Use): readonly Grant[] {
  const version = memberOf(settings, 'version') ?? '1';
  return allowedArns(id, settings).map((document) => {
    const [, , , region = ''] = document.split(':');
    return {
      resources: [
        document,
        `${document.replace(':document/', ':automation-definition/')}:${version}`,
        `arn:${PARTITION}:ssm:${region}:${ACCOUNT}:automation-execution/*`,
      ],
    };
  });
}

const allowedArns = (id: string, { allowed }: JsonObject): readonly string[] =>
  (Array.isArray(allowed) ? allowed : []).map((arn) => exactArn(id, arn));

/** @throws where it would be a right to more than one thing, or to none */
function exactArn<T>(remediation: string, arn: T): T {
  if (arn === undefined || (typeof arn === 'string' && /^arn:[a-z-]+:[a-z]+:[^*?{}\s]+$/.test(arn)))
    return arn;
  throw new Error(`compliance.yml: ${remediation} takes whole ARNs, not ${JSON.stringify(arn)}`);
}

/** A text that stands so deep in settings, if one does. */
function memberOf(settings: JsonObject, ...path: readonly string[]): string | undefined {
  let found: unknown = settings;
  for (const name of path)
    found = typeof found === 'object' && found !== null ? (found as JsonObject)[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}
