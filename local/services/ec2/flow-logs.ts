import type { Need } from '../../access';
import { NotSimulated } from '../../aws-error';
import { isObject, type JsonObject } from '../../json';
import type { Operation } from '../../service';
import { tagSet } from './describe-instance';
import { allOf, missing, refuse } from './errors';
import { describing } from './listing';
import {
  changing,
  type DryRunnable,
  needOn,
  type Regions,
  requestedTags,
  type TagSpecification,
  taggingNeeds,
  tagsFor,
} from './operations';
import type { Ec2Region, FlowLog } from './state';

const FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ' +
  '${packets} ${bytes} ${start} ${end} ${action} ${log-status}';
const INTERVALS = [60, 600];

interface CreateInput extends DryRunnable {
  ResourceIds: string[];
  ResourceType: string;
  TrafficType?: string;
  LogDestinationType?: string;
  LogDestination?: string;
  LogGroupName?: string;
  DeliverLogsPermissionArn?: string;
  DeliverCrossAccountRole?: string;
  LogFormat?: string;
  MaxAggregationInterval?: number;
  DestinationOptions?: JsonObject;
  ClientToken?: string;
  TagSpecifications?: TagSpecification[];
}

/** Where flow logs go and what they hold: all that makes one like another. */
interface Settings extends JsonObject {
  LogDestinationType: string;
}

/** Flow logs of VPCs, subnets and network interfaces. */
export const flowLogs = (regions: Regions): Record<string, Operation> => ({
  DescribeFlowLogs: describing<FlowLog>(regions, 'DescribeFlowLogs', {
    kind: 'flowLog',
    ids: 'FlowLogIds',
    filters: 'Filter',
    found: 'FlowLogs',
    pages: [1, 1000],
    all: (ec2) => ec2.flowLogs,
    tags: ({ tags }) => tags,
    fields: {
      'flow-log-id': ({ id }) => [id],
      'resource-id': ({ resourceId }) => [resourceId],
      'traffic-type': ({ settings }) => texts(settings['TrafficType']),
      'log-destination-type': ({ settings }) => texts(settings['LogDestinationType']),
      'log-group-name': ({ settings }) => texts(settings['LogGroupName']),
      'deliver-log-status': () => ['SUCCESS'],
    },
    describe: (one) => describe(one),
  }),
  CreateFlowLogs: changing<CreateInput>(regions, 'CreateFlowLogs', { needs: needsToCreate, run: create }),
  DeleteFlowLogs: changing<DryRunnable & { FlowLogIds: string[] }>(regions, 'DeleteFlowLogs', {
    needs: (ec2, { FlowLogIds }) =>
      allOf('flowLog', ec2.flowLogs, FlowLogIds).flatMap(({ id, tags, settings }) => [
        needOn(ec2, 'DeleteFlowLogs', 'vpc-flow-log', id, { tags }),
        ...deliveryNeeds(settings, 'logs:DeleteLogDelivery'),
      ]),
    run(ec2, { FlowLogIds }) {
      for (const { id } of allOf('flowLog', ec2.flowLogs, FlowLogIds)) ec2.flowLogs.delete(id);
      return { Unsuccessful: [] };
    },
  }),
});

const texts = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);

function needsToCreate(ec2: Ec2Region, input: CreateInput): Need[] {
  const { kind, arnType } = resources(ec2, input.ResourceType);
  const tags = tagsFor(input.TagSpecifications, 'vpc-flow-log');
  const { DeliverLogsPermissionArn: role } = input;
  const passed = 'vpc-flow-logs.amazonaws.com';
  return [
    needOn(ec2, 'CreateFlowLogs', 'vpc-flow-log', '*', { keys: requestedTags(tags) }),
    ...input.ResourceIds.filter((id) => kind.has(id)).map((id) =>
      needOn(ec2, 'CreateFlowLogs', arnType, id, { tags: kind.get(id)?.tags ?? {} }),
    ),
    ...taggingNeeds(ec2, 'CreateFlowLogs', 'vpc-flow-log', tags),
    ...(role === undefined
      ? []
      : [{ action: 'iam:PassRole', resource: role, keys: { 'iam:PassedToService': passed } }]),
    ...deliveryNeeds({ ...input }, 'logs:CreateLogDelivery'),
  ];
}

/** What goes to a bucket or a stream is delivered by CloudWatch Logs, in the name of whoever asks for it. */
const deliveryNeeds = ({ LogDestinationType: type }: JsonObject, action: string): Need[] =>
  type === undefined || type === 'cloud-watch-logs' ? [] : [{ action, resource: '*' }];

