import { randomUUID } from 'node:crypto';
import { type AccessControl, accessKeyOf, type Caller, LOCAL_SECRET } from './access';
import type { Activity, Log } from './activity';
import { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { Gate } from './gate';
import { readStatement, type Statement } from './iam';
import { isObject, list } from './json';
import type { Queues } from './services/sqs';
import { allowProperties, type Resource, type Stack } from './template';

/** How a function is called. `functionError` says that the handler threw or timed out. */
export type Invoke = (functionName: string, payload: unknown) => Promise<InvokeResult>;

export interface InvokeResult {
  payload: unknown;
  functionError?: string;
}

interface LambdaFunction {
  resource: Resource;
  policy: Statement[];
  logGroup: string;
  retries: number;
  maximumAgeSeconds: number;
  onFailure: string | undefined;
  deadLetters: string | undefined;
}

const LAMBDA = 'lambda.amazonaws.com';
/** Lambda waits one minute, then two, between the attempts of an asynchronous invocation. */
const ASYNC_PAUSES = [60_000, 120_000];

/** The functions of the stack, and how AWS calls them. */
export class Functions {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #world: FunctionsWorld;

  constructor(world: FunctionsWorld) {
    this.#world = world;
    for (const resource of world.stack.ofType('AWS::Lambda::Function')) {
      this.#functions.set(resource.name, readFunction(resource, world.stack));
    }
  }

  names(): string[] {
    return [...this.#functions.keys()];
  }

  /** By name, or by a plain or qualified ARN. */
  named(nameOrArn: string): Resource {
    return this.#find(nameOrArn).resource;
  }

  /** Whom a function lets call it, beside whoever has the right. */
  policyOf(nameOrArn: string): Statement[] {
    return this.#find(nameOrArn).policy;
  }

  /** The environment as Lambda would set it, with the credentials that make the role count. */
  environment(name: string): Record<string, string> {
    const { resource, logGroup } = this.#find(name);
    const { region, url } = this.#world.stack.options;
    const own = isObject(resource.properties['Environment'])
      ? resource.properties['Environment']['Variables']
      : {};
    return {
      ...Object.fromEntries(Object.entries(own ?? {}).map(([key, value]) => [key, String(value)])),
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyOf(resource.logicalId),
      AWS_SECRET_ACCESS_KEY: LOCAL_SECRET,
      AWS_LAMBDA_FUNCTION_NAME: resource.name,
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  /** Calls a function and waits for its answer. */
  async invoke(name: string, payload: unknown): Promise<InvokeResult> {
    const { resource } = this.#find(name);
    const { gate, access, activity, log, invoke } = this.#world;
    const caller: Caller = { kind: 'service', name: LAMBDA, sourceArn: resource.arn };
    const input = { FunctionName: resource.name, Payload: payload };
    return activity.during(async () => {
      const result = await gate
        .pass({ service: 'lambda', action: 'Invoke', caller, input, needs: [], implied: true }, () =>
          invoke(resource.name, payload),
        )
        .catch(
          (error: unknown): InvokeResult => ({ payload: errorPayload(error), functionError: 'Unhandled' }),
        );
      this.#writeLogs(resource.name, access);
      if (result.functionError) log.error(`${resource.name} failed: ${errorMessage(result.payload)}`);
      return result;
    });
  }

  /** Accepts an event for later, as EventBridge, SNS and an Event invocation do. */
  invokeLater(name: string, payload: unknown, caller: Caller): void {
    const fn = this.#find(name);
    const { access, activity } = this.#world;
    access.demand(
      caller,
      [{ action: 'lambda:InvokeFunction', resource: fn.resource.arn, policy: fn.policy }],
      true,
    );
    activity.start(() => this.#attempts(fn, payload));
  }

  async #attempts(fn: LambdaFunction, payload: unknown): Promise<void> {
    const { clock, activity, signal } = this.#world;
    const start = clock.now();
    let result = await this.invoke(fn.resource.name, payload);
    let attempts = 1;
    let condition = 'RetriesExhausted';
    while (result.functionError && attempts <= fn.retries && !signal.aborted) {
      const pause = ASYNC_PAUSES[attempts - 1] ?? 120_000;
      if (clock.now() + pause - start > fn.maximumAgeSeconds * 1000) {
        condition = 'EventAgeExceeded';
        break;
      }
      await activity.rest(clock.wait(pause, signal));
      if (signal.aborted) return;
      result = await this.invoke(fn.resource.name, payload);
      attempts += 1;
    }
    if (result.functionError) await this.#giveUp(fn, payload, result, { attempts, condition });
  }

  async #giveUp(
    fn: LambdaFunction,
    payload: unknown,
    result: InvokeResult,
    { attempts, condition }: { attempts: number; condition: string },
  ): Promise<void> {
    const { clock, access, log, queues } = this.#world;
    const caller = access.functionCaller(fn.resource.name);
    const requestId = randomUUID();
    const record = {
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${fn.resource.arn}:$LATEST`,
        condition,
        approximateInvokeCount: attempts,
      },
      requestPayload: payload,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
      responsePayload: result.payload,
    };
    try {
      if (fn.onFailure) await queues.deliver(fn.onFailure, JSON.stringify(record), { caller });
      if (fn.deadLetters) {
        const attributes = {
          RequestID: { DataType: 'String', StringValue: requestId },
          ErrorCode: { DataType: 'Number', StringValue: '200' },
          ErrorMessage: { DataType: 'String', StringValue: errorMessage(result.payload).slice(0, 1024) },
        };
        await queues.deliver(fn.deadLetters, JSON.stringify(payload), { caller, attributes });
      }
    } catch (error) {
      log.error(
        `${fn.resource.name}: its failed event is LOST, the destination refused it: ${String(error)}`,
      );
      return;
    }
    if (!fn.onFailure && !fn.deadLetters)
      log.error(`${fn.resource.name}: its failed event is LOST, it has no destination`);
  }

  /** Lambda writes the function's log under the function's role: a role without that right runs blind. */
  #writeLogs(name: string, access: AccessControl): void {
    const { region, accountId } = this.#world.stack.options;
    const stream = `arn:aws:logs:${region}:${accountId}:log-group:${this.#find(name).logGroup}:log-stream:local`;
    const needs = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      resource: stream,
    }));
    for (const need of needs) {
      try {
        access.demand(access.functionCaller(name), [need], true);
      } catch (error) {
        this.#world.log.error(
          `${name}: no log is written. ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }

  #find(nameOrArn: string): LambdaFunction {
    const name = /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
    const fn = this.#functions.get(name);
    if (!fn) throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    return fn;
  }
}

export interface FunctionsWorld {
  stack: Stack;
  access: AccessControl;
  gate: Gate;
  queues: Queues;
  activity: Activity;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  invoke: Invoke;
}

/** The message of what a handler threw, in one line. */
export function errorMessage(payload: unknown): string {
  if (!isObject(payload)) return String(payload);
  const { errorType, errorMessage: message } = payload;
  const type = errorType && errorType !== 'Error' ? `${String(errorType)}: ` : '';
  return `${type}${String(message ?? JSON.stringify(payload))}`.replace(/\s*\n\s*/g, ' ');
}

const errorPayload = (error: unknown) => ({
  errorType: error instanceof AwsError ? error.code : error instanceof Error ? error.name : 'Error',
  errorMessage: error instanceof Error ? error.message : String(error),
});

function readFunction(resource: Resource, stack: Stack): LambdaFunction {
  const { name, logicalId, properties } = resource;
  const config = stack
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((c) => String(c.properties['FunctionName']).split(':').includes(name));
  if (config) {
    allowProperties(config, [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig',
    ]);
  }
  const destinations = config?.properties['DestinationConfig'];
  if (isObject(destinations) && destinations['OnSuccess']) {
    throw new Error(`${logicalId}: an OnSuccess destination isn't simulated by local AWS`);
  }
  const loggingConfig = properties['LoggingConfig'];
  const logGroup = isObject(loggingConfig) ? loggingConfig['LogGroup'] : undefined;
  return {
    resource,
    policy: readPermissions(resource, stack),
    logGroup: String(logGroup ?? `/aws/lambda/${name}`),
    retries: Number(config?.properties['MaximumRetryAttempts'] ?? 2),
    maximumAgeSeconds: Number(config?.properties['MaximumEventAgeInSeconds'] ?? 21_600),
    onFailure: queueArn(
      isObject(destinations) ? destinations['OnFailure'] : undefined,
      'Destination',
      logicalId,
    ),
    deadLetters: queueArn(properties['DeadLetterConfig'], 'TargetArn', logicalId),
  };
}

function queueArn(config: unknown, property: string, where: string): string | undefined {
  const arn = isObject(config) ? config[property] : undefined;
  if (arn === undefined) return undefined;
  if (!String(arn).startsWith('arn:aws:sqs:')) {
    throw new Error(`${where}: only an SQS queue as a failure destination is simulated, not ${String(arn)}`);
  }
  return String(arn);
}

/** AWS::Lambda::Permission is the function's resource policy, a statement at a time. */
function readPermissions(fn: Resource, stack: Stack): Statement[] {
  return stack
    .ofType('AWS::Lambda::Permission')
    .filter(({ properties }) => [fn.name, fn.arn].includes(String(properties['FunctionName'])))
    .map(({ logicalId, properties }) => {
      const { Action, Principal, SourceArn, SourceAccount } = properties;
      const conditions = {
        ...(SourceArn ? { ArnLike: { 'aws:SourceArn': SourceArn } } : {}),
        ...(SourceAccount ? { StringEquals: { 'aws:SourceAccount': SourceAccount } } : {}),
      };
      const principal = String(Principal).includes('amazonaws.com')
        ? { Service: Principal }
        : { AWS: Principal };
      return readStatement(
        {
          Effect: 'Allow',
          Action: list(Action),
          Resource: fn.arn,
          Principal: principal,
          Condition: conditions,
        },
        logicalId,
      );
    });
}
