import { dynamodb, kms, secretsmanager } from './data';
import { ec2 } from './ec2';
import { iam } from './iam';
import { lambda } from './lambda';
import { cloudtrail, config, guardduty, logs } from './logging';
import { sns, sqs } from './messaging';
import { rds } from './rds';
import type { Effect, ResourceCalls, ServiceCalls } from './resource-calls';
import { s3 } from './s3';

export const services: readonly ServiceCalls[] = [
  cloudtrail,
  config,
  dynamodb,
  ec2,
  guardduty,
  iam,
  kms,
  lambda,
  logs,
  rds,
  s3,
  secretsmanager,
  sns,
  sqs,
];

/** A type with its calls one by one. */
export interface KnownType extends Omit<ResourceCalls, 'calls' | 'creates' | 'deletes'> {
  readonly eventSource: string;
  readonly effects: ReadonlyMap<string, Effect>;
}

function effectsOf({ calls, creates = '', deletes = '' }: ResourceCalls): ReadonlyMap<string, Effect> {
  const namesIn = (text: string) => text.split(' ').filter((name) => name !== '');
  const touches = new Map(
    Object.entries(calls).flatMap(([names, touched]) =>
      namesIn(names).map((name) => [name, touched] as const),
    ),
  );
  const [creating, deleting] = [new Set(namesIn(creates)), new Set(namesIn(deletes))];
  return new Map(
    [...creating, ...deleting, ...touches.keys()].map((name) => [
      name,
      { creates: creating.has(name), deletes: deleting.has(name), touches: touches.get(name) ?? [] },
    ]),
  );
}

const known: readonly KnownType[] = services.flatMap(({ eventSource, types }) =>
  types.map((type) => {
    const { calls: _calls, creates: _creates, deletes: _deletes, ...rest } = type;
    return { ...rest, eventSource, effects: effectsOf(type) };
  }),
);

function grouped(keyOf: (type: KnownType) => string): ReadonlyMap<string, readonly KnownType[]> {
  const groups = new Map<string, KnownType[]>();
  for (const type of known) groups.set(keyOf(type), [...(groups.get(keyOf(type)) ?? []), type]);
  return groups;
}

const NONE: readonly KnownType[] = [];
const bySource = grouped(({ eventSource }) => eventSource);
const byType = grouped(({ type }) => type);

/** The types that the calls of a service name. */
export const typesOf = (eventSource: string): readonly KnownType[] => bySource.get(eventSource) ?? NONE;

/** What is known of a type, once for each service whose calls name it. */
export const knownTypes = (type: string): readonly KnownType[] => byType.get(type) ?? NONE;
