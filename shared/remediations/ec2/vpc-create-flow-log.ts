import * as z from 'zod/mini';
import { SNAPSHOT, vpcSnapshot } from '../../contracts/aws/account-snapshot';
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
    type: z.literal('s3').check(z.describe('To a bucket.')),
    bucket: z
      .string()
      .check(
        z.regex(/^arn:[a-z-]+:s3:::[A-Za-z0-9._-]+(\/[^*?]*)?$/),
        z.describe('ARN of the bucket, with a folder if wanted.'),
      ),
  }),
  z.object({
    type: z.literal('cloud-watch-logs').check(z.describe('To CloudWatch Logs.')),
    logGroup: z.string().check(z.regex(/^[A-Za-z0-9._/#-]{1,512}$/), z.describe('Name of the log group.')),
    role: z
      .string()
      .check(
        z.regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/),
        z.describe('ARN of the role that writes into the log group.'),
      ),
  }),
]);

/** The types of traffic of which the control wants one. */
const Wanted = z.object({ trafficTypes: z._default(z.array(z.string()), ['ALL', 'REJECT']) });

const Vpcs = z.object({
  Vpcs: z.array(z.object({ VpcId: z.string(), OwnerId: z.optional(z.string()), Tags })),
  ...complete,
});

interface Captured {
  readonly flowLogs: z.infer<typeof FlowLogs>;
  readonly vpc: z.infer<typeof Vpcs>;
}

const active = ({ flowLogs }: Captured) =>
  flowLogs.FlowLogs.filter(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE');

export default defineRemediation({
  id: 'vpc-create-flow-log',
  version: 1,
  title: 'Create a flow log for a VPC',
  fixes: ['vpc-flow-logs-enabled'],
  restoresEvidence: true,
  cap: 10,
  settleSeconds: 30,
  autoWhen: {
    says: 'Flow logs touch nothing of the traffic, and go where compliance.yml says.',
    holds: () => true,
  },
  permissions: {
    capture: ['ec2:DescribeFlowLogs', 'ec2:DescribeVpcs'],
    apply: ['ec2:CreateFlowLogs', 'iam:PassRole', 'logs:CreateLogDelivery'],
    undo: [],
  },
  settings: z.object({
    destination: Destination.check(z.describe('Where flow logs go to.')),
    trafficType: z._default(
      z.enum(['ALL', 'REJECT']).check(z.describe('All traffic, or what was rejected.')),
      'ALL',
    ),
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
  observed({ vpc: { Vpcs }, flowLogs }) {
    const [vpc] = Vpcs;
    if (vpc === undefined) return null;
    return {
      resourceType: 'AWS::EC2::VPC',
      configuration: {},
      supplementaryConfiguration: { [SNAPSHOT]: vpcSnapshot(vpc, flowLogs.FlowLogs) },
    };
  },
  plan({ captured, target, occasion, settings: { destination, trafficType } }) {
    if (!captured.vpc.Vpcs[0]) return nothingToDo('the VPC is gone');
    const wanted = Wanted.safeParse(occasion.parameters);
    if (!wanted.success) return cannot('which traffic is meant is not known');
    const { trafficTypes } = wanted.data;
    if (active(captured).some(({ TrafficType = '' }) => trafficTypes.includes(TrafficType)))
      return nothingToDo('the VPC has an active flow log');
    if (!trafficTypes.includes(trafficType))
      return cannot(
        `flow logs of ${trafficType} traffic, as its settings say, are not enough for the control`,
      );
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
