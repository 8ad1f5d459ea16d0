import { AwsError } from '../../aws-error';

/** EC2's errors have no model: each is a code, and a message in EC2's own words. */
export const refuse = (code: string, message: string): AwsError => new AwsError(code, message);

export const missing = (parameter: string): AwsError =>
  refuse('MissingParameter', `The request must contain the parameter ${parameter}`);

export const dryRun = (): AwsError =>
  new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);

interface Kind {
  /** What ids begin with. */
  prefix: string;
  /** The code without its ending: `InvalidGroup`. */
  code: string;
  malformed: string;
  absent(ids: string): string;
}

const KINDS = {
  group: {
    prefix: 'sg',
    code: 'InvalidGroup',
    malformed: 'InvalidGroupId.Malformed',
    absent: (id) => `The security group '${id}' does not exist`,
  },
  rule: {
    prefix: 'sgr',
    code: 'InvalidSecurityGroupRuleId',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
    absent: (id) => `The security group rule ID '${id}' does not exist`,
  },
  instance: {
    prefix: 'i',
    code: 'InvalidInstanceID',
    malformed: 'InvalidInstanceID.Malformed',
    absent: (id) =>
      id.includes(',') ? `The instance IDs '${id}' do not exist` : `The instance ID '${id}' does not exist`,
  },
  interface: {
    prefix: 'eni',
    code: 'InvalidNetworkInterfaceID',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    absent: (id) => `The networkInterface ID '${id}' does not exist`,
  },
  volume: {
    prefix: 'vol',
    code: 'InvalidVolume',
    malformed: 'InvalidVolumeID.Malformed',
    absent: (id) => `The volume '${id}' does not exist.`,
  },
  snapshot: {
    prefix: 'snap',
    code: 'InvalidSnapshot',
    malformed: 'InvalidSnapshotID.Malformed',
    absent: (id) => `The snapshot '${id}' does not exist.`,
  },
  flowLog: {
    prefix: 'fl',
    code: 'InvalidFlowLogId',
    malformed: 'InvalidFlowLogId.Malformed',
    absent: (ids) =>
      `These flow log ids in the input list are not found: [TotalCount: ${ids.split(', ').length}] ${ids}`,
  },
  vpc: {
    prefix: 'vpc',
    code: 'InvalidVpcID',
    malformed: 'InvalidVpcId.Malformed',
    absent: (id) => `The vpc ID '${id}' does not exist`,
  },
  subnet: {
    prefix: 'subnet',
    code: 'InvalidSubnetID',
    malformed: 'InvalidSubnetID.Malformed',
    absent: (id) => `The subnet ID '${id}' does not exist`,
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const prefixOf = (kind: KindName): string => KINDS[kind].prefix;

/** What these ids mean; throws EC2's error for one that is no id, or means nothing. */
export function allOf<T>(kind: KindName, from: ReadonlyMap<string, T>, ids: readonly string[]): T[] {
  const { prefix, code, malformed, absent } = KINDS[kind];
  const wrong = ids.find((id) => !new RegExp(`^${prefix}-[0-9a-f]+$`).test(id));
  if (wrong !== undefined) throw refuse(malformed, `Invalid id: "${wrong}" (expecting "${prefix}-...")`);
  const unknown = ids.filter((id) => !from.has(id));
  if (unknown.length > 0) throw refuse(`${code}.NotFound`, absent(unknown.join(', ')));
  return ids.flatMap((id) => from.get(id) ?? []);
}

export function oneOf<T>(kind: KindName, from: ReadonlyMap<string, T>, id: string): T {
  const [found] = allOf(kind, from, [id]);
  if (found === undefined) throw new Error(`no ${kind} ${id}`);
  return found;
}
