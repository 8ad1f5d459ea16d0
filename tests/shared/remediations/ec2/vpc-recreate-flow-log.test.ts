import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import remediation from '../../../../shared/remediations/ec2/vpc-recreate-flow-log';
import { deletedFlowLog, FLOW_LOG, flowLogToBucket, flowLogToGroup } from '../cases';
import { type Case, planOf, said } from '../scene';

const rows: [name: string, recorded: JsonObject, expected: object][] = [
  [
    'to a log group',
    flowLogToGroup,
    {
      ResourceIds: ['vpc-0a1b2c3d'],
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: '/vpc/flow',
      DeliverLogsPermissionArn: 'arn:aws:iam::123456789012:role/flow',
      LogFormat: '${version} ${srcaddr}',
      MaxAggregationInterval: 60,
      TagSpecifications: [
        {
          ResourceType: 'vpc-flow-log',
          // Tags of CloudFormation can be set by nobody else.
          Tags: [
            { Key: 'Name', Value: 'main' },
            { Key: 'trailseal:recreates', Value: FLOW_LOG },
          ],
        },
      ],
    },
  ],
  [
    'to a bucket',
    flowLogToBucket,
    {
      ResourceIds: ['subnet-0a1b2c3d'],
      ResourceType: 'Subnet',
      TrafficType: 'ALL',
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::flow-logs',
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: false },
      TagSpecifications: [
        { ResourceType: 'vpc-flow-log', Tags: [{ Key: 'trailseal:recreates', Value: FLOW_LOG }] },
      ],
    },
  ],
];

test.each(rows)('creates what AWS Config recorded %s', (_name, recorded, expected) => {
  const [call] = planOf(remediation, deletedFlowLog(recorded)).calls;
  expect(call?.input).toEqual({ ...expected, ClientToken: expect.any(String) });
});

const refused: [name: string, one: Case, expected: string[]][] = [
  [
    'what AWS Config never saw',
    { ...deletedFlowLog({}), cloud: {} },
    ['cannot: AWS Config has no item that says how the flow log was set.'],
  ],
  [
    'an item that is no JSON',
    {
      ...deletedFlowLog({}),
      cloud: { history: { [FLOW_LOG]: [{ configurationItemStatus: 'OK', configuration: '{' }] } },
    },
    ['cannot: AWS Config has no item that says how the flow log was set.'],
  ],
  [
    'a resource of another kind',
    deletedFlowLog({ ...flowLogToBucket, resourceId: 'i-0a1b2c3d' }),
    ['cannot: Flow logs of i-0a1b2c3d are not known.'],
  ],
  [
    'a role with a wildcard',
    deletedFlowLog({ ...flowLogToGroup, deliverLogsPermissionArn: 'arn:aws:iam::123456789012:role/*' }),
    ['cannot: The role of the flow log is not known.'],
  ],
];

test.each(refused)('refuses %s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));
