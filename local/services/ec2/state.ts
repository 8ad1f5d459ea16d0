import { randomBytes } from 'node:crypto';
import type { Activity } from '../../activity';
import type { Clock } from '../../clock';
import type { JsonObject } from '../../json';
import type { Recording } from '../../recording';
import { type KindName, prefixOf } from './errors';
import { groupItem, instanceItem } from './items';

export type Tags = Record<string, string>;

export interface Vpc {
  id: string;
  isDefault: boolean;
  tags: Tags;
}

export interface Subnet {
  id: string;
  vpcId: string;
  availabilityZone: string;
}

/** Whom a rule lets in or out. A group may be another account's, by peering. */
export type Peer =
  | { kind: 'CidrIpv4' | 'CidrIpv6' | 'PrefixListId'; value: string }
  | { kind: 'Group'; value: string; userId: string };

export interface RuleSpec {
  protocol: string;
  /** -1 and -1 for a protocol without ports. */
  from: number;
  to: number;
  peer: Peer;
  description?: string;
}

export interface Rule extends RuleSpec {
  id: string;
  isEgress: boolean;
  tags: Tags;
}

export interface Group {
  id: string;
  name: string;
  description: string;
  vpcId: string;
  tags: Tags;
  rules: Rule[];
}

export interface NetworkInterface {
  id: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  groups: string[];
  description: string;
  sourceDestCheck: boolean;
  requesterManaged: boolean;
  privateIp: string;
  /** `amazon`: it goes when the instance stops. Otherwise an Elastic IP address, which stays. */
  publicIp?: { address: string; owner: string };
  attachment?: { id: string; instanceId: string; deviceIndex: number; at: number };
  tags: Tags;
}

export type StateName = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Instance {
  id: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  state: StateName;
  transitionReason: string;
  launchedAt: number;
  rootDevice: { name: string; type: string };
  volumes: { device: string; volumeId: string; attachedAt: number }[];
  metadata: JsonObject;
  monitoring: 'disabled' | 'disabling' | 'enabled' | 'pending';
  /** `borrowsAddress`: EC2 lends it a public address whenever it runs. */
  attributes: { disableApiStop: boolean; sourceDestCheck: boolean; borrowsAddress: boolean };
  tags: Tags;
  /** ImageId, InstanceType and what else never changes here. */
  details: JsonObject;
}

export interface Volume {
  id: string;
  size: number;
  encrypted: boolean;
  kmsKeyId?: string;
  availabilityZone: string;
  tags: Tags;
}

export interface Snapshot {
  id: string;
  volumeId: string;
  size: number;
  encrypted: boolean;
  kmsKeyId?: string;
  description: string;
  state: 'pending' | 'completed';
  startedAt: number;
  tags: Tags;
}

export interface FlowLog {
  id: string;
  resourceId: string;
  createdAt: number;
  tags: Tags;
  clientToken?: string;
  /** TrafficType, LogDestination and the like, as CreateFlowLogs takes them. */
  settings: JsonObject;
}

export interface LaunchTemplate {
  id: string;
  name: string;
  createdAt: number;
  /** As DescribeLaunchTemplateVersions shows the only version that there is. */
  data: JsonObject;
}

export interface Ec2World {
  accountId: string;
  clock: Clock;
  activity: Activity;
  recording: Recording;
  signal: AbortSignal;
}

/** What EC2 holds in one Region. */
export class Ec2Region {
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly groups = new Map<string, Group>();
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly instances = new Map<string, Instance>();
  readonly volumes = new Map<string, Volume>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly flowLogs = new Map<string, FlowLog>();
  readonly launchTemplates = new Map<string, LaunchTemplate>();
  readonly region: string;
  readonly #world: Ec2World;
  #addresses = 0;

  constructor(region: string, world: Ec2World) {
    this.region = region;
    this.#world = world;
  }

  get accountId(): string {
    return this.#world.accountId;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#world.clock.now();
  }

  arn(type: string, id: string): string {
    // Snapshots are named without the account.
    const account = type === 'snapshot' ? '' : this.accountId;
    return `arn:aws:ec2:${this.region}:${account}:${type}/${id}`;
  }

  newId(kind: KindName): string {
    return `${prefixOf(kind)}-0${randomBytes(8).toString('hex')}`;
  }

  /** A public address that nobody has; the block is for documentation. */
  newAddress(): string {
    this.#addresses += 1;
    return `203.0.113.${this.#addresses % 256}`;
  }

  /** Rules of all groups by their ids. */
  rules(): Map<string, { rule: Rule; group: Group }> {
    const all = [...this.groups.values()].flatMap((group) => group.rules.map((rule) => ({ rule, group })));
    return new Map(all.map((entry) => [entry.rule.id, entry]));
  }

  interfacesOf(instanceId: string): NetworkInterface[] {
    return [...this.interfaces.values()]
      .filter(({ attachment }) => attachment?.instanceId === instanceId)
      .sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
  }

  /** Does something when AWS has come so far, in the background. */
  later(ms: number, then: () => void): void {
    const { activity, clock, signal } = this.#world;
    activity.start(async () => {
      await activity.rest(clock.wait(ms, signal));
      if (!signal.aborted) then();
    });
  }

  /** Tells AWS Config's subscribers of a group, or that it is gone. */
  groupChanged(group: Group): void {
    this.#world.recording.item(groupItem(this, group));
  }

  /** Tells of an instance, as `groupChanged` does. */
  instanceChanged(instance: Instance): void {
    this.#world.recording.item(instanceItem(this, instance));
  }

  /** Tells of the groups with these ids, whose relationships have changed. */
  groupsChanged(ids: Iterable<string>): void {
    for (const id of ids) {
      const group = this.groups.get(id);
      if (group) this.groupChanged(group);
    }
  }

  /** Takes everything as known to AWS Config. */
  settle(): void {
    for (const group of this.groups.values()) this.#world.recording.known(groupItem(this, group));
    for (const one of this.instances.values()) this.#world.recording.known(instanceItem(this, one));
  }

  /** Tells of a group or an instance as it is. */
  announce(id: string): void {
    const group = this.groups.get(id);
    const instance = this.instances.get(id);
    if (group) this.#world.recording.announce(groupItem(this, group));
    else if (instance) this.#world.recording.announce(instanceItem(this, instance));
    else throw new Error(`${this.region} has no security group or instance ${id}`);
  }
}
