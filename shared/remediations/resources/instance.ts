import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, locate, type Observed, read, tagMap } from '../remediation';
import { complete, Tags } from './answers';

const text = z.optional(z.string());

/** What the remediations of instances read of them; user data and the like are not among it. */
export const Instance = z.object({
  InstanceId: z.string(),
  State: z.object({ Name: z.string() }),
  VpcId: text,
  RootDeviceType: text,
  InstanceLifecycle: text,
  Monitoring: z.optional(z.object({ State: z.string() })),
  MetadataOptions: z.optional(
    z.object({
      HttpTokens: text,
      HttpEndpoint: text,
      HttpPutResponseHopLimit: z.optional(z.int()),
      State: text,
    }),
  ),
  PublicIpAddress: text,
  NetworkInterfaces: z.optional(
    z.array(
      z.object({
        NetworkInterfaceId: z.string(),
        VpcId: text,
        Groups: z.optional(z.array(z.object({ GroupId: z.string() }))),
        Association: z.optional(z.object({ IpOwnerId: text, PublicIp: text })),
      }),
    ),
  ),
  BlockDeviceMappings: z.optional(
    z.array(z.object({ DeviceName: text, Ebs: z.optional(z.object({ VolumeId: z.string() })) })),
  ),
  Tags,
});
export type Instance = z.infer<typeof Instance>;

export const Instances = z.object({
  Reservations: z.array(z.object({ Instances: z.array(Instance) })),
  ...complete,
});

export const AutoScaling = z.object({
  AutoScalingInstances: z.array(z.object({ InstanceId: z.string(), AutoScalingGroupName: z.string() })),
  ...complete,
});

export interface CapturedInstance {
  readonly instance: z.infer<typeof Instances>;
}

export const instanceTarget = locate({
  resourceTypes: ['AWS::EC2::Instance'],
  id: /^i-([0-9a-f]{8}|[0-9a-f]{17})$/,
  arnOf: (target) => arnIn(target, 'ec2', `instance/${target.id}`),
});

/** A filter finds nothing where an id would be an error: an instance that is gone is an empty list. */
export const readInstance = (target: Target) =>
  read('instance', {
    service: 'ec2',
    action: 'DescribeInstances',
    region: target.region,
    input: { Filters: [{ Name: 'instance-id', Values: [target.id] }] },
    allows: [allow('ec2:DescribeInstances', '*')],
  });

export const readAutoScaling = (target: Target) =>
  read('autoScaling', {
    service: 'autoscaling',
    action: 'DescribeAutoScalingInstances',
    region: target.region,
    input: { InstanceIds: [target.id] },
    allows: [allow('autoscaling:DescribeAutoScalingInstances', '*')],
  });

export const theInstance = ({ instance }: CapturedInstance): Instance | undefined =>
  instance.Reservations[0]?.Instances[0];

export const instanceTags = (captured: CapturedInstance) => tagMap(theInstance(captured)?.Tags);

export const isGone = (instance: Instance | undefined) =>
  instance === undefined || ['terminated', 'shutting-down'].includes(instance.State.Name);

/** The captured state with another instance in it. */
export const withInstance = <C extends CapturedInstance>(captured: C, instance: Instance): C => ({
  ...captured,
  instance: { Reservations: [{ Instances: [instance] }] },
});

/** A call on one instance that may be made twice without harm. */
export const instanceCall = (target: Target, action: string, input: JsonObject, says: string): AwsCall => ({
  service: 'ec2',
  action,
  region: target.region,
  input,
  allows: [allow(`ec2:${action}`, target.arn)],
  says,
  again: 'harmless',
});

/** As AWS Config reports an instance, as far as it was read. */
export function observedInstance(captured: CapturedInstance): Observed | null {
  const instance = theInstance(captured);
  if (!instance) return null;
  const { Monitoring, MetadataOptions: metadata, PublicIpAddress, NetworkInterfaces = [] } = instance;
  return {
    resourceType: 'AWS::EC2::Instance',
    configuration: {
      instanceId: instance.InstanceId,
      state: { name: instance.State.Name },
      ...(Monitoring === undefined ? {} : { monitoring: { state: Monitoring.State } }),
      ...(metadata === undefined
        ? {}
        : {
            metadataOptions: {
              httpTokens: metadata.HttpTokens ?? null,
              httpEndpoint: metadata.HttpEndpoint ?? null,
              httpPutResponseHopLimit: metadata.HttpPutResponseHopLimit ?? null,
              state: metadata.State ?? null,
            },
          }),
      publicIpAddress: PublicIpAddress ?? null,
      networkInterfaces: NetworkInterfaces.map(({ NetworkInterfaceId, Association }) => ({
        networkInterfaceId: NetworkInterfaceId,
        association: Association === undefined ? null : { publicIp: Association.PublicIp ?? null },
      })),
    },
  };
}