function resources(ec2: Ec2Region, type: string) {
  switch (type) {
    case 'VPC':
      return { kind: ec2.vpcs, arnType: 'vpc', code: 'InvalidVpcId.NotFound' } as const;
    case 'Subnet':
      return {
        kind: new Map([...ec2.subnets].map(([id, subnet]) => [id, { ...subnet, tags: {} }])),
        arnType: 'subnet',
        code: 'InvalidSubnetId.NotFound',
      } as const;
    case 'NetworkInterface':
      return {
        kind: ec2.interfaces,
        arnType: 'network-interface',
        code: 'InvalidNetworkInterfaceId.NotFound',
      } as const;
    default:
      throw new NotSimulated(`CreateFlowLogs for ${type}`);
  }
}

function create(ec2: Ec2Region, input: CreateInput): unknown {
  const { ResourceIds, ClientToken } = input;
  const before = [...ec2.flowLogs.values()].filter(
    ({ clientToken }) => clientToken !== undefined && clientToken === ClientToken,
  );
  if (before.length > 0) return answer(before, [], ClientToken);
  const settings = settingsOf(input);
  const { kind, code } = resources(ec2, input.ResourceType);
  const wanted = JSON.stringify(settings);
  const same = [...ec2.flowLogs.values()].some(
    (one) => ResourceIds.includes(one.resourceId) && JSON.stringify(one.settings) === wanted,
  );
  if (same) {
    const already = 'There is an existing Flow Log with the same configuration and log destination.';
    throw refuse('FlowLogAlreadyExists', `Error. ${already}`);
  }
  const tags = tagsFor(input.TagSpecifications, 'vpc-flow-log');
  const created = ResourceIds.filter((id) => kind.has(id)).map((resourceId): FlowLog => {
    const clientToken = ClientToken === undefined ? {} : { clientToken: ClientToken };
    const own = { settings, tags: { ...tags }, ...clientToken };
    return { id: ec2.newId('flowLog'), resourceId, createdAt: ec2.now(), ...own };
  });
  for (const one of created) ec2.flowLogs.set(one.id, one);
  const absent = ResourceIds.filter((id) => !kind.has(id)).map((ResourceId) => {
    const message = `The ${input.ResourceType} ID '${ResourceId}' does not exist`;
    return { ResourceId, Error: { Code: code, Message: message } };
  });
  return answer(created, absent, ClientToken);
}

const answer = (created: readonly FlowLog[], absent: readonly object[], token: string | undefined) => ({
  ...(token === undefined ? {} : { ClientToken: token }),
  FlowLogIds: created.map(({ id }) => id),
  Unsuccessful: absent,
});

function settingsOf(input: CreateInput): Settings {
  const { LogDestinationType = 'cloud-watch-logs', MaxAggregationInterval = 600 } = input;
  const { LogDestination, DeliverLogsPermissionArn, TrafficType } = input;
  if (TrafficType === undefined) throw missing('TrafficType');
  if (!INTERVALS.includes(MaxAggregationInterval)) {
    throw refuse('InvalidParameter', `Invalid aggregation interval: ${MaxAggregationInterval}`);
  }
  const LogGroupName = input.LogGroupName ?? /:log-group:([^:]+)/.exec(LogDestination ?? '')?.[1];
  if (LogDestinationType === 'cloud-watch-logs') {
    if (LogGroupName === undefined)
      throw refuse('InvalidParameter', 'LogDestination or LogGroupName is required');
    if (DeliverLogsPermissionArn === undefined) {
      const role = "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.";
      throw refuse('InvalidParameter', role);
    }
  } else if (LogDestination === undefined || DeliverLogsPermissionArn !== undefined) {
    const only = `With LogDestinationType ${LogDestinationType} give LogDestination, and no DeliverLogsPermissionArn.`;
    throw refuse('InvalidParameter', only);
  }
  const { DeliverCrossAccountRole, DestinationOptions } = input;
  return {
    TrafficType,
    LogDestinationType,
    ...(LogDestination === undefined ? {} : { LogDestination }),
    ...(LogDestinationType === 'cloud-watch-logs' ? { LogGroupName } : {}),
    ...(DeliverLogsPermissionArn === undefined ? {} : { DeliverLogsPermissionArn }),
    ...(DeliverCrossAccountRole === undefined ? {} : { DeliverCrossAccountRole }),
    LogFormat: input.LogFormat ?? FORMAT,
    MaxAggregationInterval,
    ...(isObject(DestinationOptions) ? { DestinationOptions } : {}),
  };
}

const describe = ({ id, resourceId, createdAt, settings, tags }: FlowLog) => ({
  FlowLogId: id,
  ResourceId: resourceId,
  CreationTime: createdAt / 1000,
  FlowLogStatus: 'ACTIVE',
  DeliverLogsStatus: 'SUCCESS',
  ...settings,
  Tags: tagSet(tags),
});
