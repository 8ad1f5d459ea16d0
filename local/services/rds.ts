import * as client from '@aws-sdk/client-rds';
import type { Activity } from '../activity';
import { AwsError, NotSimulated } from '../aws-error';
import type { Clock } from '../clock';
import { isObject, type JsonObject } from '../json';
import type { Recording } from '../recording';
import type { ItemParts } from '../recording/items';
import { operation, type Service } from '../service';

/** How long a change takes. */
const MODIFYING_MS = 3_000;

/** What is changed at once, whatever ApplyImmediately says. */
const AT_ONCE = [
  'AutoMinorVersionUpgrade',
  'BackupRetentionPeriod',
  'CopyTagsToSnapshot',
  'DeletionProtection',
  'MaxAllocatedStorage',
  'MonitoringInterval',
  'MonitoringRoleArn',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'PubliclyAccessible',
];

/** What waits for the maintenance window unless it is to be applied immediately; the name it has while it waits. */
const LATER: Readonly<Record<string, string>> = {
  AllocatedStorage: 'AllocatedStorage',
  CACertificateIdentifier: 'CACertificateIdentifier',
  DBInstanceClass: 'DBInstanceClass',
  DBPortNumber: 'Port',
  EngineVersion: 'EngineVersion',
  Iops: 'Iops',
  LicenseModel: 'LicenseModel',
  MultiAZ: 'MultiAZ',
  StorageThroughput: 'StorageThroughput',
  StorageType: 'StorageType',
};

const PASSED_OVER = ['DBInstanceIdentifier', 'ApplyImmediately', 'AllowMajorVersionUpgrade'];

export interface RdsWorld {
  accountId: string;
  clock: Clock;
  activity: Activity;
  recording: Recording;
  signal: AbortSignal;
}

interface Database {
  id: string;
  resourceId: string;
  arn: string;
  region: string;
  status: string;
  pending: JsonObject;
  tags: Record<string, string>;
  /** Every other member, as DescribeDBInstances shows it. */
  members: JsonObject;
}

/** The DB instances of one account. */
export class Rds {
  readonly #databases: Database[] = [];
  readonly #world: RdsWorld;
  readonly #home: string;

  constructor(home: string, world: RdsWorld) {
    this.#home = home;
    this.#world = world;
  }

