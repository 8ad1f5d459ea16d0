import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Json,
  type JsonObject,
  parseConfigurationItem,
} from '../../shared/contracts/aws/configuration-item';
import type { AnyRule, Compliance } from '../../shared/controls/control';
import { judgeItem, type PolicyInForce } from '../../shared/controls/judge';

/** One row of a rule's table: an item, what the rule must say of it, and the paths of its reasons. */
export type Row = [
  name: string,
  item: JsonObject,
  compliance: Compliance,
  because?: readonly string[],
  parameters?: JsonObject,
];

export interface CapturedItem {
  readonly id: string;
  readonly resourceType: string;
  readonly form: 'event' | 'api' | 'snapshot';
  readonly item: JsonObject;
}

const FIXTURES = join(__dirname, '..', 'fixtures');

/** The lines of a .jsonl file below tests/fixtures. */
export const fixtureLines = <T>(file: string): T[] =>
  readFileSync(join(FIXTURES, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** Every real configuration item that we have. */
export const capturedItems = fixtureLines<CapturedItem>('config-items/items.jsonl');

/** @throws when no item has this id */
export function captured(id: string): JsonObject {
  const found = capturedItems.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`tests/fixtures/config-items has no ${id}`);
  return found.item;
}

/** What a row expects, so that a difference shows both halves at once. */
export interface Said {
  readonly compliance: Compliance;
  readonly because: readonly string[];
}

/**
 * What a rule says of an item, by way of the engine.
 * @param item in any of AWS Config's encodings
 */
export function said(rule: AnyRule, item: unknown, parameters: JsonObject = {}): Said {
  const policy: PolicyInForce = {
    hash: 'a test',
    since: '2026-01-01T00:00:00.000Z',
    coverage: { accounts: ['self'], regions: ['self'] },
    controls: { [rule.id]: { mode: 'notify', parameters: rule.parameters.parse(parameters) as JsonObject } },
    exemptions: [],
    trails: { buckets: [], topics: [], lookbackDays: 30 },
    remediations: { protectedTags: [], actorMayApprove: false },
  };
  const byType = Object.fromEntries(rule.resourceTypes.map((type) => [type, [rule]]));
  const [judgement, ...others] = judgeItem(byType, parseConfigurationItem(item), policy);
  if (!judgement || others.length > 0) throw new Error(`expected one judgement of ${rule.id}`);
  if (judgement.crash !== undefined) throw judgement.crash;
  return { compliance: judgement.compliance, because: judgement.because.map(({ path }) => path) };
}

/** A copy of the item with one member set. @param path dotted: `configuration.ipPermissions.0.fromPort` */
export const withMember = (item: JsonObject, path: string, value: Json): JsonObject =>
  changed(item, path.split('.'), () => value) as JsonObject;

/** A copy of the item with one member taken away. */
export const withoutMember = (item: JsonObject, path: string): JsonObject =>
  changed(item, path.split('.'), () => undefined) as JsonObject;

function changed(
  value: Json,
  [step, ...rest]: readonly string[],
  change: () => Json | undefined,
): Json | undefined {
  if (step === undefined) return change();
  if (Array.isArray(value)) {
    return value.map((member: Json, index) =>
      String(index) === step ? (changed(member, rest, change) ?? null) : member,
    );
  }
  const { [step]: before = null, ...others } = (value ?? {}) as JsonObject;
  const after = changed(before, rest, change);
  return after === undefined ? others : { ...others, [step]: after };
}

/** An event's item as `GetResourceConfigHistory` would return it: other names, configurations as JSON text. */
export function inApiForm(item: JsonObject): JsonObject {
  const { awsAccountId, ARN, configurationItemVersion, configurationStateMd5Hash, ...same } = item;
  return {
    ...definite({ accountId: awsAccountId, arn: ARN, version: configurationItemVersion }),
    ...definite({ configurationItemMD5Hash: configurationStateMd5Hash }),
    ...same,
    configurationStateId: String(item['configurationStateId']),
    configuration: JSON.stringify(item['configuration']),
    supplementaryConfiguration: Object.fromEntries(
      Object.entries((item['supplementaryConfiguration'] ?? {}) as JsonObject).map(([key, member]) => [
        key,
        JSON.stringify(member),
      ]),
    ),
    relationships: relationshipsNamed('relationshipName', item),
  };
}

/** An event's item as snapshot files hold it. */
export function inSnapshotForm(item: JsonObject): JsonObject {
  return {
    ...item,
    configurationStateId: String(item['configurationStateId']),
    relationships: relationshipsNamed('relationshipName', item),
  };
}

const relationshipsNamed = (key: string, item: JsonObject): Json =>
  ((item['relationships'] ?? []) as readonly JsonObject[]).map(({ name, ...other }) => ({
    ...other,
    ...definite({ [key]: name }),
  }));

const definite = (members: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
