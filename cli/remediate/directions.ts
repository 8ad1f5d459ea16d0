import { directionsOf } from '../../functions/remediate-finding/directions';
import type { Directions } from '../../functions/remediate-finding/needs';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { remediations } from '../../shared/remediations';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import { Failure } from '../failure';
import { defaultPolicy } from '../policy-file';
import { policyHere } from '../rules/policy-here';
import type { Shell } from '../shell';
import type { Target } from '../target';

/** What the compliance.yml here says, which need not be the one that is deployed. */
export interface DirectionsHere extends Directions {
  /** As people are told it; undefined where there is none that can be read. */
  readonly file: string | undefined;
}

/** By the compliance.yml that is named, or else the nearest one; by the defaults of all controls where there is none. */
export function directionsHere(
  named: string | undefined,
  shell: Shell,
  { sample }: Pick<Target, 'sample'>,
): DirectionsHere {
  const { file, policy } = policyHere(named, shell, sample);
  const directions = directionsOf(policy ?? defaultPolicy(shell.now()), remediations);
  return policy === undefined
    ? { ...directions, mode: () => 'unknown', exemption: () => 'none', file: undefined }
    : { ...directions, file };
}

export interface Known {
  readonly remediation: AnyRemediation;
  readonly settings: unknown;
  readonly cap: number;
}

/**
 * What mends a control, as compliance.yml says.
 * @throws Failure where nothing does, or it needs to be told more
 */
export function remediationFor({ control }: Finding, directions: Directions): Known {
  const chosen = directions.remediation(control);
  if (chosen) return chosen;
  throw new Failure(`No remediation is set for ${control}`, [
    `What a person can do: trailseal explain ${control}`,
    `Or have code of your own do it: in compliance.yml, under controls, ${control}, remediation, say which to use, with its settings`,
  ]);
}
