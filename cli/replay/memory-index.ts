import { parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { ActivityIndex, CapturedItem, ResourceKey } from '../../shared/findings/activity-index';
import { keysOf } from '../../shared/findings/links';
import { keysNamed } from '../../shared/findings/named';
import type { MakeCall } from './calls';

type Rows<T> = Map<string, T>;

/** Calls and items by the resources that they are about. Nothing is sought elsewhere: the files are all there is. */
export class MemoryIndex {
  readonly #calls = new Map<string, Rows<{ readonly time: string; readonly record: JsonObject }>>();
  readonly #items = new Map<string, Rows<CapturedItem>>();

  as(call: MakeCall): Pick<ActivityIndex, 'putCall' | 'putItem' | 'calls' | 'items' | 'itemBefore' | 'seek'> {
    const dynamodb = <T>(action: string, about: string, effect: () => T) =>
      call({ service: 'dynamodb', action, about }, effect);
    return {
      putCall: (record) => {
        const parsed = parseCloudTrailRecord(record);
        return dynamodb('file-call', parsed.eventID, () => {
          const keys = keysNamed(parsed);
          const { eventTime: time, eventID } = parsed;
          for (const key of keys) rowsAt(this.#calls, key).set(`${time}#${eventID}`, { time, record });
          return keys;
        });
      },
      putItem: (item) =>
        dynamodb('file-item', item.resourceId, () => {
          for (const key of keysOf({ accountId: item.account, ...item })) {
            rowsAt(this.#items, key).set(`${item.capturedAt}#${item.configurationStateId}`, item);
          }
        }),
      calls: (keys, from, to) =>
        dynamodb('read-calls', keys[0]?.id ?? '', () =>
          [...all(this.#calls, keys)]
            .filter(([, { time }]) => from < time && time <= to)
            .map(([, { record }]) => record),
        ),
      items: (keys, from, to) =>
        dynamodb('read-items', keys[0]?.id ?? '', () => this.#between(keys, from, to)),
      itemBefore: (keys, time, wanted = false) =>
        dynamodb('read-items', keys[0]?.id ?? '', () =>
          this.#between(keys, '', time)
            .filter(({ capturedAt, isSnapshot = false }) => capturedAt < time && isSnapshot === wanted)
            .at(-1),
        ),
      seek: async () => 'seeking',
    };
  }

  #between(keys: readonly ResourceKey[], from: string, to: string): CapturedItem[] {
    return [...all(this.#items, keys)]
      .map(([, item]) => item)
      .filter(({ capturedAt }) => from <= capturedAt && capturedAt <= to);
  }
}

function rowsAt<T>(table: Map<string, Rows<T>>, key: ResourceKey): Rows<T> {
  const name = JSON.stringify(key);
  const rows = table.get(name) ?? new Map<string, T>();
  table.set(name, rows);
  return rows;
}

/** Of several resources together, by their keys: each once, oldest first. */
function all<T>(table: ReadonlyMap<string, Rows<T>>, keys: readonly ResourceKey[]): [string, T][] {
  const found = new Map(keys.flatMap((key) => [...(table.get(JSON.stringify(key)) ?? [])]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
