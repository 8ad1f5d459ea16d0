import { randomUUID } from 'node:crypto';
import { type Caller, identityOf, sessionArn } from './access';
import { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { JsonObject } from './json';
import { messageOf, recordedCode } from './protocol';
import { type ItemParts, Items } from './recording/items';
import type { CallDetails, Operation, RequestFacts, Service } from './service';

/** A long-running laptop session keeps the newest records only. */
const KEPT = 10_000;

export interface RecordingWorld {
  accountId: string;
  clock: Clock;
  /** Puts an event onto the default bus as AWS itself. */
  emit(event: JsonObject): void;
  /** Lets LookupEvents know of a record. */
  remember(record: JsonObject): void;
}

/** One call on its way through, with what CloudTrail would write of it. */
export interface RecordedCall {
  service: Service;
  action: string;
  operation: Operation;
  input: unknown;
  caller: Caller;
  region: string;
  facts: RequestFacts;
}

/** A call that is over, as CloudTrail writes of it. */
export interface NotedCall {
  /** Without its domain. */
  eventSource: string;
  eventName: string;
  region: string;
  caller: Caller;
  facts: RequestFacts;
  details: CallDetails;
  readOnly?: boolean;
  error: { code: string; message: string } | undefined;
}

/**
 * What AWS tells of changes: a CloudTrail record of each call that changes something, refused ones too, and an item of
 * AWS Config for each resource that has become another. Both go onto the default bus at once; AWS takes minutes.
 */
export class Recording {
  /** CloudTrail's records in order, as log files have them. */
  readonly records: JsonObject[] = [];
  readonly #items: Items;
  readonly #world: RecordingWorld;

  constructor(world: RecordingWorld) {
    this.#world = world;
    this.#items = new Items(world);
  }

  /** Makes a call with `pass` and records how it ended. What its operation did counts, not whether its answer came. */
  async around(call: RecordedCall, pass: (run: () => unknown) => Promise<unknown>): Promise<unknown> {
    const { operation, input, caller, region } = call;
    let done = false;
    try {
      return await pass(async () => {
        const output = await operation.run(input, caller, region);
        done = true;
        this.#record(call, output, undefined);
        return output;
      });
    } catch (error) {
      if (!done && error instanceof AwsError) this.#record(call, undefined, error);
      throw error;
    }
  }

  /** Tells of a resource as AWS Config would, where it is no longer as it was told the last time. */
  item(parts: ItemParts): void {
    const event = this.#items.next(parts);
    if (event) this.#world.emit(event);
  }

  /** Takes a resource as known, so that only what becomes of it is told. */
  known(parts: ItemParts): void {
    this.#items.next(parts);
  }

  /** Tells of a resource as it is, whether it has changed or not. */
  announce(parts: ItemParts): void {
    this.#items.forget(parts);
    this.item(parts);
  }

  #record(call: RecordedCall, output: unknown, error: AwsError | undefined): void {
    const { service, action, operation, input, caller, region, facts } = call;
    if (!operation.activity) return;
    this.note({
      eventSource: service.recordedAs ?? service.name,
      eventName: operation.recordedAs ?? action,
      region: service.recordedIn ?? region,
      caller,
      facts,
      details: operation.activity(input, output, facts),
      ...(operation.readOnly ? { readOnly: true } : {}),
      error: error && { code: recordedCode(service, error), message: messageOf(service, error) },
    });
  }

  /** Writes CloudTrail's record of a call. What AWS does by itself is not recorded. */
  note({ eventSource, eventName, region, caller, facts, details, readOnly = false, error }: NotedCall): void {
    if (caller.kind === 'service') return;
    const { accountId, clock, emit, remember } = this.#world;
    const eventTime = toTheSecond(clock.now());
    const record = {
      eventVersion: '1.11',
      userIdentity: userIdentity(caller, accountId, facts, eventTime),
      eventTime,
      eventSource: `${eventSource}.amazonaws.com`,
      eventName,
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      userAgent: facts.userAgent,
      ...(error ? { errorCode: error.code, errorMessage: error.message } : {}),
      requestParameters: details.requestParameters ?? null,
      responseElements: error ? null : (details.responseElements ?? null),
      requestID: facts.id,
      eventID: randomUUID(),
      readOnly,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: accountId,
      eventCategory: 'Management',
    };
    if (this.records.length >= KEPT) this.records.splice(0, KEPT / 10);
    this.records.push(record);
    remember(record);
    emit({
      version: '0',
      'detail-type': 'AWS API Call via CloudTrail',
      source: `aws.${eventSource}`,
      account: accountId,
      time: eventTime,
      region,
      resources: [],
      detail: record,
    });
  }
}

function userIdentity(
  caller: Exclude<Caller, { kind: 'service' }>,
  accountId: string,
  { accessKeyId }: RequestFacts,
  now: string,
): JsonObject {
  if (caller.kind !== 'role') {
    const { name } = caller;
    const { arn, userId } = identityOf(caller, accountId);
    return { type: 'IAMUser', principalId: userId, arn, accountId, accessKeyId, userName: name };
  }
  const { name, arn } = caller.role;
  const { startedAt, sourceIdentity } = caller.session ?? {};
  const creationDate = startedAt === undefined ? now : toTheSecond(startedAt);
  return {
    type: 'AssumedRole',
    principalId: `AROALOCAL:${caller.name}`,
    arn: sessionArn(caller),
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: 'AROALOCAL', arn, accountId, userName: name },
      attributes: { creationDate, mfaAuthenticated: 'false' },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
}

const toTheSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
