import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, read } from '../remediation';
import { complete } from './answers';

const text = z.optional(z.string());

export const FlowLogs = z.object({
  FlowLogs: z.array(
    z.object({
      FlowLogId: z.string(),
      FlowLogStatus: text,
      ResourceId: text,
      TrafficType: text,
      LogDestinationType: text,
      LogDestination: text,
    }),
  ),
  ...complete,
});

export const readFlowLogs = (target: Target, filter: string, value: string) =>
  read('flowLogs', {
    service: 'ec2',
    action: 'DescribeFlowLogs',
    region: target.region,
    input: { Filter: [{ Name: filter, Values: [value] }] },
    allows: [allow('ec2:DescribeFlowLogs', '*')],
  });

/** What a flow log records, and where to. */
export interface FlowLog {
  readonly resourceId: string;
  readonly trafficType?: string;
  readonly destinationType: string;
  /** ARN of a bucket, with a folder behind it, of a stream, or of a log group. */
  readonly destination?: string;
  readonly logGroup?: string;
  /** ARN of the role that writes into the log group. */
  readonly role?: string;
  readonly logFormat?: string;
  readonly aggregationSeconds?: number;
  readonly options?: JsonObject;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
}

const kinds: readonly (readonly [prefix: string, type: string, arnType: string])[] = [
  ['vpc-', 'VPC', 'vpc'],
  ['subnet-', 'Subnet', 'subnet'],
  ['eni-', 'NetworkInterface', 'network-interface'],
  ['tgw-attach-', 'TransitGatewayAttachment', 'transit-gateway-attachment'],
  ['tgw-', 'TransitGateway', 'transit-gateway'],
  ['nat-', 'RegionalNatGateway', 'natgateway'],
];

/** @returns undefined where flow logs of such a resource are not known */
const kindOf = (resourceId: string) =>
  /^[a-z-]+-[0-9a-f]{8,17}$/.test(resourceId)
    ? kinds.find(([prefix]) => resourceId.startsWith(prefix))
    : undefined;

/**
 * The call that creates a flow log.
 * @param token the same for the same purpose: EC2 creates no second flow log for it
 * @returns undefined where the kind of resource is not known
 */
export function createFlowLog(target: Target, flowLog: FlowLog, token: string): AwsCall | undefined {
  const kind = kindOf(flowLog.resourceId);
  if (!kind) return undefined;
  const [, type, arnType] = kind;
  const {
    trafficType,
    destination,
    logGroup,
    role,
    logFormat,
    aggregationSeconds,
    options,
    tags = [],
  } = flowLog;
  const flowLogs = arnIn(target, 'ec2', 'vpc-flow-log/*');
  const isLogGroup = flowLog.destinationType === 'cloud-watch-logs';
  return {
    service: 'ec2',
    action: 'CreateFlowLogs',
    region: target.region,
    input: {
      ClientToken: token,
      ResourceIds: [flowLog.resourceId],
      ResourceType: type,
      // Flow logs of transit gateways take no type of traffic.
      ...(trafficType === undefined ? {} : { TrafficType: trafficType }),
      LogDestinationType: flowLog.destinationType,
      ...(logGroup !== undefined ? { LogGroupName: logGroup } : {}),
      ...(logGroup === undefined && destination !== undefined ? { LogDestination: destination } : {}),
      ...(role === undefined ? {} : { DeliverLogsPermissionArn: role }),
      ...(logFormat === undefined ? {} : { LogFormat: logFormat }),
      ...(aggregationSeconds === undefined ? {} : { MaxAggregationInterval: aggregationSeconds }),
      ...(options === undefined ? {} : { DestinationOptions: options }),
      ...(tags.length === 0
        ? {}
        : { TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: tags as readonly JsonObject[] }] }),
    },
    allows: [
      allow('ec2:CreateFlowLogs', flowLogs, arnIn(target, 'ec2', `${arnType}/${flowLog.resourceId}`)),
      ...(tags.length === 0 ? [] : [allow('ec2:CreateTags', flowLogs)]),
      ...(isLogGroup ? [] : [allow('logs:CreateLogDelivery', '*')]),
      ...(role === undefined ? [] : [allow('iam:PassRole', role)]),
    ],
    says: `Create a flow log of ${flowLog.resourceId} to ${logGroup ?? destination}`,
    // By the token.
    again: 'harmless',
  };
}
