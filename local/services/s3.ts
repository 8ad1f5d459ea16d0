import { setTimeout as sleep } from 'node:timers/promises';
import { type AccessControl, type Caller, KeyDenied } from '../access';
import type { Activity, Log } from '../activity';
import { AwsError, Disconnect } from '../aws-error';
import type { CallLog } from '../calls';
import type { Clock } from '../clock';
import type { Gate } from '../gate';
import { readPolicy, type Statement } from '../iam';
import { isObject } from '../json';
import type { Recording } from '../recording';
import { allowProperties, type Stack } from '../template';
import type { Buses } from './events';
import { accessSettings } from './s3/access-settings';
import { type Bucket, Buckets, type ObjectSettings } from './s3/buckets';
import { encryptionSettings } from './s3/encryption';
import { knownStatusOf, S3Error } from './s3/errors';
import { listings } from './s3/listings';
import { Notices, requestId } from './s3/notices';
import { declaredNotification, type Notification } from './s3/notification';
import { objectOperations } from './s3/objects';
import type { S3Answer, S3Operation } from './s3/operation';
import { declaredProtection } from './s3/protection';
import { readAddress, type S3Request } from './s3/request';
import { type BucketSeed, seedBucket } from './s3/seeds';
import { settingOperations } from './s3/settings';
import { readXml, textOf, xmlDocument } from './s3/xml';
import type { AccountBlock } from './s3control';
import type { Topics } from './sns';
import type { Queues } from './sqs';

export interface S3World {
  stack: Stack;
  access: AccessControl;
  gate: Gate;
  callLog: CallLog;
  recording: Recording;
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
type Unread = Omit<S3Request, 'bucket' | 'key' | 'query' | 'caller' | 'id'> & { readonly target: string };

/** Whose request it is, by the keys that it is signed with. */
interface Signed {
  accessKeyId: string;
  token: string | undefined;
}

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
  'GET publicAccessBlock': 'GetPublicAccessBlock',
  'PUT publicAccessBlock': 'PutPublicAccessBlock',
  'DELETE publicAccessBlock': 'DeletePublicAccessBlock',
  'GET policy': 'GetBucketPolicy',
  'PUT policy': 'PutBucketPolicy',
  'DELETE policy': 'DeleteBucketPolicy',
  'GET policyStatus': 'GetBucketPolicyStatus',
  'GET acl': 'GetBucketAcl',
  'GET tagging': 'GetBucketTagging',
  'GET encryption': 'GetBucketEncryption',
  'PUT encryption': 'PutBucketEncryption',
  'DELETE encryption': 'DeleteBucketEncryption',
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
  /** What the account as a whole keeps from the public. */
  readonly account: AccountBlock = { block: undefined };

