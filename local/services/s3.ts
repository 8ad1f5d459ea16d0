import { setTimeout as sleep } from 'node:timers/promises';
import { type AccessControl, type Caller, KeyDenied } from '../access';
import type { Activity, Log } from '../activity';
import { AwsError, Disconnect } from '../aws-error';
import type { CallLog } from '../calls';
import type { Clock } from '../clock';
import type { Gate } from '../gate';
import { readPolicy, type Statement } from '../iam';
import { isObject } from '../json';
import { allowProperties, type Stack } from '../template';
import type { Buses } from './events';
import { Buckets, type ObjectSettings } from './s3/buckets';
import { knownStatusOf, S3Error } from './s3/errors';
import { listings } from './s3/listings';
import { Notices, requestId } from './s3/notices';
import { declaredNotification, type Notification } from './s3/notification';
import { objectOperations } from './s3/objects';
import type { S3Answer, S3Operation } from './s3/operation';
import { declaredProtection } from './s3/protection';
import { readAddress, type S3Request } from './s3/request';
import { settingOperations } from './s3/settings';
import { readXml, textOf, xmlDocument } from './s3/xml';
import type { Topics } from './sns';
import type { Queues } from './sqs';

export interface S3World {
  stack: Stack;
  access: AccessControl;
  gate: Gate;
  callLog: CallLog;
  topics: Topics;
  queues: Queues;
  buses: Buses;
  activity: Activity;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** How long every answer takes, in milliseconds. */
  latencyMs: number;
}

/** A request before its address is read. */
type Unread = Omit<S3Request, 'bucket' | 'key' | 'query' | 'caller'> & { readonly target: string };

/** An object as an AWS service delivers it, past roles and policies. */
export interface Delivered extends ObjectSettings {
  bucket: string;
  key: string;
  body: Buffer;
  /** `cloudtrail.amazonaws.com` unless given. */
  by?: string;
}

/** Query parameters that refine an operation; any other one names it. */
const REFINEMENTS = new Set(
  `continuation-token delimiter encoding-type fetch-owner key-marker marker max-keys prefix start-after
   version-id-marker versionId x-id`.split(/\s+/),
);

const OF_BUCKET: Readonly<Record<string, string>> = {
  'HEAD ': 'HeadBucket',
  'PUT ': 'CreateBucket',
  'GET ': 'ListObjects',
  'GET list-type': 'ListObjectsV2',
  'GET versions': 'ListObjectVersions',
  'GET location': 'GetBucketLocation',
  'GET versioning': 'GetBucketVersioning',
  'PUT versioning': 'PutBucketVersioning',
  'GET lifecycle': 'GetBucketLifecycleConfiguration',
  'PUT lifecycle': 'PutBucketLifecycleConfiguration',
  'DELETE lifecycle': 'DeleteBucketLifecycle',
  'GET notification': 'GetBucketNotificationConfiguration',
  'PUT notification': 'PutBucketNotificationConfiguration',
};

const OF_OBJECT: Readonly<Record<string, string>> = {
  'GET ': 'GetObject',
  'HEAD ': 'HeadObject',
  'PUT ': 'PutObject',
  'DELETE ': 'DeleteObject',
};

/** The S3 API over buckets in memory: the template's, and those that the operator makes. */
export class S3 {
  readonly #world: S3World;
  readonly #buckets: Buckets;
  readonly #notices: Notices;
  readonly #operations: Readonly<Record<string, S3Operation>>;

