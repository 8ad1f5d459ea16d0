import { createHash } from 'node:crypto';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type {
  CompliancePolicy,
  ControlSettings,
  Mode,
  RemediationSettings,
  Trails,
} from '../contracts/trailseal/compliance-policy';
import type { Control } from '../controls/control';
import { controlsNamed } from './control-names';
import type { GivenSettings } from './control-schema';
import { endOf } from './exemption-schema';
import { fixing, type Rulebook } from './rulebook';
import type { ComplianceFile } from './schema';
import { LOOKBACK_DAYS } from './trails-schema';

/** What a checked file means: defaults filled in, aliases replaced by ids, dates by instants. */
export function policyFrom(file: ComplianceFile, rulebook: Rulebook): CompliancePolicy {
  const { controls } = rulebook;
  const idOf = (name: string) => controlsNamed(name, controls)[0]?.id ?? name;
  const coverage = {
    accounts: file.coverage?.accounts ?? ['self'],
    regions: file.coverage?.regions ?? ['self'],
  };
  const settings = Object.fromEntries(
    controls.map((control) => [
      control.id,
      settingsFrom(control, file.controls?.[control.id], file.defaults?.mode ?? 'notify', rulebook),
    ]),
  );
  const exemptions = (file.exemptions ?? []).map(({ control, scope, owner, reason, expires }) => ({
    control: idOf(control),
    scope,
    owner: owner.trim(),
    reason: reason.trim(),
    expiresAt: endOf(expires),
  }));
  const judging = { coverage, controls: mapped(settings, judgingOf), exemptions };
  return {
    hash: createHash('sha256').update(canonicalJson(judging)).digest('hex'),
    coverage,
    controls: settings,
    exemptions,
    trails: trailsFrom(file.trails),
    remediations: {
      protectedTags: file.remediation?.protectedTags ?? [],
      actorMayApprove: file.remediation?.actorMayApprove ?? false,
    },
  };
}

function settingsFrom(
  control: Control,
  given: GivenSettings | null | undefined,
  byDefault: Mode,
  rulebook: Rulebook,
): ControlSettings {
  const remediation = remediationFrom(control, given?.remediation, rulebook);
  return {
    mode: given?.mode ?? byDefault,
    ...(given?.scopes && given.scopes.length > 0 ? { scopes: given.scopes } : {}),
    ...(remediation ? { remediation } : {}),
    parameters: control.parameters.parse(given?.parameters ?? {}) as Record<string, unknown>,
  };
}

/** None, too, where it lacks settings: the schema has seen to it that no mode calls on it then. */
function remediationFrom(
  control: Control,
  given: GivenSettings['remediation'],
  { remediations }: Rulebook,
): RemediationSettings | undefined {
  const used =
    given?.use === undefined
      ? fixing(control, remediations)
      : remediations.find(({ id }) => id === given.use);
  const settings = used?.settings.safeParse(given?.settings ?? {});
  if (!used || !settings?.success) return undefined;
  return {
    id: used.id,
    settings: settings.data as JsonObject,
    ...(given?.cap === undefined ? {} : { cap: given.cap }),
  };
}

/**
 * What judges of a control's settings: its parameters, and for what it is off. All other modes judge alike, so that the
 * hash stays the same, and nothing is judged anew, when a team goes from one of them to another.
 */
function judgingOf({ mode, scopes = [], parameters }: ControlSettings) {
  const judging = (given: Mode) => (given === 'off' ? 'off' : 'notify');
  const differing = scopes.map((scope) => ({ ...scope, mode: judging(scope.mode) }));
  // Whoever is in none of the scopes that count gets the same from the last of them as from the control.
  const counting = differing.slice(0, differing.findLastIndex((scope) => scope.mode !== judging(mode)) + 1);
  return { mode: judging(mode), parameters, ...(counting.length > 0 ? { scopes: counting } : {}) };
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (member: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, member]) => [key, change(member)]));

const trailsFrom = (given: ComplianceFile['trails']): Trails => ({
  buckets: (given?.buckets ?? []).map(({ name, owner, keys }) => ({ name, owner, keys: keys ?? [] })),
  topics: given?.topics ?? [],
  lookbackDays: given?.lookbackDays ?? LOOKBACK_DAYS,
});

/** JSON with the keys of every object sorted: the same content gives the same text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
