import * as z from 'zod/mini';
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
  tagMap,
} from '../remediation';
import { complete, Tags } from '../resources/answers';
import { createFlowLog, FlowLogs, readFlowLogs } from '../resources/flow-log';

const Destination = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('s3'),
    bucket: z
      .string()
      .check(
        z.regex(/^arn:[a-z-]+:s3:::[A-Za-z0-9._-]+(\/[^*?]*)?$/),
        z.describe('ARN of the bucket, with a folder if wanted.'),
      ),
  }),
  z.object({
    type: z.literal('cloud-watch-logs'),
    logGroup: z.string().check(z.regex(/^[A-Za-z0-9._/#-]{1,512}$/), z.describe('Name of the log group.')),
    role: z
      .string()
      .check(
        z.regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/),
        z.describe('ARN of the role that writes into the log group.'),
      ),
  }),
]);

const recorded = ['ALL', 'REJECT'];

const Vpcs = z.object({ Vpcs: z.array(z.object({ VpcId: z.string(), Tags })), ...complete });

interface Captured {
  readonly flowLogs: z.infer<typeof FlowLogs>;
  readonly vpc: z.infer<typeof Vpcs>;
}

const active = ({ flowLogs }: Captured) =>
  flowLogs.FlowLogs.filter(
    ({ FlowLogStatus, TrafficType }) => FlowLogStatus === 'ACTIVE' && recorded.includes(TrafficType ?? ''),
  );

export default defineRemediation({
  id: 'vpc-create-flow-log',
  version: 1,
  title: 'Create a flow log for a VPC',
  fixes: ['vpc-flow-logs-enabled'],
  restoresEvidence: true,
  cap: 10,
  settleSeconds: 30,
  autoWhen: {
    says: 'compliance.yml names where flow logs go to: they touch nothing of the traffic.',
    holds: ({ settings }) => settings.destination !== undefined || 'no destination is set',
  },
  permissions: {
    capture: ['ec2:DescribeFlowLogs', 'ec2:DescribeVpcs'],
    apply: ['ec2:CreateFlowLogs', 'iam:PassRole', 'logs:CreateLogDelivery'],
    undo: [],
  },
  settings: z.object({
    destination: z.optional(Destination),
    trafficType: z._default(z.enum(['ALL', 'REJECT']), 'ALL'),
  }),
  captured: z.object({ flowLogs: FlowLogs, vpc: Vpcs }),
  exposesAgain: false,
  target: locate({
    resourceTypes: ['AWS::EC2::VPC'],
    id: /^vpc-[0-9a-f]{8,17}$/,
    arnOf: (target) => arnIn(target, 'ec2', `vpc/${target.id}`),
  }),
  reads: (target) => [
    readFlowLogs(target, 'resource-id', target.id),
    read('vpc', {
      service: 'ec2',
      action: 'DescribeVpcs',
      region: target.region,
      input: { Filters: [{ Name: 'vpc-id', Values: [target.id] }] },
      allows: [allow('ec2:DescribeVpcs', '*')],
    }),
  ],
  tags: ({ vpc }) => tagMap(vpc.Vpcs[0]?.Tags),
  meaning: (captured) => ({
    flowLogs: active(captured)
      .map(({ TrafficType = '', LogDestinationType = '' }) => `${TrafficType} to ${LogDestinationType}`)
      .sort(),
  }),
  observed: () => undefined,
  plan({ captured, target, occasion, settings: { destination, trafficType } }) {
    if (!captured.vpc.Vpcs[0]) return nothingToDo('the VPC is gone');
    if (active(captured).length > 0) return nothingToDo('the VPC has an active flow log');
    if (!destination) return cannot('compliance.yml does not say where flow logs go to');
    const call = createFlowLog(
      target,
      {
        resourceId: target.id,
        trafficType,
        destinationType: destination.type,
        ...(destination.type === 's3'
          ? { destination: destination.bucket }
          : { logGroup: destination.logGroup, role: destination.role }),
      },
      tokenFor(occasion, 'vpc-create-flow-log'),
    );
    if (!call) return cannot('flow logs of such a resource are not known');
    return {
      outcome: 'change',
      calls: [call],
      after: {
        ...captured,
        flowLogs: {
          FlowLogs: [
            ...captured.flowLogs.FlowLogs,
            {
              FlowLogId: '',
              FlowLogStatus: 'ACTIVE',
              ResourceId: target.id,
              TrafficType: trafficType,
              LogDestinationType: destination.type,
            },
          ],
        },
      },
      notes: ['What it delivers is billed.'],
    };
  },
  undo: () => keepsEvidence('A flow log'),
});
