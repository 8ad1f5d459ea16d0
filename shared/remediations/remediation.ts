import type * as z from 'zod/mini';
import type { Json, JsonObject } from '../contracts/aws/configuration-item';
import type { ResourceRef } from '../contracts/trailseal/finding';
import type { AwsCall, ReadCall, Target, Undo } from '../contracts/trailseal/remediation';

/** What a remediation is called for. */
export interface Occasion {
  readonly findingId: string;
  readonly control: string;
  /** Those of the control, as compliance.yml sets them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** When the state was read, ISO 8601 in UTC. */
  readonly at: string;
  /** When the exposure began, ISO 8601 in UTC: tells this one from the next of the same finding. */
  readonly since: string;
}

export interface Situation<Captured, Settings> {
  readonly captured: Captured;
  readonly target: Target;
  readonly occasion: Occasion;
  readonly settings: Settings;
}

/** `captured` was before, `left` is what was read after the remediation, `live` is there now. */
export interface UndoSituation<Captured, Settings> extends Situation<Captured, Settings> {
  readonly left: Captured;
  readonly live: Captured;
}

/** What a remediation says to a state. */
export type Planned<Captured> =
  | {
      readonly outcome: 'change';
      readonly calls: readonly [AwsCall, ...AwsCall[]];
      /** What will be read afterwards. Ids that AWS has yet to give are empty texts. */
      readonly after: Captured;
      readonly notes?: readonly string[];
    }
  | { readonly outcome: 'nothing-to-do' | 'cannot'; readonly because: string };

export type ResourceTags = Readonly<Record<string, string>> | 'none' | 'not-read';

/** The way back, and what will be read afterwards where that is not what was captured. */
export type Undoing<Captured> =
  | (Extract<Undo, { reversible: true }> & { readonly after?: Captured })
  | Extract<Undo, { reversible: false }>;

export type Located = { readonly target: Target } | { readonly cannot: string };

/** A state as AWS Config would report it: what the rule of the control judges again. */
export interface Observed {
  readonly resourceType: string;
  readonly configuration: JsonObject;
  readonly supplementaryConfiguration?: JsonObject;
  readonly relationships?: readonly JsonObject[];
}

/** Where nobody has to approve: in words, and as a check. It says why not, where it does not hold. */
export type AutoWhen<Captured, Settings> =
  | {
      readonly says: string;
      holds(situation: Situation<Captured, Settings>): true | string;
    }
  | { readonly never: string };

/**
 * One way to mend something, and back. It makes no call: it says which ones. Nothing of it reads a clock or draws a
 * random number, so that the same state gives the same plan, and an approval can be bound to it.
 */
export interface Remediation<Captured = unknown, Settings = unknown> {
  readonly kind: 'remediation';
  readonly id: string;
  /** Raised when the plan for some state changes. */
  readonly version: number;
  /** What it does: "Revoke …". */
  readonly title: string;
  /** Ids of controls. Empty for what a team's own code does: compliance.yml says for which control. */
  readonly fixes: readonly string[];
  /** It brings evidence back: a broken chain of digests is no reason to wait. */
  readonly restoresEvidence: boolean;
  /** So many at most, for one control in one account within an hour. */
  readonly cap: number;
  /** Until AWS shows the new state everywhere. */
  readonly settleSeconds: number;
  readonly autoWhen: AutoWhen<Captured, Settings>;
  /** IAM actions, exactly those of the calls. */
  readonly permissions: {
    readonly capture: readonly string[];
    readonly apply: readonly string[];
    readonly undo: readonly string[];
  };
  /** What the deploying team has to say for it; with defaults where there is a sensible one. */
  readonly settings: z.ZodMiniType<Settings>;
  /** The answers of `reads` by their names, of which only what the schema names is kept. */
  readonly captured: z.ZodMiniType<Captured>;
  /** Severe enough to need an approval of its own: what the undo exposes again. */
  readonly exposesAgain: string | false;
  /** Checked to the letter: the id becomes part of ARNs in the policy of the session. */
  target(finding: ResourceRef): Located;
  reads(target: Target, occasion: Occasion, settings: Settings): readonly [ReadCall, ...ReadCall[]];
  /** Tags of the resource; `none` for what can have none, `not-read` where they have to come from elsewhere. */
  tags(captured: Captured): ResourceTags;
  /** A state in the terms that count: equal for two states that mean the same. */
  meaning(captured: Captured): Json;
  /** Undefined where AWS Config has no item for it. Null: there is no such resource, as after its deletion. */
  observed(captured: Captured, target: Target): Observed | null | undefined;
  plan(situation: Situation<Captured, Settings>): Planned<Captured>;
  undo(situation: UndoSituation<Captured, Settings>): Undoing<Captured>;
}

