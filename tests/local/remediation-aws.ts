import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { accessKeyOf } from '../../local/access';
import { ManualClock } from '../../local/clock';
import { readPolicy } from '../../local/iam';
import type { Template } from '../../local/template';
import { remediationRole } from '../../resources/remediation-role';
import { performCalls } from '../../shared/aws/perform-calls';
import { type RunSession, runCredentials } from '../../shared/aws/remediation-role';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import { remediations } from '../../shared/remediations';
import type { CloudState } from '../shared/remediations/cloud';
import { ACCOUNT, REGION } from '../shared/remediations/scene';
import { startTestAws, type TestAws } from '../support/local-aws';
import { switchedOn } from '../support/switched-on';
import { clients } from './holding-aws';

export const EXTERNAL_ID = 'an-external-id';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/trailseal-test-remediation`;
/** When what is put in happens. */
export const NOW = '2026-11-29T12:00:00.000Z';

/** The role as the stack would have it, with these remediations switched on. */
const generated = (ids?: readonly string[]): Template['Resources'] =>
  remediationRole(switchedOn('approve', ids), remediations, {
    name: 'trailseal-test-remediation',
    trusted: { 'Fn::GetAtt': ['RemediateRole', 'Arn'] },
    externalId: EXTERNAL_ID,
    region: { Ref: 'AWS::Region' },
  }) as Template['Resources'];

/** The actions that the role then allows. */
export function actionsOf(ids: readonly string[]): string[] {
  const { RemediationRole } = generated(ids);
  const policies = RemediationRole?.Properties?.['Policies'] as { PolicyDocument: object }[];
  const statements = policies.flatMap(({ PolicyDocument }) => readPolicy(PolicyDocument, ROLE));
  return [...new Set(statements.flatMap(({ actions }) => actions))].sort();
}

/** A function that may assume the remediation role, which trusts it alone, and a function of the team's own. */
const resources: Template['Resources'] = {
  RemediateRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'trailseal-test-remediate-finding',
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [
        {
          PolicyName: 'remediate',
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
                Resource: ROLE,
              },
            ],
          },
        },
      ],
    },
  },
  RemediateFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: 'remediate', Role: { 'Fn::GetAtt': ['RemediateRole', 'Arn'] } },
  },
  OtherFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: 'other', Role: { 'Fn::GetAtt': ['OtherRole', 'Arn'] } },
  },
  OtherRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [
        {
          PolicyName: 'everything',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
        },
      ],
    },
  },
  MendFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: 'mend', Role: { 'Fn::GetAtt': ['OtherRole', 'Arn'] } },
  },
};

export interface RemediationAws {
  readonly aws: TestAws;
  readonly clock: ManualClock;
  /** What the team's own function was given. */
  readonly mended: unknown[];
  sts(functionId?: string): STSClient;
  /** In a session of the remediation role that may do what these calls need. */
  performer(calls: RunSession['calls'], approval?: string): ReturnType<typeof performCalls>;
}

/** @param ids of the remediations that are switched on; all, unless said */
export async function startRemediationAws(ids?: readonly string[]): Promise<RemediationAws> {
  const clock = new ManualClock(Date.parse(NOW));
  const mended: unknown[] = [];
  const handlers = { mend: (event: unknown) => void mended.push(event) };
  const template = { Resources: { ...resources, ...generated(ids) } };
  const aws = await startTestAws(template, handlers, { clock });
  const sts = (functionId = 'RemediateFunction') =>
    new STSClient({
      endpoint: aws.url,
      region: REGION,
      credentials: { accessKeyId: accessKeyOf(functionId), secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  return {
    aws,
    clock,
    mended,
    sts,
    performer: (calls, approval) =>
      performCalls({
        endpoint: aws.url,
        credentials: runCredentials(
          { arn: ROLE, externalId: EXTERNAL_ID },
          {
            accountId: ACCOUNT,
            findingId: 'MFRGGZDFMZTWQ2LKNNWG23TPOB',
            calls,
            ...(approval === undefined ? {} : { approval }),
          },
          { sts: sts(), now: () => clock.now() },
        ),
      }),
  };
}

/** The same state as the remediations' own tests begin with, on the local AWS. */
export async function furnish({ aws }: RemediationAws, cloud: Partial<CloudState>): Promise<void> {
  await putGroups(aws, cloud);
  for (const one of cloud.vpcs ?? []) aws.ec2.putVpc(one as never);
  for (const one of cloud.instances ?? [])
    aws.ec2.putInstance({ SubnetId: 'subnet-0a1b2c3d', LaunchTime: new Date(NOW), ...one });
  for (const one of cloud.flowLogs ?? []) aws.ec2.putFlowLog(one);
  for (const { InstanceId, AutoScalingGroupName } of cloud.autoScaling ?? [])
    aws.autoscaling.putGroup({ AutoScalingGroupName, InstanceIds: [InstanceId] });
  for (const [Value, points] of Object.entries(cloud.metrics ?? {}))
    aws.cloudwatch.putMetricData(
      points.map(({ Timestamp, Sum }) => ({
        Namespace: 'AWS/EC2',
        MetricName: 'MetadataNoToken',
        Dimensions: [{ Name: 'InstanceId', Value }],
        Timestamp,
        Value: Sum,
      })),
    );
  for (const [resourceId, items] of Object.entries(cloud.history ?? {})) {
    // What the flow logs were of is there still.
    const SubnetId = 'subnet-0a1b2c3d';
    aws.ec2.putNetworkInterface({ NetworkInterfaceId: 'eni-0b1b2c3d', VpcId: 'vpc-0a1b2c3d', SubnetId });
    for (const [index, item] of items.entries())
      aws.putConfigItem({
        resourceType: 'AWS::EC2::FlowLog',
        resourceId,
        configurationItemCaptureTime: new Date(Date.parse(NOW) - index * 60_000).toISOString(),
        configurationStateId: String(100 - index),
        ...item,
      });
  }
  for (const [Name, bucket] of Object.entries(cloud.buckets ?? {}))
    aws.s3.putBucket({
      Name,
      ...(bucket['block'] ?? {}),
      ...(bucket['policy'] ? { Policy: bucket['policy'] } : {}),
      EncryptionRules: bucket['encryption']?.Rules ?? null,
      Tags: { team: 'orders' },
    });
  aws.s3.account.block = cloud.accountBlock?.['PublicAccessBlockConfiguration'];
  for (const { trail, status, tags } of Object.values(cloud.trails ?? {})) {
    aws.cloudtrail.putTrail({ S3BucketName: 'logs', ...trail });
    aws.cloudtrail.setStatus(trail.TrailARN, status);
    aws.cloudtrail.setTags(trail.TrailARN, pairs(tags));
  }
  for (const recorder of cloud.recorders ?? []) aws.recorders.putRecorder(recorder);
  for (const { KeyId, KeyState, KeyManager } of Object.values(cloud.keys ?? {}))
    aws.kms.putKey({ KeyId, KeyState, KeyManager, Tags: { team: 'orders' } });
  for (const database of cloud.databases ?? []) aws.rds.putDBInstance(database);
  for (const { user, keys } of Object.values(cloud.users ?? {}))
    aws.iam.putUser({
      UserName: user.UserName,
      Path: `/${user.Arn.split('/').slice(1, -1).join('/')}/`,
      AccessKeys: keys,
    });
  for (const { Name, DocumentVersion, DocumentType } of Object.values(cloud.documents ?? {}))
    aws.automations.putDocument({ Name, DocumentVersion, DocumentType });
}

const pairs = (tags: readonly { Key: string; Value?: string }[] = []) =>
  Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]));

/** Groups by their ids, then their rules as somebody would have made them: with descriptions and tags. */
async function putGroups(aws: TestAws, { groups = [], rules = [], instances = [] }: Partial<CloudState>) {
  const named = instances.flatMap(({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.flatMap((one: JsonObject) => one['Groups'] ?? []),
  );
  for (const group of [...named.map((one) => ({ VpcId: instances[0]?.['VpcId'], ...one })), ...groups])
    aws.ec2.putSecurityGroup(group);
  const { ec2 } = clients(aws.url, 'operator', REGION);
  for (const rule of rules) {
    const { GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId } = rule;
    const said = rule['Description'] === undefined ? {} : { Description: rule['Description'] };
    const input = {
      GroupId,
      IpPermissions: [
        {
          IpProtocol,
          ...(IpProtocol === '-1' ? {} : { FromPort, ToPort }),
          ...(CidrIpv4 ? { IpRanges: [{ CidrIp: CidrIpv4, ...said }] } : {}),
          ...(CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6, ...said }] } : {}),
          ...(PrefixListId ? { PrefixListIds: [{ PrefixListId, ...said }] } : {}),
          ...(rule['ReferencedGroupInfo'] ? { UserIdGroupPairs: [rule['ReferencedGroupInfo']] } : {}),
        },
      ],
      ...(rule['Tags']?.length
        ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: rule['Tags'] }] }
        : {}),
    };
    if (IsEgress) await ec2.send(new AuthorizeSecurityGroupEgressCommand(input));
    else await ec2.send(new AuthorizeSecurityGroupIngressCommand(input));
  }
}
