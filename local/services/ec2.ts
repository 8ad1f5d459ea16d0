import * as client from '@aws-sdk/client-ec2';
import type { Service } from '../service';
import { flowLogs } from './ec2/flow-logs';
import { instances } from './ec2/instances';
import { interfaces } from './ec2/interfaces';
import { launchTemplates } from './ec2/launch-templates';
import { regionList } from './ec2/regions';
import { securityGroupRules } from './ec2/security-group-rules';
import { securityGroups } from './ec2/security-groups';
import {
  putFlowLog,
  putGroup,
  putInstance,
  putInterface,
  putLaunchTemplate,
  putSnapshot,
  putVolume,
  putVpc,
} from './ec2/seeds';
import { snapshots } from './ec2/snapshots';
import { Ec2Region, type Ec2World } from './ec2/state';
import { tags } from './ec2/tags';
import { vpcs } from './ec2/vpcs';

type Given<Put extends (ec2: Ec2Region, given: never) => void> = Parameters<Put>[1];

/** EC2 as far as remediations go, each Region for itself. What is put in is taken as known to AWS Config. */
export class Ec2 {
  readonly #regions = new Map<string, Ec2Region>();
  readonly #world: Ec2World;
  readonly #home: string;

  /** @param home the Region that is meant where none is said */
  constructor(home: string, world: Ec2World) {
    this.#home = home;
    this.#world = world;
  }

  in(region: string): Ec2Region {
    const found = this.#regions.get(region) ?? new Ec2Region(region, this.#world);
    this.#regions.set(region, found);
    return found;
  }

  /** The home Region, the one of IAM, and whichever something was put into. */
  regions(): string[] {
    return [...new Set([this.#home, 'us-east-1', ...this.#regions.keys()])].sort();
  }

  putVpc(vpc: Given<typeof putVpc>, region = this.#home): void {
    putVpc(this.in(region), vpc);
  }

  putSecurityGroup(group: Given<typeof putGroup>, region = this.#home): void {
    putGroup(this.in(region), group);
  }

  putInstance(instance: Given<typeof putInstance>, region = this.#home): void {
    putInstance(this.in(region), instance);
  }

  putNetworkInterface(one: Given<typeof putInterface>, region = this.#home): void {
    putInterface(this.in(region), one);
  }

  putVolume(volume: Given<typeof putVolume>, region = this.#home): void {
    putVolume(this.in(region), volume);
  }

  putSnapshot(snapshot: Given<typeof putSnapshot>, region = this.#home): void {
    putSnapshot(this.in(region), snapshot);
  }

  putFlowLog(flowLog: Given<typeof putFlowLog>, region = this.#home): void {
    putFlowLog(this.in(region), flowLog);
  }

  putLaunchTemplate(template: Given<typeof putLaunchTemplate>, region = this.#home): void {
    putLaunchTemplate(this.in(region), template);
  }

  /** Lets AWS Config tell of a security group or an instance as it is now. */
  announce(id: string, region = this.#home): void {
    this.in(region).announce(id);
  }
}

/** The EC2 API over that state. */
export function ec2Service(ec2: Ec2): Service {
  const regions = (region: string) => ec2.in(region);
  return {
    name: 'ec2',
    protocol: 'ec2',
    apiVersion: '2016-11-15',
    schemas: client,
    deniedCode: 'UnauthorizedOperation',
    deniedStatus: 403,
    invalidCode: 'InvalidParameterValue',
    operations: {
      ...securityGroups(regions),
      ...securityGroupRules(regions),
      ...interfaces(regions),
      ...instances(regions),
      ...snapshots(regions),
      ...flowLogs(regions),
      ...vpcs(regions),
      ...regionList(regions, () => ec2.regions()),
      ...launchTemplates(regions),
      ...tags(regions),
    },
  };
}
