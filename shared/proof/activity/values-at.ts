import type { Json, JsonObject } from '../../contracts/aws/configuration-item';

/** More than any call names: what is beyond is left out. */
const MOST = 200;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member of that name, in whichever letter case the service writes it. */
function member(value: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(value, name)) return value[name];
  const lower = name.toLowerCase();
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : value[key];
}

/** EC2 writes some calls in an envelope of their own: `{ DeleteFlowLogsRequest: { … } }`, `DelTGwVpcAttachReq`. */
export function unwrapped(parameters: JsonObject): JsonObject {
  const keys = Object.keys(parameters);
  const [only] = keys;
  const inner =
    keys.length === 1 && only !== undefined && /Req(uest)?$|Response$/.test(only)
      ? parameters[only]
      : undefined;
  return isObject(inner) ? inner : parameters;
}

/**
 * The texts at a path of parameters, through whatever CloudTrail puts around lists and values: arrays, EC2's
 * `{ items: [] }` and `{ item: … }`, `{ tag, content }`.
 * @param path names with dots between
 */
export function textsAt(parameters: JsonObject | undefined, path: string): string[] {
  if (parameters === undefined) return [];
  let values: Json[] = [unwrapped(parameters)];
  for (const name of path.split('.')) {
    values = values.flatMap(entries).flatMap((value) => {
      const found = isObject(value) ? member(value, name) : undefined;
      return found === undefined ? [] : [found];
    });
  }
  return values
    .flatMap(entries)
    .map((value) => (isObject(value) ? value['content'] : value))
    .filter((value) => typeof value === 'string' && value !== '')
    .slice(0, MOST) as string[];
}

function entries(value: Json): Json[] {
  if (Array.isArray(value)) return value.slice(0, MOST).flatMap(entries);
  if (!isObject(value)) return [value];
  const list = value['items'] ?? value['item'];
  return Array.isArray(list) || isObject(list) || typeof list === 'string' ? entries(list) : [value];
}
