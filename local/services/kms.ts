import * as client from '@aws-sdk/client-kms';
import type { AccessControl } from '../access';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { readPolicy, type Statement } from '../iam';
import { isObject, type JsonObject } from '../json';
import { operation, type Service } from '../service';
import type { Stack } from '../template';

const DAY_MS = 86_400_000;
const LEAST_DAYS = 7;
const MOST_DAYS = 30;

type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

interface Key {
  id: string;
  arn: string;
  region: string;
  description: string;
  state: KeyState;
  manager: 'CUSTOMER' | 'AWS';
  createdAt: number;
  deletionAt?: number;
  policy: Statement[];
  aliases: string[];
  tags: Record<string, string>;
}

/** A key to put in. Without a policy it trusts the account, as a new key does. */
export interface KeySeed {
  KeyId: string;
  Description?: string;
  KeyState?: KeyState;
  KeyManager?: 'CUSTOMER' | 'AWS';
  /** With KeyState PendingDeletion. */
  DeletionDate?: Date | string;
  Policy?: unknown;
  Aliases?: string[];
  Tags?: Record<string, string>;
}

/** The KMS keys of the template, and those that were put in. */
export class Kms {
  readonly #keys = new Map<string, Key>();
  readonly #stack: Stack;
  readonly #clock: Clock;

  constructor(stack: Stack, access: AccessControl, clock: Clock) {
    this.#stack = stack;
    this.#clock = clock;
    for (const { name, arn, properties } of stack.ofType('AWS::KMS::Key')) {
      const policy = access.keyNamed(arn)?.policy ?? [];
      const isOff = properties['Enabled'] === false;
      this.#add({
        ...blank(name, arn, stack.options.region, clock.now()),
        description: String(properties['Description'] ?? ''),
        state: isOff ? 'Disabled' : 'Enabled',
        policy,
        aliases: stack
          .ofType('AWS::KMS::Alias')
          .filter((alias) => access.keyNamed(alias.properties['TargetKeyId'])?.arn === arn)
          .map((alias) => alias.name),
      });
    }
  }

  /** Makes or replaces a key. */
  putKey(seed: KeySeed, region = this.#stack.options.region): void {
    const { accountId } = this.#stack.options;
    const { KeyId, KeyState = 'Enabled', KeyManager = 'CUSTOMER', DeletionDate } = seed;
    const arn = `arn:aws:kms:${region}:${accountId}:key/${KeyId}`;
    const trusting = { Statement: { ...TRUSTING, Principal: { AWS: `arn:aws:iam::${accountId}:root` } } };
    const deletionAt = DeletionDate
      ? new Date(DeletionDate).getTime()
      : this.#clock.now() + MOST_DAYS * DAY_MS;
    this.#add({
      ...blank(KeyId, arn, region, this.#clock.now()),
      description: seed.Description ?? '',
      state: KeyState,
      manager: KeyManager,
      ...(KeyState === 'PendingDeletion' ? { deletionAt } : {}),
      policy: readPolicy(seed.Policy ?? trusting, arn),
      aliases: seed.Aliases ?? [],
      tags: seed.Tags ?? {},
    });
  }

  /** By key id or ARN; by alias too, where the operation takes one. */
  find(id: string, region: string, { alias = false } = {}): Key {
    const name = id.replace(/^arn:aws[\w-]*:kms:[^:]*:[^:]*:(key\/)?/, '');
    const isAlias = name.startsWith('alias/');
    if (isAlias && !alias) throw new AwsError('NotFoundException', `Invalid keyId '${id}'`);
    const found = [...this.#keys.values()].find(
      (key) => key.region === region && (isAlias ? key.aliases.includes(name) : key.id === name),
    );
    if (found) return found;
    const place = `arn:aws:kms:${region}:${this.#stack.options.accountId}`;
    const absent = isAlias
      ? `Alias ${place}:${name} is not found.`
      : `Key '${place}:key/${name}' does not exist`;
    throw new AwsError('NotFoundException', absent);
  }

  #add(key: Key): void {
    this.#keys.set(key.arn, key);
  }
}

const TRUSTING = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };

const blank = (id: string, arn: string, region: string, createdAt: number): Key => ({
  id,
  arn,
  region,
  description: '',
  state: 'Enabled',
  manager: 'CUSTOMER',
  createdAt,
  policy: [],
  aliases: [],
  tags: {},
});

interface KeyInput {
  KeyId: string;
}

