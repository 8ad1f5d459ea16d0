import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { detections } from '../../shared/controls';
import { type Detector, detector } from '../../shared/controls/detections/detector';
import { controlNamed } from '../control-named';
import { defaultPolicy, nearestPolicy, POLICY_FILE, readPolicy } from '../policy-file';
import type { Shell } from '../shell';

export interface Setting {
  readonly detector: Detector;
  readonly policy: CompliancePolicy;
  /** The compliance.yml, as people are told; undefined where there is none. */
  readonly file: string | undefined;
}

/**
 * The detections that are asked for, by the compliance.yml that is named, or else the nearest one.
 * @throws Failure with every mistake in it, or when a name stands for no detection or for several
 */
export function settingOf(
  { config, control }: { readonly config?: string; readonly control?: readonly string[] },
  shell: Shell,
): Setting {
  const asked = control && new Set(control.map((name) => controlNamed(name, detections, '--control').id));
  const found =
    config === undefined
      ? (nearestPolicy(shell.folder) ?? nearestPolicy(fileURLToPath(new URL('.', import.meta.url))))
      : path.resolve(shell.folder, config);
  const file = found === undefined ? undefined : (config ?? path.relative(shell.folder, found));
  const policy = found === undefined ? defaults(shell) : readPolicy(found, file ?? found, shell.now());
  const on = asked ? detections.filter(({ id }) => asked.has(id)) : detections;
  return { detector: detector(on, asked ? switchedOn(policy, asked) : policy), policy, file };
}

function defaults(shell: Shell): CompliancePolicy {
  shell.err.write(
    `No ${POLICY_FILE} here or above: every control goes by its defaults, and nothing is exempt. Name one: --config FILE\n`,
  );
  return defaultPolicy(shell.now());
}

/** A control that is asked for by name listens, even to what compliance.yml has it off for. */
const switchedOn = (policy: CompliancePolicy, asked: ReadonlySet<string>): CompliancePolicy => ({
  ...policy,
  controls: Object.fromEntries(
    Object.entries(policy.controls).map(([id, settings]) => [
      id,
      asked.has(id) ? { mode: 'notify', parameters: settings.parameters } : settings,
    ]),
  ),
});