  /** Makes or replaces a DB instance, as DescribeDBInstances shows it, and takes it as known to AWS Config. */
  putDBInstance(given: client.DBInstance, region = this.#home): void {
    const { DBInstanceIdentifier: name, PendingModifiedValues, TagList, DBInstanceStatus, ...rest } = given;
    if (!name) throw new Error('DBInstanceIdentifier must be given');
    const id = name.toLowerCase();
    const { accountId } = this.#world;
    const before = this.#databases.findIndex((one) => one.id === id && one.region === region);
    const database: Database = {
      id,
      resourceId:
        rest.DbiResourceId ??
        `db-${id
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
          .padEnd(26, 'A')}`,
      arn: `arn:aws:rds:${region}:${accountId}:db:${id}`,
      region,
      status: DBInstanceStatus ?? 'available',
      pending: withSeconds(PendingModifiedValues ?? {}) as JsonObject,
      tags: Object.fromEntries((TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      members: { ...DEFAULTS, ...(withSeconds(rest) as JsonObject) },
    };
    if (before >= 0) this.#databases[before] = database;
    else this.#databases.push(database);
    this.#world.recording.known(itemOf(database));
  }

  /** Lets the maintenance window come, in which what is pending is applied. */
  runMaintenance(id: string, region = this.#home): void {
    const database = this.named(id, region);
    applyPending(database);
    this.#world.recording.item(itemOf(database));
  }

  /** Lets AWS Config tell of a DB instance as it is now. */
  announce(id: string, region = this.#home): void {
    this.#world.recording.announce(itemOf(this.named(id, region)));
  }

  named(id: string, region: string): Database {
    const found = this.#databases.find((one) => one.id === id.toLowerCase() && one.region === region);
    if (!found) throw new AwsError('DBInstanceNotFoundFault', `DBInstance ${id} not found.`, 404);
    return found;
  }

  in(region: string): Database[] {
    return this.#databases.filter((one) => one.region === region);
  }

  /** Changes a DB instance as ModifyDBInstance does, and answers how it is shown before anything has happened. */
  modify(database: Database, { ApplyImmediately, ...input }: ModifyInput): JsonObject {
    if (database.status !== 'available') {
      throw new AwsError('InvalidDBInstanceStateFault', 'Database instance is not in available state.');
    }
    const unknown = Object.keys(input).find(
      (name) =>
        !AT_ONCE.includes(name) && !LATER[name] && !['VpcSecurityGroupIds', ...PASSED_OVER].includes(name),
    );
    if (unknown) throw new NotSimulated(`ModifyDBInstance of ${unknown}`);
    for (const [name, pendingName] of Object.entries(LATER)) {
      if (input[name] !== undefined) database.pending[pendingName] = input[name];
    }
    const answered = describe(database);
    const atOnce = Object.entries(input).filter(([name]) => AT_ONCE.includes(name));
    const groups = input['VpcSecurityGroupIds'];
    const isWork = atOnce.length > 0 || groups !== undefined || ApplyImmediately === true;
    if (isWork) this.#work(database, { ...Object.fromEntries(atOnce) }, groups, ApplyImmediately === true);
    return answered;
  }

  /** Immediately means with all that was pending before, too. */
  #work(database: Database, changes: JsonObject, groups: unknown, withPending: boolean): void {
    const { activity, clock, signal, recording } = this.#world;
    database.status = 'modifying';
    activity.start(async () => {
      await activity.rest(clock.wait(MODIFYING_MS, signal));
      if (signal.aborted) return;
      Object.assign(database.members, changes);
      if (Array.isArray(groups)) {
        const active = groups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' }));
        database.members['VpcSecurityGroups'] = active;
      }
      if (withPending) applyPending(database);
      database.status = 'available';
      recording.item(itemOf(database));
    });
  }
}

const DEFAULTS: JsonObject = {
  DBInstanceClass: 'db.t3.micro',
  Engine: 'postgres',
  EngineVersion: '16.4',
  AllocatedStorage: 20,
  BackupRetentionPeriod: 7,
  MultiAZ: false,
  PubliclyAccessible: false,
  StorageEncrypted: true,
  DeletionProtection: false,
  AutoMinorVersionUpgrade: true,
  CopyTagsToSnapshot: false,
  VpcSecurityGroups: [],
};

function applyPending(database: Database): void {
  const { Port, ...rest } = database.pending;
  Object.assign(database.members, rest);
  const { Endpoint } = database.members;
  if (Port !== undefined && isObject(Endpoint)) database.members['Endpoint'] = { ...Endpoint, Port };
  database.pending = {};
}

const describe = ({ id, resourceId, arn, status, pending, tags, members }: Database): JsonObject => ({
  ...members,
  DBInstanceIdentifier: id,
  DbiResourceId: resourceId,
  DBInstanceArn: arn,
  DBInstanceStatus: status,
  PendingModifiedValues: { ...pending },
  TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});

/** A DB instance as AWS Config records it. */
function itemOf(database: Database): ItemParts {
  const { DBInstanceArn: _, TagList: tagList, ...shown } = describe(database);
  const { VpcSecurityGroups = [] } = database.members;
  const groups = (VpcSecurityGroups as { VpcSecurityGroupId?: string }[]).flatMap(
    ({ VpcSecurityGroupId: id }) => id ?? [],
  );
  return {
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: database.resourceId,
    resourceName: database.id,
    arn: database.arn,
    region: database.region,
    availabilityZone: String(database.members['AvailabilityZone'] ?? 'Not Applicable'),
    tags: database.tags,
    relationships: groups.map((resourceId) => ({
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId,
      name: 'Is associated with SecurityGroup',
    })),
    configuration: lowerFirst(shown) as JsonObject,
    supplementaryConfiguration: { Tags: lowerFirst(tagList) },
  };
}

interface ModifyInput {
  DBInstanceIdentifier: string;
  ApplyImmediately?: boolean;
  [member: string]: unknown;
}

interface DescribeInput {
  DBInstanceIdentifier?: string;
  Filters?: { Name: string; Values: string[] }[];
  MaxRecords?: number;
  Marker?: string;
}

/** The RDS API over that state. */
export function rdsService(rds: Rds, accountId: string): Service {
  const keys = (database: Database) => ({
    'aws:RequestedRegion': database.region,
    'rds:DatabaseEngine': String(database.members['Engine']),
    ...Object.fromEntries(
      Object.entries(database.tags).flatMap(([key, value]) => [
        [`aws:ResourceTag/${key}`, value],
        [`rds:db-tag/${key}`, value],
      ]),
    ),
  });
  return {
    name: 'rds',
    protocol: 'query',
    apiVersion: '2014-10-31',
    schemas: client,
    deniedCode: 'AccessDenied',
    deniedStatus: 403,
    invalidCode: 'InvalidParameterValue',
    operations: {
      DescribeDBInstances: operation<DescribeInput>({
        needs: ({ DBInstanceIdentifier: id }, region) => {
          const resource = `arn:aws:rds:${region}:${accountId}:db:${id ?? '*'}`;
          return [{ action: 'rds:DescribeDBInstances', resource, keys: { 'aws:RequestedRegion': region } }];
        },
        run: (input, _, region) => list(rds, input, region),
      }),
      ModifyDBInstance: operation<ModifyInput>({
        needs: ({ DBInstanceIdentifier: id }, region) => {
          const database = rds.named(id, region);
          return [{ action: 'rds:ModifyDBInstance', resource: database.arn, keys: keys(database) }];
        },
        run: (input, _, region) => ({
          DBInstance: rds.modify(rds.named(input.DBInstanceIdentifier, region), input),
        }),
        activity: (input, output) => ({
          requestParameters: { allowMajorVersionUpgrade: false, applyImmediately: false, ...masked(input) },
          responseElements: isObject(output) ? lowerFirst(output['DBInstance']) : null,
        }),
      }),
    },
  };
}

function list(rds: Rds, input: DescribeInput, region: string): unknown {
  const { DBInstanceIdentifier: id, Filters = [], MaxRecords = 100, Marker } = input;
  if (MaxRecords < 20 || MaxRecords > 100) {
    const range = `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`;
    throw new AwsError('InvalidParameterValue', range);
  }
  const all = id === undefined ? rds.in(region) : [rds.named(id, region)];
  const found = all.filter((one) =>
    Filters.every(({ Name, Values }) => Values.some((value) => fieldOf(one, Name).includes(value))),
  );
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString());
  if (!Number.isInteger(from))
    throw new AwsError('InvalidParameterValue', 'The request contains an invalid marker');
  const end = from + MaxRecords;
  return {
    DBInstances: found.slice(from, end).map(describe),
    ...(end < found.length ? { Marker: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}

function fieldOf(one: Database, name: string): string[] {
  switch (name) {
    case 'db-instance-id':
      return [one.id, one.arn];
    case 'dbi-resource-id':
      return [one.resourceId];
    case 'engine':
      return [String(one.members['Engine'])];
    case 'db-cluster-id':
      return [String(one.members['DBClusterIdentifier'] ?? '')];
    default:
      throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${name}`);
  }
}

/** The password never gets into a record. */
const masked = (input: ModifyInput): JsonObject => {
  const { MasterUserPassword, ...rest } = input;
  const hidden = MasterUserPassword === undefined ? {} : { masterUserPassword: '****' };
  return { ...(lowerFirst(rest) as JsonObject), ...hidden };
};

function lowerFirst(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      lowerFirst(inner),
    ]),
  );
}

/** The wire has times in seconds since the epoch. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSeconds(inner)]));
}
