import * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { operation, type Service } from '../service';

/** A group to put in, with the instances that are in it. */
export interface ScalingGroupSeed {
  AutoScalingGroupName: string;
  DesiredCapacity?: number;
  InstanceIds?: string[];
}

interface ScalingGroup {
  name: string;
  region: string;
  arn: string;
  desired: number;
  instances: string[];
}

/** Auto Scaling groups, as far as instances are in them: nothing is replaced here. */
export class AutoScaling {
  readonly #groups: ScalingGroup[] = [];
  readonly #home: string;
  readonly #accountId: string;

  constructor(home: string, accountId: string) {
    this.#home = home;
    this.#accountId = accountId;
  }

  /** Makes or replaces a group. */
  putGroup(
    { AutoScalingGroupName: name, InstanceIds: instances = [], DesiredCapacity }: ScalingGroupSeed,
    region = this.#home,
  ): void {
    if (!name) throw new Error('AutoScalingGroupName must be given');
    const at = this.#groups.findIndex((one) => one.name === name && one.region === region);
    const group = {
      name,
      region,
      arn: `arn:aws:autoscaling:${region}:${this.#accountId}:autoScalingGroup:0a1b2c3d-0000-4000-8000-000000000000:autoScalingGroupName/${name}`,
      desired: DesiredCapacity ?? instances.length,
      instances: [...instances],
    };
    if (at >= 0) this.#groups[at] = group;
    else this.#groups.push(group);
  }

  in(region: string): readonly ScalingGroup[] {
    return this.#groups.filter((group) => group.region === region);
  }

  named(name: string, region: string): ScalingGroup {
    const found = this.in(region).find((group) => group.name === name);
    if (!found) throw new AwsError('ValidationError', `AutoScalingGroup name not found - ${name}`);
    return found;
  }
}

interface DetachInput {
  AutoScalingGroupName: string;
  InstanceIds?: string[];
  ShouldDecrementDesiredCapacity: boolean;
}

/** The part of the Auto Scaling API that tells and ends where an instance belongs. */
export function autoscalingService(groups: AutoScaling, clock: Clock): Service {
  const keys = (region: string) => ({ 'aws:RequestedRegion': region });
  return {
    name: 'autoscaling',
    protocol: 'query',
    apiVersion: '2011-01-01',
    schemas: client,
    deniedCode: 'AccessDenied',
    deniedStatus: 403,
    invalidCode: 'ValidationError',
    operations: {
      DescribeAutoScalingInstances: operation<{ InstanceIds?: string[] }>({
        needs: (_, region) => [
          { action: 'autoscaling:DescribeAutoScalingInstances', resource: '*', keys: keys(region) },
        ],
        run: ({ InstanceIds }, _, region) => ({
          AutoScalingInstances: groups.in(region).flatMap(({ name, instances }) =>
            instances
              .filter((id) => InstanceIds === undefined || InstanceIds.includes(id))
              .map((InstanceId) => ({
                InstanceId,
                AutoScalingGroupName: name,
                AvailabilityZone: `${region}a`,
                LifecycleState: 'InService',
                HealthStatus: 'HEALTHY',
                ProtectedFromScaleIn: false,
              })),
          ),
        }),
      }),
      DetachInstances: operation<DetachInput>({
        needs: ({ AutoScalingGroupName }, region) => [
          {
            action: 'autoscaling:DetachInstances',
            resource: groups.named(AutoScalingGroupName, region).arn,
            keys: keys(region),
          },
        ],
        run: (input, _, region) => detach(groups, input, region, clock),
        activity: ({ AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity }) => ({
          requestParameters: {
            autoScalingGroupName: AutoScalingGroupName,
            instanceIds: InstanceIds ?? [],
            shouldDecrementDesiredCapacity: ShouldDecrementDesiredCapacity,
          },
          responseElements: null,
        }),
      }),
    },
  };
}

function detach(groups: AutoScaling, input: DetachInput, region: string, clock: Clock): unknown {
  const { AutoScalingGroupName: name, InstanceIds = [], ShouldDecrementDesiredCapacity } = input;
  const group = groups.named(name, region);
  const absent = InstanceIds.find((id) => !group.instances.includes(id));
  if (absent !== undefined) {
    const not = `The instance ${absent} is not part of Auto Scaling group ${name}.`;
    throw new AwsError('ValidationError', not);
  }
  group.instances = group.instances.filter((id) => !InstanceIds.includes(id));
  if (ShouldDecrementDesiredCapacity) group.desired -= InstanceIds.length;
  return {
    Activities: InstanceIds.map((id, index) => ({
      ActivityId: `${clock.now()}-${index}`,
      AutoScalingGroupName: name,
      Description: `Detaching EC2 instance: ${id}`,
      Cause: 'a detach request',
      StartTime: clock.now() / 1000,
      StatusCode: 'InProgress',
      Progress: 50,
    })),
  };
}