  constructor(world: S3World) {
    this.#world = world;
    const { accountId, region } = world.stack.options;
    this.#buckets = new Buckets(world.clock);
    this.#notices = new Notices({ ...world, accountId, region });
    this.#operations = {
      ...objectOperations(world.access, this.#notices, accountId, world.clock),
      ...listings,
      ...settingOperations(this.#notices),
      ...accessSettings(() => this.account.block),
      ...encryptionSettings,
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
      const policy = policies.get(name);
      const bucket = this.#buckets.create(name, { owner, region, policy: policy?.statements ?? [] });
      bucket.policyText = policy?.text;
      if (status === 'Enabled' || status === 'Suspended') bucket.versioning = status;
      const protection = declaredProtection(resource);
      if (protection.retention && bucket.versioning !== 'Enabled') {
        throw new Error(`${resource.logicalId}: Object Lock needs versioning`);
      }
      Object.assign(bucket, protection);
      if (protection.kmsKeyId !== undefined) bucket.encryption = underKey(protection.kmsKeyId);
      const notification = declaredNotification(NotificationConfiguration, resource.logicalId);
      if (notification) await this.notify(name, notification);
    }
  }

  /** Makes a bucket, of another account or in another region if so told; what is left out is the stack's. */
  createBucket(name: string, of: { owner?: string; region?: string } = {}): void {
    const { accountId, region } = this.#world.stack.options;
    this.#buckets.create(name, { owner: of.owner ?? accountId, region: of.region ?? region });
  }

  /** Makes a bucket that is set as is told, or sets one so that is there. */
  putBucket(seed: BucketSeed, region?: string): void {
    const { accountId, region: home } = this.#world.stack.options;
    seedBucket(this.#buckets, seed, { owner: accountId, region: region ?? home });
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
  async answer(request: Unread, { accessKeyId, token }: Signed): Promise<S3Answer> {
    const id = requestId();
    const { headers, ...answer } = await this.#answered(request, { accessKeyId, token }, id);
    return { ...answer, headers: { 'x-amz-request-id': id, ...headers } };
  }

  async #answered(request: Unread, { accessKeyId, token }: Signed, id: string): Promise<S3Answer> {
    const { access, latencyMs, log } = this.#world;
    const { target, ...rest } = request;
    if (latencyMs > 0) await sleep(latencyMs);
    try {
      const address = readAddress(target, request.headers.host);
      const caller = access.callerWith(accessKeyId, token);
      if (!caller) throw new S3Error('InvalidAccessKeyId');
      return await this.#perform({ ...rest, ...address, caller, id }, accessKeyId);
    } catch (error) {
      if (error instanceof Disconnect) throw error;
      if (error instanceof AwsError) return errorAnswer(error, request, id);
      log.error(`local AWS failed: ${error instanceof Error ? error.stack : String(error)}`);
      return errorAnswer(new S3Error('InternalError', `local AWS failed: ${String(error)}`), request, id);
    }
  }

  async #perform(request: S3Request, accessKeyId: string): Promise<S3Answer> {
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
    let done = false;
    const note = (error?: AwsError) => this.#note(request, accessKeyId, operation, bucket, error);
    try {
      const expected = request.headers['x-amz-expected-bucket-owner'];
      if (expected !== undefined && expected !== bucket.owner) throw new S3Error('AccessDenied');
      const needs = operation.needs(request, bucket);
      return await this.#world.gate.pass({ service: 's3', action, caller, input, needs }, async () => {
        const answer = await operation.run(request, bucket);
        done = true;
        note();
        return answer;
      });
    } catch (error) {
      if (!done && error instanceof AwsError) note(error);
      if (action !== 'HeadBucket' || !(error instanceof AwsError)) throw error;
      // The bucket's region is told even to whom it is refused.
      const headers = { 'x-amz-bucket-region': bucket.region };
      throw new S3Error(codeOf(error), error.message, { headers });
    }
  }

  /** CloudTrail's record of a call that was to change the bucket itself. */
  #note(
    request: S3Request,
    accessKeyId: string,
    operation: S3Operation,
    bucket: Bucket,
    error: AwsError | undefined,
  ): void {
    if (!operation.activity) return;
    const { caller, headers, id } = request;
    const activity = unlessUnreadable(() => operation.activity?.(request));
    if (!activity) return;
    this.#world.recording.note({
      eventSource: 's3',
      eventName: activity.eventName,
      region: bucket.region,
      caller,
      facts: { id, accessKeyId, userAgent: headers['user-agent'] ?? '' },
      details: {
        requestParameters: {
          ...activity.parameters,
          bucketName: bucket.name,
          Host: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
        },
        responseElements: null,
      },
      error: error && { code: codeOf(error), message: error.message },
    });
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

function errorAnswer(error: AwsError, { method, target }: Unread, id: string): S3Answer {
  const code = codeOf(error);
  const { headers = {}, details = {} } = error instanceof S3Error ? error : {};
  const [Resource] = target.split('?');
  const content = {
    Code: code,
    Message: error.message,
    ...details,
    Resource,
    RequestId: id,
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

/** What can't be read is not recorded: it was refused before anybody knew what it meant. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const underKey = (KMSMasterKeyID: string) => [
  { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID }, BucketKeyEnabled: true },
];

function bucketPolicies(stack: Stack): Map<string, { statements: Statement[]; text: string }> {
  const policies = stack.ofType('AWS::S3::BucketPolicy').map(({ properties, logicalId }) => {
    const document = properties['PolicyDocument'];
    const statements = readPolicy(document, logicalId);
    return [String(properties['Bucket']), { statements, text: JSON.stringify(document) }] as const;
  });
  return new Map(policies);
}
