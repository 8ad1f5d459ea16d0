import * as z from 'zod/mini';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, cannot, defineRemediation, nothingToDo, read } from '../remediation';
import { complete, Tags } from '../resources/answers';
import {
  AutoScaling,
  type Instance,
  Instances,
  instanceTags,
  instanceTarget,
  isGone,
  observedInstance,
  readAutoScaling,
  readInstance,
  theInstance,
  withInstance,
} from '../resources/instance';

/** Marks the snapshots of a finding, so that a second run finds them. */
const FINDING_TAG = 'trailseal:finding';

const Quarantine = z.object({
  SecurityGroups: z.array(
    z.object({
      GroupId: z.string(),
      VpcId: z.string(),
      IpPermissions: z.array(z.object({ IpProtocol: z.string() })),
      IpPermissionsEgress: z.array(z.object({ IpProtocol: z.string() })),
    }),
  ),
  ...complete,
});

const Snapshots = z.object({
  Snapshots: z.array(z.object({ SnapshotId: z.string(), VolumeId: z.string(), Tags })),
  ...complete,
});

/** Without what IAM takes for a wildcard or a variable. */
const plainName = /^[^*?$:]+$/;

const groupsOf = (instance: Instance): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    (instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId, Groups = [] }) => [
      NetworkInterfaceId,
      Groups.map(({ GroupId }) => GroupId).sort(),
    ]),
  );

const volumesOf = (instance: Instance): string[] =>
  (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => (Ebs === undefined ? [] : [Ebs.VolumeId]));

const swapGroups = (target: Target, networkInterface: string, groups: readonly string[]): AwsCall => ({
  service: 'ec2',
  action: 'ModifyNetworkInterfaceAttribute',
  region: target.region,
  input: { NetworkInterfaceId: networkInterface, Groups: [...groups] },
  allows: [
    allow(
      'ec2:ModifyNetworkInterfaceAttribute',
      arnIn(target, 'ec2', `network-interface/${networkInterface}`),
      ...groups.map((group) => arnIn(target, 'ec2', `security-group/${group}`)),
      target.arn,
    ),
  ],
  says: `Put ${networkInterface} into ${groups.join(', ')} alone`,
  again: 'harmless',
});

function takeSnapshots(target: Target, volumes: readonly string[], findingId: string): AwsCall {
  const snapshots = `arn:${target.partition}:ec2:${target.region}::snapshot/*`;
  return {
    service: 'ec2',
    action: 'CreateSnapshots',
    region: target.region,
    input: {
      InstanceSpecification: { InstanceId: target.id, ExcludeBootVolume: false },
      Description: `Evidence of ${target.id}, Trailseal finding ${findingId}`,
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: FINDING_TAG, Value: findingId }] }],
    },
    allows: [
      allow(
        'ec2:CreateSnapshots',
        target.arn,
        snapshots,
        ...volumes.map((volume) => arnIn(target, 'ec2', `volume/${volume}`)),
      ),
      allow('ec2:CreateTags', snapshots),
    ],
    says: `Take snapshots of ${volumes.join(', ')}`,
    again: 'doubles',
  };
}

