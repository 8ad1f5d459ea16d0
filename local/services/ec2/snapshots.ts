import type { Need } from '../../access';
import { NotSimulated } from '../../aws-error';
import type { Operation } from '../../service';
import { tagSet } from './describe-instance';
import { oneOf } from './errors';
import { instanceNeed } from './instances';
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
import type { Ec2Region, Instance, Snapshot, Tags, Volume } from './state';

/** How long a snapshot takes. */
const COPYING_MS = 3_000;

interface OneInput extends DryRunnable {
  VolumeId: string;
  Description?: string;
  TagSpecifications?: TagSpecification[];
  OutpostArn?: string;
}

interface AllInput extends DryRunnable {
  InstanceSpecification: { InstanceId: string; ExcludeBootVolume?: boolean; ExcludeDataVolumeIds?: string[] };
  Description?: string;
  TagSpecifications?: TagSpecification[];
  CopyTagsFromSource?: string;
  OutpostArn?: string;
}

/** Snapshots of volumes: evidence of what an instance held. */
export const snapshots = (regions: Regions): Record<string, Operation> => ({
  DescribeSnapshots: describing<Snapshot>(regions, 'DescribeSnapshots', {
    kind: 'snapshot',
    ids: 'SnapshotIds',
    found: 'Snapshots',
    pages: [5, 1000],
    all: (ec2) => ec2.snapshots,
    tags: ({ tags }) => tags,
    fields: {
      'snapshot-id': ({ id }) => [id],
      'volume-id': ({ volumeId }) => [volumeId],
      status: ({ state }) => [state],
      description: ({ description }) => [description],
      'owner-id': (_, ec2) => [ec2.accountId],
      encrypted: ({ encrypted }) => [String(encrypted)],
    },
    narrow(all, { OwnerIds, RestorableByUserIds }, ec2) {
      if (RestorableByUserIds !== undefined) throw new NotSimulated('DescribeSnapshots RestorableByUserIds');
      const owners = OwnerIds as string[] | undefined;
      return !owners || owners.includes('self') || owners.includes(ec2.accountId) ? all : [];
    },
    describe: (one, ec2) => describe(ec2, one),
  }),
  CreateSnapshot: changing<OneInput>(regions, 'CreateSnapshot', {
    needs(ec2, { VolumeId, TagSpecifications }) {
      const volume = oneOf('volume', ec2.volumes, VolumeId);
      const tags = tagsFor(TagSpecifications, 'snapshot');
      return [volumeNeed(ec2, 'CreateSnapshot', volume), ...snapshotNeeds(ec2, 'CreateSnapshot', tags)];
    },
    run(ec2, { VolumeId, Description, TagSpecifications, OutpostArn }) {
      if (OutpostArn !== undefined) throw new NotSimulated('CreateSnapshot on an Outpost');
      const volume = oneOf('volume', ec2.volumes, VolumeId);
      return describe(ec2, take(ec2, volume, Description, tagsFor(TagSpecifications, 'snapshot')));
    },
  }),
  CreateSnapshots: changing<AllInput>(regions, 'CreateSnapshots', {
    needs(ec2, input) {
      const one = oneOf('instance', ec2.instances, input.InstanceSpecification.InstanceId);
      const tags = tagsFor(input.TagSpecifications, 'snapshot');
      return [
        instanceNeed(ec2, 'CreateSnapshots', one),
        ...volumesOf(ec2, one, input).map((volume) => volumeNeed(ec2, 'CreateSnapshots', volume)),
        ...snapshotNeeds(ec2, 'CreateSnapshots', tags),
      ];
    },
    run(ec2, input) {
      if (input.OutpostArn !== undefined) throw new NotSimulated('CreateSnapshots on an Outpost');
      const one = oneOf('instance', ec2.instances, input.InstanceSpecification.InstanceId);
      const tags = tagsFor(input.TagSpecifications, 'snapshot');
      const taken = volumesOf(ec2, one, input).map((volume) => {
        const copied = input.CopyTagsFromSource === 'volume' ? volume.tags : {};
        return take(ec2, volume, input.Description, { ...copied, ...tags });
      });
      return { Snapshots: taken.map((snapshot) => describeBriefly(ec2, snapshot)) };
    },
  }),
});

function volumesOf(ec2: Ec2Region, one: Instance, { InstanceSpecification: which }: AllInput): Volume[] {
  const { ExcludeBootVolume, ExcludeDataVolumeIds = [] } = which;
  return one.volumes
    .filter(({ device }) => !(ExcludeBootVolume && device === one.rootDevice.name))
    .filter(({ volumeId }) => !ExcludeDataVolumeIds.includes(volumeId))
    .map(({ volumeId }) => oneOf('volume', ec2.volumes, volumeId));
}

const volumeNeed = (ec2: Ec2Region, action: string, { id, tags }: Volume): Need =>
  needOn(ec2, action, 'volume', id, { tags });

const snapshotNeeds = (ec2: Ec2Region, action: string, tags: Tags): Need[] => [
  needOn(ec2, action, 'snapshot', '*', { keys: requestedTags(tags) }),
  ...taggingNeeds(ec2, action, 'snapshot', tags),
];

function take(ec2: Ec2Region, volume: Volume, description: string | undefined, tags: Tags): Snapshot {
  const snapshot: Snapshot = {
    id: ec2.newId('snapshot'),
    volumeId: volume.id,
    size: volume.size,
    encrypted: volume.encrypted,
    ...(volume.kmsKeyId === undefined ? {} : { kmsKeyId: volume.kmsKeyId }),
    description: description ?? '',
    state: 'pending',
    startedAt: ec2.now(),
    tags,
  };
  ec2.snapshots.set(snapshot.id, snapshot);
  ec2.later(COPYING_MS, () => {
    snapshot.state = 'completed';
  });
  return snapshot;
}

const describeBriefly = (ec2: Ec2Region, one: Snapshot) => ({
  SnapshotId: one.id,
  VolumeId: one.volumeId,
  VolumeSize: one.size,
  State: one.state,
  Progress: one.state === 'completed' ? '100%' : '',
  StartTime: one.startedAt / 1000,
  OwnerId: ec2.accountId,
  Description: one.description,
  Encrypted: one.encrypted,
  Tags: tagSet(one.tags),
});

const describe = (ec2: Ec2Region, one: Snapshot) => ({
  ...describeBriefly(ec2, one),
  StorageTier: 'standard',
  ...(one.kmsKeyId === undefined ? {} : { KmsKeyId: one.kmsKeyId }),
});