/** The part of the KMS API that looks after keys. Nothing is encrypted here. */
export function kmsService(kms: Kms, { options: { accountId } }: Stack, clock: Clock): Service {
  const need = (action: string, key: Key, keys: Record<string, string> = {}) => ({
    action: `kms:${action}`,
    resource: key.arn,
    policy: key.policy,
    decidedBy: 'keyPolicy' as const,
    keys: {
      'aws:RequestedRegion': key.region,
      'kms:CallerAccount': accountId,
      ...Object.fromEntries(
        Object.entries(key.tags).map(([tag, value]) => [`aws:ResourceTag/${tag}`, value]),
      ),
      ...keys,
    },
  });
  const changing = <Input extends KeyInput>(
    action: string,
    change: (key: Key, input: Input) => JsonObject,
    keysOf: (input: Input) => Record<string, string> = () => ({}),
  ) =>
    operation<Input>({
      needs: (input, region) => [need(action, kms.find(input.KeyId, region), keysOf(input))],
      run: (input, _, region) => change(customers(kms.find(input.KeyId, region)), input),
      activity: (input, output) => ({
        requestParameters: lowerFirst(input),
        responseElements: isObject(output) && Object.keys(output).length > 0 ? lowerFirst(output) : null,
      }),
    });
  return {
    name: 'kms',
    protocol: 'json',
    schemas: client,
    operations: {
      DescribeKey: operation<KeyInput>({
        needs: ({ KeyId }, region) => [need('DescribeKey', kms.find(KeyId, region, { alias: true }))],
        run: ({ KeyId }, _, region) => ({
          KeyMetadata: describe(kms.find(KeyId, region, { alias: true }), accountId),
        }),
      }),
      ListResourceTags: operation<KeyInput>({
        needs: ({ KeyId }, region) => [need('ListResourceTags', kms.find(KeyId, region))],
        run: ({ KeyId }, _, region) => ({
          Tags: Object.entries(kms.find(KeyId, region).tags).map(([TagKey, TagValue]) => ({
            TagKey,
            TagValue,
          })),
          Truncated: false,
        }),
      }),
      EnableKey: changing('EnableKey', (key) => {
        demandNotPending(key);
        key.state = 'Enabled';
        return {};
      }),
      DisableKey: changing('DisableKey', (key) => {
        demandNotPending(key);
        key.state = 'Disabled';
        return {};
      }),
      ScheduleKeyDeletion: changing<KeyInput & { PendingWindowInDays?: number }>(
        'ScheduleKeyDeletion',
        (key, { PendingWindowInDays: days = MOST_DAYS }) => {
          demandNotPending(key);
          demandWindow(days);
          key.state = 'PendingDeletion';
          key.deletionAt = clock.now() + days * DAY_MS;
          const DeletionDate = key.deletionAt / 1000;
          return { KeyId: key.arn, DeletionDate, KeyState: key.state, PendingWindowInDays: days };
        },
        ({ PendingWindowInDays: days }) =>
          days === undefined ? {} : { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(days) },
      ),
      CancelKeyDeletion: changing('CancelKeyDeletion', (key) => {
        if (key.state !== 'PendingDeletion') {
          throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
        }
        // It can be used again only once somebody enables it.
        key.state = 'Disabled';
        delete key.deletionAt;
        return { KeyId: key.arn };
      }),
    },
  };
}

function customers(key: Key): Key {
  if (key.manager === 'CUSTOMER') return key;
  const kept = `${key.arn} is an AWS managed key, which only AWS changes.`;
  throw new AwsError('UnsupportedOperationException', kept);
}

function demandNotPending({ arn, state }: Key): void {
  if (state === 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
  }
}

function demandWindow(days: number): void {
  if (days >= LEAST_DAYS && days <= MOST_DAYS) return;
  const [bound, limit] = days < LEAST_DAYS ? ['greater', LEAST_DAYS] : ['less', MOST_DAYS];
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: ` +
      `Member must have value ${bound} than or equal to ${limit}`,
  );
}

const describe = (key: Key, accountId: string) => ({
  KeyId: key.id,
  AWSAccountId: accountId,
  Arn: key.arn,
  CreationDate: key.createdAt / 1000,
  Enabled: key.state === 'Enabled',
  Description: key.description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.state,
  ...(key.deletionAt === undefined ? {} : { DeletionDate: key.deletionAt / 1000 }),
  Origin: 'AWS_KMS',
  KeyManager: key.manager,
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: false,
});

const lowerFirst = (value: object): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      inner,
    ]),
  );
