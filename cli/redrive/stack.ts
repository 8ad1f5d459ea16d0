import type { NamedQueue } from '../../shared/aws/redrive-queues';

/** A queue of dead letters. */
export interface DeadLetterQueue extends NamedQueue {
  /** The function whose queue gives its messages up to it; none for the one that all functions share. */
  readonly functionName?: string;
}

/** The queues of a stack that redriving has to do with. */
export interface StackQueues {
  readonly deadLetterQueues: readonly DeadLetterQueue[];
  /** Each function's own queue, by the function's name. */
  readonly functionQueues: ReadonlyMap<string, NamedQueue>;
}

const SHARED = 'dead-letters';
const OWN = '-dlq';

export const prefixOf = (stage: string): string => `trailseal-${stage}-`;

/**
 * @param queues all whose names begin with the stage's prefix; those of another stage may be among them, as
 * `trailseal-dev-2-send-alert` could be of stage `dev` or of stage `dev-2`
 * @returns undefined when the queue is missing that every stack has
 */
export function queuesOf(stage: string, queues: readonly NamedQueue[]): StackQueues | undefined {
  const prefix = prefixOf(stage);
  const otherStages = queues
    .filter(({ name }) => name.endsWith(`-${SHARED}`))
    .map(({ name }) => name.slice(0, -SHARED.length))
    .filter((other) => other.startsWith(prefix) && other !== prefix);
  const ours = queues.filter(
    ({ name }) => name.startsWith(prefix) && !otherStages.some((other) => name.startsWith(other)),
  );
  const shared = ours.find(({ name }) => name === prefix + SHARED);
  if (shared === undefined) return undefined;
  const isOwn = ({ name }: NamedQueue) => name.endsWith(OWN);
  return {
    deadLetterQueues: [
      shared,
      ...ours
        .filter(isOwn)
        .map((queue) => ({ ...queue, functionName: queue.name.slice(prefix.length, -OWN.length) })),
    ],
    functionQueues: new Map(
      ours
        .filter((queue) => queue !== shared && !isOwn(queue))
        .map((queue) => [queue.name.slice(prefix.length), queue]),
    ),
  };
}

/** The account that a queue's URL names: `https://sqs.eu-central-1.amazonaws.com/123456789012/name`. */
export const accountOf = ({ url }: NamedQueue): string => url.split('/').at(-2) ?? '';
