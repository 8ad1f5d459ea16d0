import type { JsonObject } from '../../../contracts/aws/configuration-item';
import { isObject, unwrapped } from '../values-at';

/** Paths of properties in the configuration item that a call changes; `everything` where it may be any of them. */
export type Touched = readonly string[] | 'everything';

/** For calls that change as many properties as they are given: which ones shows in the request. */
export interface ByParameter {
  /** Changed by the call whatever it is given. */
  readonly always?: readonly string[];
  /** By the name of the parameter. One that isn't listed changes the property of its own name. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  /** The request names properties by its values there, or by its keys: `attributeName`, `attributes`. */
  readonly propertiesAt?: string;
}

/** How the calls of one service name resources of one type, and what each of them changes. */
export interface ResourceCalls {
  /** AWS Config's name of the type. */
  readonly type: string;
  /**
   * Where calls name it, in requestParameters or responseElements. Lists and what CloudTrail wraps values in
   * (`items`, `XRequest`, `content`) are no part of the path, and letter case doesn't matter.
   */
  readonly named: readonly string[];
  /** What follows the account in its ARN. The group is the name that calls use. */
  readonly arn?: RegExp;
  /** What names it without an ARN, by its group. Whatever doesn't match is another thing, such as an alias. */
  readonly text?: RegExp;
  /** `global`: known in all Regions. `account`: one for each account, and not named by calls. */
  readonly scope?: 'global' | 'account' | 'regional-account';
  /** Set for types that many calls merely refer to: then calls that aren't listed don't name it. */
  readonly onlyListed?: true;
  /** Calls after which it is there, by name, with blanks between; and those after which it is gone. */
  readonly creates?: string;
  readonly deletes?: string;
  /** What calls change of it while it is there. Calls with the same effect in one entry, with blanks between. */
  readonly calls: Readonly<Record<string, Touched | ByParameter>>;
}

export interface ServiceCalls {
  readonly eventSource: string;
  readonly types: readonly ResourceCalls[];
}

/** What a call touches that changes tags only. */
export const TAGS: Touched = ['tags', 'configuration.tags', 'supplementaryConfiguration.Tags'];

/** What is known of one call. */
export interface Effect {
  readonly creates: boolean;
  readonly deletes: boolean;
  readonly touches: Touched | ByParameter;
}

/** What one call touches, by its request. CloudTrail leaves out a large one: then it may be anything that it can. */
export function touchedIn(calls: Touched | ByParameter, request: JsonObject | undefined): Touched {
  if (calls === 'everything' || Array.isArray(calls)) return calls as Touched;
  const { always = [], parameters = {}, propertiesAt } = calls as ByParameter;
  if (request === undefined) return ['configuration', 'relationships'];
  const given = unwrapped(request);
  const at = propertiesAt === undefined ? given : given[propertiesAt];
  const names = typeof at === 'string' ? [at] : isObject(at) ? Object.keys(at) : [];
  const listed = new Map(Object.entries(parameters).map(([name, paths]) => [name.toLowerCase(), paths]));
  return [...always, ...names.flatMap((name) => listed.get(name.toLowerCase()) ?? [`configuration.${name}`])];
}