/** A remediation whose captures and settings only it knows. */
export type AnyRemediation = Remediation;

/** Ties the types of what `plan` and `undo` get to the schemas that it was read with. */
export const defineRemediation = <Captured, Settings>(
  remediation: Pick<Remediation<Captured, Settings>, 'captured' | 'settings'> &
    Omit<Remediation<NoInfer<Captured>, NoInfer<Settings>>, 'kind' | 'captured' | 'settings'>,
): Remediation<Captured, Settings> => ({ kind: 'remediation', ...remediation });

/** A call that reads, which does no harm when it is made twice. */
export const read = (
  as: string,
  call: Omit<AwsCall, 'again' | 'says'>,
  ...absentOn: readonly string[]
): ReadCall => ({
  as,
  call: { ...call, says: `Read ${call.service} ${call.action}`, again: 'harmless' },
  absentOn: [...absentOn],
});

export const allow = (action: string, ...resources: readonly [string, ...string[]]) => ({
  action,
  resources: [...resources],
});

export const nothingToDo = (because: string) => ({ outcome: 'nothing-to-do', because }) as const;
export const cannot = (because: string) => ({ outcome: 'cannot', because }) as const;
export const irreversible = (because: string) => ({ reversible: false, because }) as const;

/** Turning off what records would blind whoever looks, so it is not offered as the way back. */
export const keepsEvidence = (what: string) =>
  irreversible(`${what} is evidence; Trailseal does not offer to turn it off again.`);

const accountId = /^\d{12}$/;
const regionName = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** `ec2` and `instance/i-0a` as an ARN in the account and Region of a target. */
export const arnIn = (
  { partition, region, accountId }: Pick<Target, 'partition' | 'region' | 'accountId'>,
  service: string,
  resource: string,
) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

/** How a finding's resource becomes a target. */
interface Place {
  readonly resourceTypes: readonly string[] | 'any';
  /** What the id must look like, to the letter. */
  readonly id: RegExp;
  /** Default: the resource id. */
  idOf?(finding: ResourceRef): string | undefined;
  arnOf(target: Omit<Target, 'arn'>, finding: ResourceRef): string;
  /** Where IAM and the like are called; default: the finding's own Region. */
  readonly globalRegion?: string;
}

/** Makes the `target` of a remediation. Whatever isn't as it should be to the letter is refused. */
export const locate =
  ({ resourceTypes, id: pattern, idOf = ({ resourceId }) => resourceId, arnOf, globalRegion }: Place) =>
  (finding: ResourceRef): Located => {
    if (resourceTypes !== 'any' && !resourceTypes.includes(finding.resourceType))
      return { cannot: `it works on ${resourceTypes.join(', ')}, and not on other resources` };
    const region = finding.region === 'global' && globalRegion ? globalRegion : finding.region;
    const id = idOf(finding);
    if (id === undefined || !pattern.test(id)) return { cannot: 'the finding does not name it as AWS does' };
    if (!accountId.test(finding.accountId) || !regionName.test(region))
      return { cannot: 'the finding does not say its account and Region as AWS does' };
    const partition = partitionOf(region);
    const located = {
      accountId: finding.accountId,
      region,
      partition,
      resourceType: finding.resourceType,
      id,
      ...(finding.topic === undefined ? {} : { topic: finding.topic }),
    };
    return { target: { ...located, arn: arnOf(located, finding) } };
  };

/** The target of what a team's own code does, whatever the finding is about. The id stands in no ARN. */
export const anyResource = locate({
  resourceTypes: 'any',
  id: /^[!-~]{1,1024}$/,
  globalRegion: 'us-east-1',
  arnOf: (_target, finding) => finding.arn ?? '',
});

/** The pairs that services list tags as, in one form. */
export const tagMap = (
  tags: readonly { readonly Key: string; readonly Value?: string | undefined }[] | null | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
