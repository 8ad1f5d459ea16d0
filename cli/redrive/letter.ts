import type { ReceivedMessage } from '../../shared/aws/redrive-queues';
import { printable } from '../terminal';
import { type DeadLetterQueue, prefixOf } from './stack';

/** A dead letter as it is shown, told apart and put back. All text in it is fit for a terminal. */
export interface Letter {
  readonly id: string;
  readonly queue: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** The function that did not get it done; undefined when nothing says so. */
  readonly functionName: string | undefined;
  readonly reason: string;
  readonly error: string;
  /** How the body begins. */
  readonly body: string;
}

const TEXT_LENGTH = 200;
const NAME_LENGTH = 64;

type Attributes = ReceivedMessage['attributes'];

interface Origin {
  fits(message: ReceivedMessage, queue: DeadLetterQueue): boolean;
  reason(attributes: Attributes): string;
  error(attributes: Attributes): string;
}

/** Who gave a message up, by what stands on it: the first that fits. */
const origins: readonly Origin[] = [
  {
    // Buried by a function, which names itself.
    fits: ({ attributes }) => attributes['stage'] !== undefined,
    reason: ({ reason }) => reason ?? 'unknown',
    error: ({ error }) => error ?? '',
  },
  {
    // Undelivered by EventBridge, which names its rule.
    fits: ({ attributes }) => attributes['RULE_ARN'] !== undefined,
    reason: ({ ERROR_CODE }) => ERROR_CODE ?? 'undelivered',
    error: ({ RULE_ARN = '', ERROR_MESSAGE }) =>
      `rule ${lastPart(RULE_ARN)} could not deliver it: ${ERROR_MESSAGE ?? 'no message'}`,
  },
  {
    // Moved by SQS, which leaves no other mark.
    fits: ({ movedFrom }, { functionName }) => movedFrom !== undefined || functionName !== undefined,
    reason: () => 'received-too-often',
    error: () => 'received too often: the function failed each time, its log says why',
  },
];

export function readLetter(message: ReceivedMessage, queue: DeadLetterQueue, stage: string): Letter {
  const { id, attributes, sentAt, body } = message;
  const origin = origins.find(({ fits }) => fits(message, queue));
  const functionName = queue.functionName ?? attributes['stage'] ?? targetOf(attributes, stage);
  return {
    id,
    queue: queue.name,
    sentAt,
    functionName: functionName === undefined ? undefined : printable(functionName, NAME_LENGTH),
    reason: printable(origin?.reason(attributes) ?? 'unknown', NAME_LENGTH),
    error: printable(origin?.error(attributes) ?? '', TEXT_LENGTH),
    body: printable(body, TEXT_LENGTH),
  };
}

/** The function that EventBridge could not reach, or whose queue it could not. */
function targetOf({ TARGET_ARN }: Attributes, stage: string): string | undefined {
  if (TARGET_ARN === undefined) return undefined;
  const name = lastPart(TARGET_ARN);
  return name.startsWith(prefixOf(stage)) ? name.slice(prefixOf(stage).length) : name;
}

const lastPart = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;
