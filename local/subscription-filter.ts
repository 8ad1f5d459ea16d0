import { AwsError } from './aws-error';
import { compileEventPattern } from './event-pattern';
import { isObject, parseObject } from './json';
import type { MessageAttributes } from './queue';

export type FilterScope = 'MessageAttributes' | 'MessageBody';
type Filter = (message: string, attributes: MessageAttributes) => boolean;

/** Compiles a subscription's filter policy. SNS speaks EventBridge's pattern language without `wildcard`. */
export function compileFilter(policy: unknown, scope: FilterScope): Filter {
  if (policy === undefined) return () => true;
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  if (/"wildcard"\s*:/.test(text)) {
    throw new AwsError(
      'InvalidParameterException',
      'Invalid parameter: FilterPolicy: Unrecognized match type wildcard',
    );
  }
  const matches = compileEventPattern(text);
  if (scope === 'MessageAttributes') return (_, attributes) => matches(attributeValues(attributes));
  return (message) => {
    const body = parseObject(message);
    return body !== undefined && matches(body);
  };
}

/** Attributes as the values that a filter policy compares; binary attributes can't be filtered on. */
function attributeValues(attributes: MessageAttributes): Record<string, unknown> {
  const entries = Object.entries(attributes).flatMap(([name, { DataType, StringValue = '' }]) => {
    if (DataType.startsWith('Binary')) return [];
    if (DataType.startsWith('Number')) return [[name, Number(StringValue)] as const];
    if (DataType === 'String.Array') return [[name, parseArray(StringValue)] as const];
    return [[name, StringValue] as const];
  });
  return Object.fromEntries(entries);
}

function parseArray(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) && !value.some(isObject) ? value : [];
}
