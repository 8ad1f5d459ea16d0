/**
 * Event patterns as Amazon EventBridge reads them.
 *
 * Sources: Amazon EventBridge User Guide, "Event patterns" and "Comparison operators for use in event
 * patterns"; github.com/aws/event-ruler (2.x), the engine of the service; EventBridge API Reference, PutRule,
 * for the size limit.
 */
import { matchesConsistently } from './event-pattern/array-consistency';
import { InvalidEventPattern } from './event-pattern/errors';
import { eventLeaves, stepsOf, type WantedFields } from './event-pattern/event-leaves';
import { JsonSyntaxError, type JsonValue, parseJson } from './event-pattern/json';
import { readSubRules, sortedFields } from './event-pattern/sub-rules';

export { InvalidEvent, InvalidEventPattern } from './event-pattern/errors';

/** The longest EventPattern the API takes, in characters. */
const MAX_PATTERN_LENGTH = 4096;

/**
 * Tells whether an event matches the pattern it was compiled from.
 * @param event JSON text or a parsed event; text keeps the spelling of numbers and repeated keys
 * @throws InvalidEvent when the event is not a JSON object
 */
export type EventPredicate = (event: string | object) => boolean;

/**
 * Validates a pattern and prepares it for matching many events.
 * @param pattern JSON text or a parsed pattern; in text, spelling of numbers and repeated keys count as on AWS
 * @throws InvalidEventPattern when EventBridge would refuse the pattern; its message says what is wrong and where
 */
export function compileEventPattern(pattern: string | object): EventPredicate {
  const subRules = readSubRules(parsePattern(pattern)).map(sortedFields);
  const names = new Set(subRules.flatMap((fields) => fields.map(([name]) => name)));
  const wanted: WantedFields = { names, steps: new Set([...names].flatMap(stepsOf)) };
  return (event) => {
    const leaves = eventLeaves(event, wanted);
    return subRules.some((fields) => matchesConsistently(fields, leaves));
  };
}

/**
 * Validates a pattern.
 * @throws InvalidEventPattern when EventBridge would refuse it; the message says what is wrong and where
 */
export function validateEventPattern(pattern: string | object): void {
  compileEventPattern(pattern);
}

/**
 * Tells whether an event matches a pattern. To match a pattern more than once, compile it.
 * @throws InvalidEventPattern when EventBridge would refuse the pattern
 * @throws InvalidEvent when the event is not a JSON object
 */
export function matchesEventPattern(pattern: string | object, event: string | object): boolean {
  return compileEventPattern(pattern)(event);
}

function parsePattern(pattern: string | object): JsonValue {
  const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  if (text.length > MAX_PATTERN_LENGTH) {
    throw new InvalidEventPattern(
      `The pattern has ${text.length} characters, at most ${MAX_PATTERN_LENGTH} are allowed`,
    );
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? new InvalidEventPattern(error.reason, error.where) : error;
  }
}
