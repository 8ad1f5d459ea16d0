import { randomUUID } from 'node:crypto';
import { type FunctionQueues, functionQueues } from '../../shared/aws/function-queues';
import { DoorFailure, type LocalDoor } from '../../shared/aws/local-door';
import { operatorSqs } from '../../shared/aws/operator-place';
import { errorText } from '../aws-failure';
import { Failure } from '../failure';
import type { Target } from '../target';
import type { Sendable } from './event';

/** Where events go, and as what. */
export interface Route {
  /** For people: the account and Region, or the laptop. */
  readonly name: string;
  /** The account that the stack is in: events of others need to be covered by compliance.yml. */
  readonly accountId: string;
  /** What would be sent, without sending it. */
  prepared(sendable: Sendable): Prepared;
  /** @returns why each could not be sent, by its place; none for those that were */
  send(prepared: readonly Prepared[]): Promise<ReadonlyMap<string, string>>;
}

export interface Prepared {
  readonly place: string;
  /** The queue's name, or the door. */
  readonly to: string;
  readonly body: object;
}

/** The door takes a file whole or not at all; in parts, one request stays small. */
const DOOR_EVENTS = 100;

/** On the laptop AWS itself speaks, so nothing marks the events. */
export const laptopRoute = ({ place }: Target, accountId: string, door: LocalDoor): Route => ({
  name: `laptop at ${place.endpoint}`,
  accountId,
  prepared: ({ place: from, event }) => ({
    place: from,
    to: `${place.endpoint}/_trailseal/events`,
    body: event,
  }),
  async send(prepared) {
    const failed = new Map<string, string>();
    for (let start = 0; start < prepared.length; start += DOOR_EVENTS) {
      const part = prepared.slice(start, start + DOOR_EVENTS);
      try {
        await door.putEvents(part.map(({ body }) => body));
      } catch (error) {
        if (!(error instanceof DoorFailure)) throw error;
        for (const { place: from } of part) failed.set(from, error.message);
      }
    }
    return failed;
  },
});

/** Says that it was not AWS that sent an event: put beside what EventBridge itself puts around it. */
export const operatorMark = { trailseal: { origin: 'operator' } } as const;

const AT_ONCE = 8;

/**
 * Past EventBridge, which takes nothing in AWS's name, and right onto the queue of the function that an event is for.
 * @param functionNames whose queues are needed
 * @throws Failure when a function has no queue
 */
export async function awsRoute(
  { stage, place }: Target,
  functionNames: readonly string[],
  now: () => Date,
  queues: FunctionQueues = functionQueues(operatorSqs(place)),
): Promise<Route> {
  const region = await queues.region();
  const urls = new Map<string, string>();
  for (const name of new Set(functionNames.map((functionName) => queueName(stage, functionName)))) {
    const url = await queues.urlOf(name);
    if (url === undefined) throw noQueue(name, region);
    urls.set(name, url);
  }
  const accountId = [...urls.values()][0]?.split('/').at(-2) ?? '';
  const through = place.endpoint === undefined ? '' : ` through ${place.endpoint}`;
  return {
    name: `AWS account ${accountId} region ${region}${through}, stage ${stage}`,
    accountId,
    prepared: ({ place: from, event, kind }) => ({
      place: from,
      to: queueName(stage, kind.functionName),
      body: {
        version: '0',
        id: randomUUID(),
        account: accountId,
        region,
        time: `${now().toISOString().slice(0, 19)}Z`,
        resources: [],
        ...event,
        ...operatorMark,
      },
    }),
    async send(prepared) {
      const failed = new Map<string, string>();
      const waiting = [...prepared];
      while (waiting.length > 0) {
        await Promise.all(
          waiting.splice(0, AT_ONCE).map(async ({ place: from, to, body }) => {
            try {
              await queues.send(urls.get(to) ?? '', JSON.stringify(body));
            } catch (error) {
              failed.set(from, errorText(error));
            }
          }),
        );
      }
      return failed;
    },
  };
}

export const queueName = (stage: string, functionName: string): string =>
  `trailseal-${stage}-${functionName}`;

const noQueue = (name: string, region: string): Failure =>
  new Failure(`There is no queue ${name} in Region ${region}`, [
    'Name the stack: --stage STAGE --region REGION, and the account: --profile NAME',
    'Or deploy it: npx serverless deploy. Or try it on this machine: npm start',
  ]);
