import type { Operation } from '../../service';
import { oneOf, refuse } from './errors';
import { changing, type DryRunnable, needOn, type Regions, readTags, requestedTags } from './operations';
import type { Ec2Region, Tags } from './state';

const MOST_TAGS = 50;

interface TagsInput extends DryRunnable {
  Resources: string[];
  Tags: { Key?: string; Value?: string }[];
}

type Tagged = { id: string; tags: Tags };
type Found = { arnType: Parameters<typeof needOn>[2]; one: Tagged };

/** Tags on what EC2 holds here. */
export const tags = (regions: Regions): Record<string, Operation> => ({
  CreateTags: changing<TagsInput>(regions, 'CreateTags', {
    needs: (ec2, { Resources, Tags: wanted }) =>
      Resources.map((id) => {
        const { arnType, one } = find(ec2, id);
        const keys = requestedTags(readTags(wanted));
        return needOn(ec2, 'CreateTags', arnType, id, { tags: one.tags, keys });
      }),
    run(ec2, { Resources, Tags: wanted }) {
      const added = readTags(wanted);
      const reserved = Object.keys(added).some((key) => key.toLowerCase().startsWith('aws:'));
      if (reserved) {
        throw refuse('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use");
      }
      const all = Resources.map((id) => find(ec2, id).one);
      if (all.some((one) => Object.keys({ ...one.tags, ...added }).length > MOST_TAGS)) {
        throw refuse('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
      }
      for (const one of all) {
        Object.assign(one.tags, added);
        ec2.groupsChanged([one.id]);
        const instance = ec2.instances.get(one.id);
        if (instance) ec2.instanceChanged(instance);
      }
    },
  }),
});

/** Ids tell by how they begin what they are of. */
function find(ec2: Ec2Region, id: string): Found {
  const prefix = id.slice(0, id.indexOf('-'));
  switch (prefix) {
    case 'sg':
      return { arnType: 'security-group', one: oneOf('group', ec2.groups, id) };
    case 'sgr':
      return { arnType: 'security-group-rule', one: oneOf('rule', ec2.rules(), id).rule };
    case 'i':
      return { arnType: 'instance', one: oneOf('instance', ec2.instances, id) };
    case 'eni':
      return { arnType: 'network-interface', one: oneOf('interface', ec2.interfaces, id) };
    case 'vol':
      return { arnType: 'volume', one: oneOf('volume', ec2.volumes, id) };
    case 'snap':
      return { arnType: 'snapshot', one: oneOf('snapshot', ec2.snapshots, id) };
    case 'fl':
      return { arnType: 'vpc-flow-log', one: oneOf('flowLog', ec2.flowLogs, id) };
    case 'vpc':
      return { arnType: 'vpc', one: oneOf('vpc', ec2.vpcs, id) };
    default:
      throw refuse('InvalidID', `The ID '${id}' is not valid`);
  }
}
