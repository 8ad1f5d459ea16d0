import type { Json, JsonObject } from '../contracts/aws/configuration-item';
import type { AwsCall, ReadCall } from '../contracts/trailseal/remediation';
import type { Callable, Client, Credentials } from './calls/callable';
import {
  type CallMade,
  failureOf,
  hadNobodyToHear,
  insideOf,
  NotConnected,
  requestIdOf,
  UnknownCall,
  Unsent,
} from './calls/outcome';
import { plainAnswer } from './calls/plain-answer';
import { services } from './calls/services';

export type { CallMade };

export type CallsRead =
  /** By the names of the calls; null where AWS answered one of `absentOn`. */
  | { readonly answers: Readonly<Record<string, Json>> }
  /** As a sentence: why the state can not be known, with AWS's code. */
  | { readonly unreadable: string; readonly code: string };

/** Makes calls that are given as data. */
export interface CallsPerformer {
  /** Asks again by itself where AWS throttles or fails. @throws what is worth another try later */
  read(calls: readonly ReadCall[]): Promise<CallsRead>;
  /** Sends the call once and never again: whoever gets no answer decides. Never throws. */
  apply(call: AwsCall): Promise<CallMade>;
}

export interface PerformSettings {
  readonly credentials: Credentials;
  /** Where AWS is, where it is not what the environment says. */
  readonly endpoint?: string;
}

const READ_ATTEMPTS = 4;
export function performCalls({ credentials, endpoint }: PerformSettings): CallsPerformer {
  const clients = new Map<string, Client>();

  function clientFor(of: Callable, { service, region }: AwsCall, maxAttempts: number): Client {
    const key = `${service} ${region} ${maxAttempts}`;
    const client =
      clients.get(key) ??
      of.connect({
        region,
        credentials,
        maxAttempts,
        ...(endpoint === undefined ? {} : { endpoint }),
        requestHandler: { connectionTimeout: 3_000, requestTimeout: 25_000, throwOnRequestTimeout: true },
      });
    clients.set(key, client);
    return client;
  }

  /** @throws Unsent for what did not leave, and what the client throws for the rest */
  async function send(call: AwsCall, maxAttempts: number) {
    if (!Object.hasOwn(services, call.service)) return unknownAction(call);
    const { service } = await services[call.service]();
    const Command = service.commands.get(call.action) ?? unknownAction(call);
    const command = new Command(inputOf(call));
    let hasLeft = false;
    command.middlewareStack.add(
      (next) => async (args) => {
        hasLeft = true;
        try {
          return await next(args);
        } catch (error) {
          hasLeft = !hadNobodyToHear(error);
          throw hasLeft ? error : new NotConnected(String(error));
        }
      },
      { step: 'deserialize', priority: 'low', name: 'noteThatItLeaves' },
    );
    try {
      const output = await clientFor(service, call, maxAttempts).send(command);
      return { answer: plainAnswer(command.schema, output), requestId: requestIdOf(output) };
    } catch (error) {
      throw hasLeft ? error : new Unsent(error);
    }
  }

  return {
    async read(calls) {
      const answers: Record<string, Json> = {};
      for (const { as, call, absentOn } of calls) {
        try {
          answers[as] = (await send(call, READ_ATTEMPTS)).answer;
        } catch (error) {
          const { code, says, passing } = failureOf(error);
          if (!(error instanceof Unsent) && absentOn.includes(code)) answers[as] = null;
          else if (passing) throw error instanceof Unsent ? error.cause : error;
          else
            return { unreadable: `${call.service} ${call.action} was refused with ${code}: ${says}`, code };
        }
      }
      return { answers };
    },

    async apply(call) {
      try {
        const { answer, requestId } = await send(call, 1);
        if (requestId === undefined) return { state: 'unknown', error: 'the answer has no request id' };
        return insideOf(answer, requestId) ?? { state: 'done', requestId, answer };
      } catch (error) {
        const { code, says, requestId, passing, answered } = failureOf(error);
        if (!answered) return { state: 'unknown', error: `${code}: ${says}` };
        return {
          state: 'refused',
          code,
          says,
          ...(requestId === undefined ? {} : { requestId }),
          ...(passing ? { retryable: true } : {}),
        };
      }
    },
  };
}

const unknownAction = ({ service, action }: AwsCall): never => {
  throw new Unsent(new UnknownCall(`${service} ${action} is no call of a remediation`));
};

/** @throws Unsent for a bucket whose owner is not said: its name could be anybody's by now */
function inputOf({ service, action, input }: AwsCall): JsonObject {
  if (service === 's3' && typeof input['ExpectedBucketOwner'] !== 'string')
    throw new Unsent(new UnknownCall(`s3 ${action} does not say whose bucket it is about`));
  const dated = (value: Json): unknown => {
    if (Array.isArray(value)) return value.map(dated);
    if (typeof value !== 'object' || value === null) return value;
    const { $time: time, $answer: answer } = value as JsonObject;
    if (answer !== undefined)
      throw new Unsent(new UnknownCall(`${service} ${action} lacks an answer of an earlier call`));
    if (typeof time === 'string') return new Date(time);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, dated(member)]));
  };
  return dated(input) as JsonObject;
}
