import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import { tokenFor } from '../plan';
import {
  allow,
  arnIn,
  cannot,
  defineRemediation,
  keepsEvidence,
  locate,
  nothingToDo,
  read,
} from '../remediation';
import { createFlowLog, type FlowLog, FlowLogs, readFlowLogs } from '../resources/flow-log';

/** Marks the flow log that stands for a deleted one, so that a second run finds it. */
const RECREATES = 'trailseal:recreates';

const History = z.object({
  configurationItems: z.array(
    z.object({ configurationItemStatus: z.string(), configuration: z.optional(z.nullable(z.string())) }),
  ),
});

const text = z.optional(z.nullable(z.string()));

/** Of AWS Config's item of a flow log. */
const Recorded = z.object({
  resourceId: z.string(),
  trafficType: text,
  logDestinationType: z._default(z.string(), 'cloud-watch-logs'),
  logDestination: text,
  logGroupName: text,
  deliverLogsPermissionArn: text,
  logFormat: text,
  maxAggregationInterval: z.optional(z.nullable(z.int())),
  destinationOptions: z.optional(
    z.nullable(
      z.object({
        fileFormat: text,
        hiveCompatiblePartitions: z.optional(z.nullable(z.boolean())),
        perHourPartition: z.optional(z.nullable(z.boolean())),
      }),
    ),
  ),
  tags: z.optional(z.array(z.object({ key: z.string(), value: text }))),
});

interface Captured {
  readonly history: z.infer<typeof History> | null;
  readonly flowLogs: z.infer<typeof FlowLogs>;
}

function parsed(configuration: string): Json {
  try {
    return JSON.parse(configuration) as Json;
  } catch {
    return null;
  }
}

/** The last configuration that AWS Config recorded; items come newest first, that of the deletion is empty. */
function lastRecorded({ history }: Captured): z.infer<typeof Recorded> | undefined {
  for (const { configuration } of history?.configurationItems ?? []) {
    const recorded = Recorded.safeParse(configuration ? parsed(configuration) : null);
    if (recorded.success) return recorded.data;
  }
  return undefined;
}

const role = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

function toCreate(recorded: z.infer<typeof Recorded>, id: string): FlowLog {
  const options = recorded.destinationOptions;
  return {
    resourceId: recorded.resourceId,
    destinationType: recorded.logDestinationType,
    ...(recorded.trafficType ? { trafficType: recorded.trafficType } : {}),
    ...(recorded.logDestination ? { destination: recorded.logDestination } : {}),
    ...(recorded.logGroupName ? { logGroup: recorded.logGroupName } : {}),
    ...(recorded.deliverLogsPermissionArn ? { role: recorded.deliverLogsPermissionArn } : {}),
    ...(recorded.logFormat ? { logFormat: recorded.logFormat } : {}),
    ...(recorded.maxAggregationInterval ? { aggregationSeconds: recorded.maxAggregationInterval } : {}),
    ...(options
      ? {
          options: {
            ...(options.fileFormat ? { FileFormat: options.fileFormat } : {}),
            HiveCompatiblePartitions: options.hiveCompatiblePartitions ?? false,
            PerHourPartition: options.perHourPartition ?? false,
          } satisfies JsonObject,
        }
      : {}),
    tags: [
      ...(recorded.tags ?? [])
        .filter(({ key }) => !key.startsWith('aws:') && key !== RECREATES)
        .map(({ key, value }) => ({ Key: key, Value: value ?? '' })),
      { Key: RECREATES, Value: id },
    ],
  };
}

export default defineRemediation({
  id: 'vpc-recreate-flow-log',
  version: 1,
  title: 'Create a deleted flow log anew',
  fixes: ['activity-flow-log-deleted'],
  restoresEvidence: true,
  cap: 10,
  settleSeconds: 30,
  autoWhen: {
    says: 'AWS Config recorded how the deleted flow log was set: the same comes back, and touches no traffic.',
    holds: ({ captured }) => lastRecorded(captured) !== undefined || 'AWS Config has no item of the flow log',
  },
  permissions: {
    capture: ['config:GetResourceConfigHistory', 'ec2:DescribeFlowLogs'],
    apply: ['ec2:CreateFlowLogs', 'ec2:CreateTags', 'iam:PassRole', 'logs:CreateLogDelivery'],
    undo: [],
  },
  settings: z.object({}),
  captured: z.object({ history: z.nullable(History), flowLogs: FlowLogs }),
  exposesAgain: false,
  target: locate({
    resourceTypes: ['AWS::EC2::FlowLog'],
    id: /^fl-[0-9a-f]{8,17}$/,
    arnOf: (target) => arnIn(target, 'ec2', `vpc-flow-log/${target.id}`),
  }),
  reads: (target) => [
    read(
      'history',
      {
        service: 'config',
        action: 'GetResourceConfigHistory',
        region: target.region,
        input: { resourceType: 'AWS::EC2::FlowLog', resourceId: target.id, limit: 10 },
        allows: [allow('config:GetResourceConfigHistory', '*')],
      },
      'ResourceNotDiscoveredException',
    ),
    readFlowLogs(target, `tag:${RECREATES}`, target.id),
  ],
  // What is gone has none, and what is not there can't be managed by a stack.
  tags: () => 'none',
  meaning: ({ flowLogs }) => ({
    recreated: flowLogs.FlowLogs.some(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE'),
  }),
  observed: () => undefined,
  plan({ captured, target, occasion }) {
    if (captured.flowLogs.FlowLogs.some(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE'))
      return nothingToDo('the flow log was created anew');
    const recorded = lastRecorded(captured);
    if (!recorded) return cannot('AWS Config has no item that says how the flow log was set');
    const { deliverLogsPermissionArn: delivers } = recorded;
    if (delivers && !role.test(delivers)) return cannot('the role of the flow log is not known');
    const call = createFlowLog(
      target,
      toCreate(recorded, target.id),
      tokenFor(occasion, 'vpc-recreate-flow-log'),
    );
    if (!call) return cannot(`flow logs of ${recorded.resourceId} are not known`);
    return {
      outcome: 'change',
      calls: [call],
      after: {
        ...captured,
        flowLogs: {
          FlowLogs: [{ FlowLogId: '', FlowLogStatus: 'ACTIVE', ResourceId: recorded.resourceId }],
        },
      },
      notes: ['It comes back under another id. What was not recorded meanwhile is lost.'],
    };
  },
  undo: () => keepsEvidence('A flow log'),
});
