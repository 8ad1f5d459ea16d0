import type { Caller, Need } from '../../access';
import { type Operation, operation } from '../../service';
import { recorded } from './activity';
import { dryRun } from './errors';
import type { Ec2Region, Tags } from './state';

/** The state of a Region by its name. */
export type Regions = (region: string) => Ec2Region;

export interface DryRunnable {
  DryRun?: boolean;
}

/** An operation that only reads: EC2 knows no resources for these. */
export const reading = <Input extends DryRunnable>(
  regions: Regions,
  action: string,
  run: (ec2: Ec2Region, input: Input) => unknown,
): Operation =>
  operation<Input>({
    needs: (_, region) => [{ action: `ec2:${action}`, resource: '*', keys: regionKeys(region) }],
    run: (input, _, region) => {
      if (input.DryRun) throw dryRun();
      return run(regions(region), input);
    },
  });

/** An operation that changes something. CloudTrail records it, a dry run too. */
export const changing = <Input extends DryRunnable>(
  regions: Regions,
  action: string,
  {
    needs,
    run,
  }: {
    needs: (ec2: Ec2Region, input: Input) => Need[];
    run: (ec2: Ec2Region, input: Input, caller: Caller) => unknown;
  },
): Operation =>
  operation<Input>({
    needs: (input, region) => needs(regions(region), input),
    run: (input, caller, region) => {
      if (input.DryRun) throw dryRun();
      return run(regions(region), input, caller);
    },
    activity: (input, output, { id }) => recorded(action, input, output, id),
  });

const regionKeys = (region: string) => ({ 'aws:RequestedRegion': region, 'ec2:Region': region });

type ArnType =
  | 'security-group'
  | 'security-group-rule'
  | 'instance'
  | 'network-interface'
  | 'volume'
  | 'snapshot'
  | 'vpc'
  | 'subnet'
  | 'vpc-flow-log';

/** A right on one resource, with the condition keys that EC2 gives for it. */
export function needOn(
  ec2: Ec2Region,
  action: string,
  type: ArnType,
  id: string,
  { tags = {}, keys = {} }: { tags?: Tags; keys?: Record<string, string | undefined> } = {},
): Need {
  const tagged = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`ec2:ResourceTag/${key}`, value],
  ]);
  return {
    action: `ec2:${action}`,
    resource: ec2.arn(type, id),
    keys: { ...regionKeys(ec2.region), ...Object.fromEntries(tagged), ...keys },
  };
}

export interface TagSpecification {
  ResourceType?: string;
  Tags?: { Key?: string; Value?: string }[];
}

/** The tags that are asked for a new resource. */
export const tagsFor = (specifications: readonly TagSpecification[] | undefined, type: string): Tags =>
  readTags(
    (specifications ?? [])
      .filter(({ ResourceType }) => ResourceType === type)
      .flatMap(({ Tags: t }) => t ?? []),
  );

export const readTags = (tags: readonly { Key?: string; Value?: string }[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

/** What tagging a resource while it is made needs besides. */
export function taggingNeeds(ec2: Ec2Region, action: string, type: ArnType, tags: Tags): Need[] {
  if (Object.keys(tags).length === 0) return [];
  const requested = Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  );
  return [needOn(ec2, 'CreateTags', type, '*', { keys: { 'ec2:CreateAction': action, ...requested } })];
}

/** The keys of a request that asks for tags. */
export const requestedTags = (tags: Tags): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
