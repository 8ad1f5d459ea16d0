import type { CompliancePolicy } from '../../contracts/trailseal/compliance-policy';
import type { AnyDetection } from './detection';
import { parametersOf, switchedOn } from './detector';

/** EventBridge takes no longer pattern. */
export const LONGEST_PATTERN = 2048;

/** Rules get read-only calls in the second state only. */
export type RuleState = 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** One EventBridge rule. */
export interface ActivityRule {
  /** Unique, stable, of letters and digits: `Ec2`, `Sts`, `Ec2Part2`, `ActivityRootUsage`. */
  readonly name: string;
  readonly state: RuleState;
  readonly pattern: object;
  /** Ids of the detections that it brings events to. */
  readonly detections: readonly string[];
}

interface Wanted {
  readonly name: string;
  readonly failed: boolean;
  readonly detection: AnyDetection;
}

/**
 * The rules that bring CloudTrail's events to the detections that are on: one for each event source, two where some
 * detection needs its read-only calls, and one for each detection that listens to calls of any source. Calls that
 * failed are left out where no detection counts them.
 */
export function activityRules(
  detections: readonly AnyDetection[],
  policy: Pick<CompliancePolicy, 'controls' | 'trails'>,
): ActivityRule[] {
  const on = switchedOn(detections, policy);
  const isReadOnly = ({ listensTo }: AnyDetection) => listensTo.readOnly === true;
  const bySource = [false, true].flatMap((readOnly) => {
    const group = on.filter((detection) => isReadOnly(detection) === readOnly);
    const sources = [...new Set(group.flatMap(({ listensTo }) => Object.keys(listensTo.calls ?? {})))].sort();
    return sources.flatMap((source) => sourceRules(source, group, readOnly));
  });
  const anyCall = on.flatMap((detection): ActivityRule[] => {
    const { listensTo, id } = detection;
    const detail = listensTo.anyCall?.pattern(parametersOf(detection, policy));
    if (detail === undefined) return [];
    const rule: ActivityRule = {
      name: pascalCase(id),
      state: stateOf(listensTo.readOnly === true),
      pattern: patternOf(listensTo.detailTypes, detail),
      detections: [id],
    };
    const { length } = JSON.stringify(rule.pattern);
    if (length > LONGEST_PATTERN)
      throw new Error(
        `${id}: its parameters make an event pattern of ${length} characters, ${LONGEST_PATTERN} at most`,
      );
    return [rule];
  });
  return [...bySource, ...anyCall];
}

function sourceRules(source: string, detections: readonly AnyDetection[], readOnly: boolean): ActivityRule[] {
  const wanted = detections.flatMap((detection) =>
    (detection.listensTo.calls?.[source] ?? []).map(
      (name): Wanted => ({ name, failed: detection.listensTo.failed?.includes(name) ?? false, detection }),
    ),
  );
  const name = pascalCase(source.replace(/\.amazonaws\.com$/, '')) + (readOnly ? 'ReadOnly' : '');
  return parts(
    source,
    wanted.sort((a, b) => (a.name < b.name ? -1 : 1)),
  ).map((part, index) => ({
    name: index === 0 ? name : `${name}Part${index + 1}`,
    state: stateOf(readOnly),
    pattern: sourcePattern(source, part),
    detections: [...new Set(part.map(({ detection }) => detection.id))].sort(),
  }));
}

/** As few parts as patterns of the length that is allowed can hold. */
function parts(source: string, wanted: readonly Wanted[]): Wanted[][] {
  const found: Wanted[][] = [];
  for (const want of wanted) {
    const last = found.at(-1);
    if (last && JSON.stringify(sourcePattern(source, [...last, want])).length <= LONGEST_PATTERN)
      last.push(want);
    else found.push([want]);
  }
  return found;
}

function sourcePattern(source: string, wanted: readonly Wanted[]): object {
  const detailTypes = [...new Set(wanted.flatMap(({ detection }) => detection.listensTo.detailTypes))];
  const failed = new Set(wanted.filter((want) => want.failed).map(({ name }) => name));
  const worked = new Set(wanted.map(({ name }) => name).filter((name) => !failed.has(name)));
  const alternatives = [
    ...(worked.size === 0 ? [] : [{ eventName: names(source, worked), errorCode: [{ exists: false }] }]),
    ...(failed.size === 0 ? [] : [{ eventName: names(source, failed) }]),
  ];
  return patternOf(detailTypes, {
    eventSource: [source],
    ...(alternatives.length === 1 ? alternatives[0] : { $or: alternatives }),
  });
}

/** Lambda puts the date of its API behind the name; a plain prefix would take in other calls. */
const names = (source: string, of: ReadonlySet<string>): readonly (string | { readonly prefix: string })[] =>
  source === 'lambda.amazonaws.com' ? [...of].flatMap((name) => [name, { prefix: `${name}20` }]) : [...of];

/** The source is one that nobody but AWS can send events by. */
const patternOf = (detailTypes: readonly string[], detail: object): object => ({
  source: [{ prefix: 'aws.' }],
  'detail-type': detailTypes,
  detail,
});

const stateOf = (readOnly: boolean): RuleState =>
  readOnly ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED';

/** `activity-root-usage` as `ActivityRootUsage`. */
const pascalCase = (text: string): string =>
  text.replace(/(?:^|[^a-zA-Z0-9])([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