  constructor(world: S3World) {
    this.#world = world;
    const { accountId, region } = world.stack.options;
    this.#buckets = new Buckets(world.clock);
    this.#notices = new Notices({ ...world, accountId, region });
    this.#operations = {
      ...objectOperations(world.access, this.#notices, accountId, world.clock),
      ...listings,
      ...settingOperations(this.#notices),
    };
  }

  /** Makes the buckets of the template; throws where AWS would refuse the template. */
  async create(stack: Stack): Promise<void> {
    const { accountId: owner, region } = stack.options;
    const policies = bucketPolicies(stack);
    for (const resource of stack.ofType('AWS::S3::Bucket')) {
      allowProperties(
        resource,
        [
          'BucketName',
          'VersioningConfiguration',
          'NotificationConfiguration',
          'BucketEncryption',
          'ObjectLockEnabled',
          'ObjectLockConfiguration',
        ],
        ['PublicAccessBlockConfiguration', 'OwnershipControls', 'AccessControl'],
      );
      const { VersioningConfiguration: versioning, NotificationConfiguration } = resource.properties;
      const name = resource.name.toLowerCase();
      const status = isObject(versioning) ? versioning['Status'] : undefined;
      const bucket = this.#buckets.create(name, { owner, region, policy: policies.get(name) ?? [] });
      if (status === 'Enabled' || status === 'Suspended') bucket.versioning = status;
      const protection = declaredProtection(resource);
      if (protection.retention && bucket.versioning !== 'Enabled') {
        throw new Error(`${resource.logicalId}: Object Lock needs versioning`);
      }
      Object.assign(bucket, protection);
      const notification = declaredNotification(NotificationConfiguration, resource.logicalId);
      if (notification) await this.notify(name, notification);
    }
  }

  /** Makes a bucket, of another account or in another region if so told; what is left out is the stack's. */
  createBucket(name: string, of: { owner?: string; region?: string } = {}): void {
    const { accountId, region } = this.#world.stack.options;
    this.#buckets.create(name, { owner: of.owner ?? accountId, region: of.region ?? region });
  }

  /** Sets whom a bucket tells of its objects, and sends them the test event. */
  async notify(bucket: string, notification: Notification): Promise<void> {
    const found = this.#buckets.named(bucket);
    await this.#notices.test(found, notification);
    found.notification = notification;
  }

  /** Puts an object as an AWS service does; notifications go out as they do for everybody. */
  deliver({ bucket: name, key, body, by = 'cloudtrail.amazonaws.com', ...settings }: Delivered): void {
    const bucket = this.#buckets.named(name);
    const version = bucket.put(key, body, settings);
    this.#notices.tell({ bucket, version, name: 's3:ObjectCreated:Put', requester: by });
  }

  /** Answers one request; what it throws beside errors of AWS ends the connection. */
  async answer(request: Unread, accessKeyId: string): Promise<S3Answer> {
    const { access, latencyMs, log } = this.#world;
    const { target, ...rest } = request;
    if (latencyMs > 0) await sleep(latencyMs);
    try {
      const address = readAddress(target, request.headers.host);
      const caller = access.callerWith(accessKeyId);
      if (!caller) throw new S3Error('InvalidAccessKeyId');
      return await this.#perform({ ...rest, ...address, caller });
    } catch (error) {
      if (error instanceof Disconnect) throw error;
      if (error instanceof AwsError) return errorAnswer(error, request);
      log.error(`local AWS failed: ${error instanceof Error ? error.stack : String(error)}`);
      return errorAnswer(new S3Error('InternalError', `local AWS failed: ${String(error)}`), request);
    }
  }

  async #perform(request: S3Request): Promise<S3Answer> {
    const action = actionOf(request);
    const { caller, key, bucket: name, query } = request;
    const input = { Bucket: name, ...(key === '' ? {} : { Key: key }), ...Object.fromEntries(query) };
    if (action === 'CreateBucket') return this.#createBucket(request, input);
    const operation = this.#operations[action];
    if (!operation) throw this.#notSimulated(caller, action);
    const bucket = this.#buckets.named(name);
    if (request.region !== bucket.region && action !== 'GetBucketLocation') {
      throw new S3Error('PermanentRedirect', undefined, {
        headers: { 'x-amz-bucket-region': bucket.region },
        details: { Bucket: name, Endpoint: `${name}.s3.${bucket.region}.amazonaws.com` },
      });
    }
    try {
      const expected = request.headers['x-amz-expected-bucket-owner'];
      if (expected !== undefined && expected !== bucket.owner) throw new S3Error('AccessDenied');
      const needs = operation.needs(request, bucket);
      return await this.#world.gate.pass({ service: 's3', action, caller, input, needs }, () =>
        operation.run(request, bucket),
      );
    } catch (error) {
      if (action !== 'HeadBucket' || !(error instanceof AwsError)) throw error;
      // The bucket's region is told even to whom it is refused.
      const headers = { 'x-amz-bucket-region': bucket.region };
      throw new S3Error(codeOf(error), error.message, { headers });
    }
  }

  async #createBucket({ bucket, body, caller, region }: S3Request, input: unknown): Promise<S3Answer> {
    const constraint =
      body.length === 0
        ? undefined
        : textOf(readXml(body.toString(), 'CreateBucketConfiguration'), 'LocationConstraint');
    const needs = [{ action: 's3:CreateBucket', resource: `arn:aws:s3:::${bucket}` }];
    return this.#world.gate.pass({ service: 's3', action: 'CreateBucket', caller, input, needs }, () => {
      this.createBucket(bucket, { region: constraint ?? region });
      return { statusCode: 200, headers: { location: `/${bucket}` } };
    });
  }

  #notSimulated(caller: Caller, action: string): S3Error {
    const because = `S3 ${action} isn't simulated by local AWS`;
    this.#world.callLog.record({
      caller: caller.name,
      action: `s3:${action}`,
      resource: '*',
      allowed: false,
      because,
    });
    return new S3Error('NotImplemented', because);
  }
}

/** The operation that method, path and query mean; what isn't known stays in the words of the request. */
function actionOf({ method, key, bucket, query }: S3Request): string {
  const named = [...query.keys()].filter((name) => !REFINEMENTS.has(name)).join(' ');
  const known = bucket === '' ? {} : key === '' ? OF_BUCKET : OF_OBJECT;
  return known[`${method} ${named}`] ?? `${method} ${bucket === '' ? '/' : ''}${named}`.trim();
}

function errorAnswer(error: AwsError, { method, target }: Unread): S3Answer {
  const code = codeOf(error);
  const { headers = {}, details = {} } = error instanceof S3Error ? error : {};
  const [Resource] = target.split('?');
  const content = {
    Code: code,
    Message: error.message,
    ...details,
    Resource,
    RequestId: requestId(),
    HostId: 'local',
  };
  return {
    statusCode: knownStatusOf(code) ?? error.statusCode,
    headers: { 'content-type': 'application/xml', ...headers },
    ...(method === 'HEAD' ? {} : { body: xmlDocument('Error', content) }),
  };
}

const codeOf = (error: AwsError): string =>
  error instanceof KeyDenied || error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;

function bucketPolicies(stack: Stack): Map<string, Statement[]> {
  const policies = stack.ofType('AWS::S3::BucketPolicy').map(({ properties, logicalId }) => {
    const statements = readPolicy(properties['PolicyDocument'], logicalId);
    return [String(properties['Bucket']), statements] as const;
  });
  return new Map(policies);
}