const detach = (target: Target, group: string): AwsCall => ({
  service: 'autoscaling',
  action: 'DetachInstances',
  region: target.region,
  input: { InstanceIds: [target.id], AutoScalingGroupName: group, ShouldDecrementDesiredCapacity: false },
  allows: [
    allow(
      'autoscaling:DetachInstances',
      arnIn(target, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${group}`),
    ),
  ],
  says: `Detach ${target.id} from Auto Scaling group ${group}, which replaces it`,
  again: 'refused',
  doneCodes: ['ValidationError'],
});

export default defineRemediation({
  id: 'ec2-isolate-instance',
  version: 1,
  title: 'Isolate an instance that looks compromised, and keep its volumes as evidence',
  fixes: ['guardduty-ec2-compromise'],
  restoresEvidence: false,
  cap: 5,
  settleSeconds: 10,
  autoWhen: { never: 'It takes what the instance does for others away.' },
  permissions: {
    capture: [
      'autoscaling:DescribeAutoScalingInstances',
      'ec2:DescribeInstances',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSnapshots',
    ],
    apply: [
      'autoscaling:DetachInstances',
      'ec2:CreateSnapshots',
      'ec2:CreateTags',
      'ec2:ModifyNetworkInterfaceAttribute',
    ],
    undo: ['ec2:ModifyNetworkInterfaceAttribute'],
  },
  settings: z.object({
    quarantineGroup: z._default(
      z
        .string()
        .check(
          z.describe(
            'Name of the security group without rules into which isolated instances are put, one in each VPC.',
          ),
        ),
      'trailseal-quarantine',
    ),
  }),
  captured: z.object({
    instance: Instances,
    autoScaling: AutoScaling,
    quarantine: Quarantine,
    snapshots: Snapshots,
  }),
  exposesAgain: 'The instance that looks compromised reaches the network again, and is reached from there.',
  target: instanceTarget,
  reads: (target, { findingId }, { quarantineGroup }) => [
    readInstance(target),
    readAutoScaling(target),
    read('quarantine', {
      service: 'ec2',
      action: 'DescribeSecurityGroups',
      region: target.region,
      input: { Filters: [{ Name: 'group-name', Values: [quarantineGroup] }] },
      allows: [allow('ec2:DescribeSecurityGroups', '*')],
    }),
    read('snapshots', {
      service: 'ec2',
      action: 'DescribeSnapshots',
      region: target.region,
      input: { OwnerIds: ['self'], Filters: [{ Name: `tag:${FINDING_TAG}`, Values: [findingId] }] },
      allows: [allow('ec2:DescribeSnapshots', '*')],
    }),
  ],
  tags: instanceTags,
  meaning: (captured) => {
    const instance = theInstance(captured);
    if (!instance) return null;
    return {
      groups: groupsOf(instance),
      autoScalingGroup: captured.autoScaling.AutoScalingInstances[0]?.AutoScalingGroupName ?? null,
      snapshotsOf: [...new Set(captured.snapshots.Snapshots.map(({ VolumeId }) => VolumeId))].sort(),
    };
  },
  observed: observedInstance,
  plan({ captured, target, occasion, settings }) {
    const instance = theInstance(captured);
    if (!instance || isGone(instance)) return nothingToDo('the instance is gone');
    const group = captured.quarantine.SecurityGroups.find(({ VpcId }) => VpcId === instance.VpcId);
    if (!group) return cannot(`VPC ${instance.VpcId} has no security group ${settings.quarantineGroup}`);
    if (group.IpPermissions.length + group.IpPermissionsEgress.length > 0)
      return cannot(`the quarantine group ${group.GroupId} lets traffic through`);
    const interfaces = instance.NetworkInterfaces ?? [];
    const elsewhere = interfaces.find(({ VpcId }) => VpcId !== undefined && VpcId !== instance.VpcId);
    if (elsewhere) return cannot(`${elsewhere.NetworkInterfaceId} is in another VPC, ${elsewhere.VpcId}`);
    const open = Object.entries(groupsOf(instance)).filter(([, groups]) => groups.join() !== group.GroupId);
    const [member] = captured.autoScaling.AutoScalingInstances;
    if (member && !plainName.test(member.AutoScalingGroupName))
      return cannot('the name of its Auto Scaling group would mean more than one in a policy');
    const volumes = volumesOf(instance);
    const kept = captured.snapshots.Snapshots.map(({ VolumeId }) => VolumeId);
    const [first, ...more] = [
      ...(volumes.every((volume) => kept.includes(volume))
        ? []
        : [takeSnapshots(target, volumes, occasion.findingId)]),
      ...(member ? [detach(target, member.AutoScalingGroupName)] : []),
      ...open.map(([networkInterface]) => swapGroups(target, networkInterface, [group.GroupId])),
    ];
    if (!first) return nothingToDo('the instance is isolated');
    return {
      outcome: 'change',
      calls: [first, ...more],
      after: {
        ...withInstance(captured, {
          ...instance,
          NetworkInterfaces: interfaces.map((one) => ({ ...one, Groups: [{ GroupId: group.GroupId }] })),
        }),
        autoScaling: { AutoScalingInstances: [] },
        snapshots: {
          Snapshots: [...new Set([...kept, ...volumes])].map((VolumeId) => ({ SnapshotId: '', VolumeId })),
        },
      },
      notes: [
        'Connections that are open and tracked go on until they end: stop the instance to cut them.',
        'The snapshots are billed until they are deleted.',
      ],
    };
  },
  undo({ captured, target, live }) {
    const before = theInstance(captured);
    const now = theInstance(live);
    if (!before || !now || isGone(now)) return { reversible: false, because: 'The instance is gone.' };
    const current = groupsOf(now);
    const groups = Object.entries(groupsOf(before));
    const [member] = captured.autoScaling.AutoScalingInstances;
    return {
      reversible: true,
      calls: groups
        .filter(([id, own]) => current[id] !== undefined && current[id]?.join() !== own.join())
        .map(([id, own]) => swapGroups(target, id, own)),
      after: { ...captured, autoScaling: live.autoScaling, snapshots: live.snapshots },
      leaves: [
        'The snapshots stay: they are evidence.',
        ...(member
          ? [
              `It does not go back into Auto Scaling group ${member.AutoScalingGroupName}, which has replaced it.`,
            ]
          : []),
        ...groups
          .filter(([id]) => current[id] === undefined)
          .map(([id]) => `${id} is no longer attached, and stays as it is.`),
      ],
    };
  },
});
