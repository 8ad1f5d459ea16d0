import { NotSimulated } from '../../aws-error';
import type { JsonObject } from '../../json';
import type { Operation } from '../../service';
import { describeInstance, stateOf } from './describe-instance';
import { allOf, oneOf, refuse } from './errors';
import { assignGroups, groupNeeds } from './interfaces';
import { describing } from './listing';
import { changing, type DryRunnable, needOn, type Regions } from './operations';
import type { Ec2Region, Instance, StateName } from './state';

/** How long the passing states last. */
const MOVING_MS = 3_000;
const METADATA = [
  'HttpTokens',
  'HttpPutResponseHopLimit',
  'HttpEndpoint',
  'HttpProtocolIpv6',
  'InstanceMetadataTags',
];

interface ManyInput extends DryRunnable {
  InstanceIds: string[];
}

interface ModifyInput extends DryRunnable {
  InstanceId: string;
  Groups?: string[];
  DisableApiStop?: { Value?: boolean };
  SourceDestCheck?: { Value?: boolean };
}

type MetadataInput = DryRunnable & { InstanceId: string } & Record<string, unknown>;

/** Instances: looking at them, and what remediations do with them. */
export const instances = (regions: Regions): Record<string, Operation> => ({
  DescribeInstances: describing<Instance>(regions, 'DescribeInstances', {
    kind: 'instance',
    ids: 'InstanceIds',
    found: 'Reservations',
    pages: [5, 1000],
    all: (ec2) => ec2.instances,
    tags: ({ tags }) => tags,
    fields: {
      'instance-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
      'subnet-id': ({ subnetId }) => [subnetId],
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      'instance-state-name': ({ state }) => [state],
      'instance-state-code': ({ state }) => [String(stateOf(state).Code)],
      'monitoring-state': ({ monitoring }) => [monitoring],
      'metadata-options.http-tokens': ({ metadata }) => [String(metadata['HttpTokens'])],
      'instance.group-id': (one, ec2) => ec2.interfacesOf(one.id)[0]?.groups ?? [],
      'network-interface.group-id': (one, ec2) => ec2.interfacesOf(one.id).flatMap(({ groups }) => groups),
      'network-interface.network-interface-id': (one, ec2) => ec2.interfacesOf(one.id).map(({ id }) => id),
      'private-ip-address': (one, ec2) => ec2.interfacesOf(one.id).map(({ privateIp }) => privateIp),
    },
    describe: (one, ec2) => ({
      ReservationId: one.id.replace(/^i-/, 'r-'),
      OwnerId: ec2.accountId,
      Groups: [],
      Instances: [describeInstance(ec2, one)],
    }),
  }),
  StopInstances: many(regions, 'StopInstances', 'StoppingInstances', stop),
  StartInstances: many(regions, 'StartInstances', 'StartingInstances', start),
  MonitorInstances: many(regions, 'MonitorInstances', 'InstanceMonitorings', (ec2, one) =>
    monitor(ec2, one, 'pending', 'enabled'),
  ),
  UnmonitorInstances: many(regions, 'UnmonitorInstances', 'InstanceMonitorings', (ec2, one) =>
    monitor(ec2, one, 'disabling', 'disabled'),
  ),
  ModifyInstanceMetadataOptions: changing<MetadataInput>(regions, 'ModifyInstanceMetadataOptions', {
    needs: (ec2, { InstanceId }) => [
      instanceNeed(ec2, 'ModifyInstanceMetadataOptions', oneOf('instance', ec2.instances, InstanceId)),
    ],
    run: modifyMetadata,
  }),
  ModifyInstanceAttribute: changing<ModifyInput>(regions, 'ModifyInstanceAttribute', {
    needs: (ec2, { InstanceId, Groups = [] }) => [
      instanceNeed(ec2, 'ModifyInstanceAttribute', oneOf('instance', ec2.instances, InstanceId)),
      ...groupNeeds(ec2, 'ModifyInstanceAttribute', Groups),
    ],
    run: modifyAttribute,
  }),
});

/** A right on an instance. */
export const instanceNeed = (ec2: Ec2Region, action: string, one: Instance) =>
  needOn(ec2, action, 'instance', one.id, {
    tags: one.tags,
    keys: {
      'ec2:InstanceID': one.id,
      'ec2:InstanceType': text(one.details['InstanceType']),
      'ec2:MetadataHttpTokens': text(one.metadata['HttpTokens']),
      'ec2:MetadataHttpEndpoint': text(one.metadata['HttpEndpoint']),
    },
  });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An operation on several instances, which all are looked at before the first is changed. */
const many = (
  regions: Regions,
  action: string,
  answer: string,
  change: (ec2: Ec2Region, one: Instance) => () => JsonObject,
): Operation =>
  changing<ManyInput>(regions, action, {
    needs: (ec2, { InstanceIds }) =>
      allOf('instance', ec2.instances, InstanceIds).map((one) => instanceNeed(ec2, action, one)),
    run(ec2, { InstanceIds, ...rest }) {
      const unknown = Object.keys(rest).find((name) => !['DryRun', 'Force'].includes(name));
      if (unknown) throw new NotSimulated(`${action} with ${unknown}`);
      const all = allOf('instance', ec2.instances, [...new Set(InstanceIds)]);
      const effects = all.map((one) => ({ one, effect: change(ec2, one) }));
      return { [answer]: effects.map(({ one, effect }) => ({ InstanceId: one.id, ...effect() })) };
    },
  });

function stop(ec2: Ec2Region, one: Instance): () => JsonObject {
  const { state, rootDevice, attributes, id } = one;
  if (rootDevice.type !== 'ebs') {
    const why = `The instance '${id}' does not have an 'ebs' root device type and cannot be stopped`;
    throw refuse('UnsupportedOperation', why);
  }
  if (attributes.disableApiStop) {
    const protectedBy = `Modify its 'disableApiStop' instance attribute and try again.`;
    throw refuse('OperationNotPermitted', `The instance '${id}' may not be stopped. ${protectedBy}`);
  }
  if (state === 'terminated' || state === 'shutting-down') throw wrongState(id, 'stopped');
  if (state === 'stopped' || state === 'stopping') return () => stateChange(state, state);
  return () => {
    one.transitionReason = `User initiated (${new Date(ec2.now()).toISOString().slice(0, 19).replace('T', ' ')} GMT)`;
    move(ec2, one, 'stopping', 'stopped', releaseAddress);
    return stateChange(state, 'stopping');
  };
}

function start(ec2: Ec2Region, one: Instance): () => JsonObject {
  const { state, id } = one;
  if (state === 'running' || state === 'pending') return () => stateChange(state, state);
  if (state !== 'stopped') throw wrongState(id, 'started');
  return () => {
    one.transitionReason = '';
    one.launchedAt = ec2.now();
    move(ec2, one, 'pending', 'running', takeAddress);
    return stateChange(state, 'pending');
  };
}

function move(
  ec2: Ec2Region,
  one: Instance,
  through: StateName,
  to: StateName,
  arrived: (ec2: Ec2Region, one: Instance) => void,
): void {
  one.state = through;
  ec2.instanceChanged(one);
  ec2.later(MOVING_MS, () => {
    if (one.state !== through) return;
    one.state = to;
    arrived(ec2, one);
    ec2.instanceChanged(one);
  });
}

/** A public address that EC2 lent goes back; an Elastic IP address stays. */
function releaseAddress(ec2: Ec2Region, one: Instance): void {
  const [primary] = ec2.interfacesOf(one.id);
  if (primary?.publicIp?.owner !== 'amazon') return;
  delete primary.publicIp;
}

/** A started instance gets another public address than it had. */
function takeAddress(ec2: Ec2Region, one: Instance): void {
  const [primary] = ec2.interfacesOf(one.id);
  if (!primary || primary.publicIp || !one.attributes.borrowsAddress) return;
  primary.publicIp = { address: ec2.newAddress(), owner: 'amazon' };
}

const wrongState = (id: string, what: string) =>
  refuse('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be ${what}.`);

const stateChange = (from: StateName, to: StateName): JsonObject => ({
  CurrentState: stateOf(to),
  PreviousState: stateOf(from),
});

function monitor(
  ec2: Ec2Region,
  one: Instance,
  through: 'pending' | 'disabling',
  to: 'enabled' | 'disabled',
): () => JsonObject {
  demandAlive(one);
  return () => {
    if (one.monitoring === to) return { Monitoring: { State: to } };
    one.monitoring = through;
    ec2.later(MOVING_MS, () => {
      if (one.monitoring === through) one.monitoring = to;
      ec2.instanceChanged(one);
    });
    return { Monitoring: { State: through } };
  };
}

function modifyMetadata(ec2: Ec2Region, { InstanceId, DryRun: _, ...wanted }: MetadataInput): unknown {
  const one = oneOf('instance', ec2.instances, InstanceId);
  demandAlive(one);
  const given = Object.entries(wanted).filter(([name]) => METADATA.includes(name));
  if (given.length === 0) {
    throw refuse('MissingParameter', 'Must specify at least one of the metadata options to modify.');
  }
  const hops = wanted['HttpPutResponseHopLimit'];
  if (typeof hops === 'number' && (hops < 1 || hops > 64)) {
    const range = `The value of HttpPutResponseHopLimit must be between 1 and 64, not ${hops}`;
    throw refuse('InvalidParameterValue', range);
  }
  one.metadata = { ...one.metadata, ...Object.fromEntries(given), State: 'pending' };
  const answered = one.metadata;
  ec2.later(MOVING_MS, () => {
    one.metadata = { ...one.metadata, State: 'applied' };
    ec2.instanceChanged(one);
  });
  return { InstanceId, InstanceMetadataOptions: answered };
}

function modifyAttribute(ec2: Ec2Region, input: ModifyInput): void {
  const { InstanceId, DryRun: _, ...attributes } = input;
  const one = oneOf('instance', ec2.instances, InstanceId);
  demandAlive(one);
  const [name, ...more] = Object.keys(attributes);
  if (name === undefined || more.length > 0) {
    const fields =
      name === undefined ? 'No attributes specified.' : 'Fields for multiple attribute types specified';
    throw refuse('InvalidParameterCombination', fields);
  }
  if (input.Groups) {
    const [primary, second] = ec2.interfacesOf(one.id);
    if (!primary || second) {
      const which = 'Please specify an interface ID for the operation instead.';
      throw refuse(
        'InvalidInstanceID',
        `There are multiple interfaces attached to instance '${one.id}'. ${which}`,
      );
    }
    assignGroups(ec2, primary, input.Groups);
  } else if (input.DisableApiStop) one.attributes.disableApiStop = input.DisableApiStop.Value === true;
  else if (input.SourceDestCheck) one.attributes.sourceDestCheck = input.SourceDestCheck.Value === true;
  else throw new NotSimulated(`ModifyInstanceAttribute of ${name}`);
  ec2.instanceChanged(one);
}

function demandAlive({ id, state }: Instance): void {
  if (state !== 'terminated' && state !== 'shutting-down') return;
  throw refuse('IncorrectInstanceState', `Instance '${id}' is in state '${state}'.`);
}
