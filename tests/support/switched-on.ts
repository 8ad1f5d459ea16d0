import type { Switches } from '../../resources/remediation-role';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { ControlSettings, Mode } from '../../shared/contracts/trailseal/compliance-policy';
import { remediations } from '../../shared/remediations';
import { cases } from '../shared/remediations/cases';

const everything = remediations.map(({ id }) => id);

/** compliance.yml with these remediations in one mode, each with the settings of all of its cases. */
export function switchedOn(
  mode: Mode,
  ids: readonly string[] = everything,
  coverage: Partial<Switches['coverage']> = {},
): Switches {
  const controls = ids.flatMap((id) =>
    (cases[id] ?? []).map(({ settings = {} }, index) => [
      `${id}-${index}`,
      controlSettings(mode, id, settings),
    ]),
  );
  return {
    coverage: { accounts: ['self'], regions: ['self'], ...coverage },
    controls: Object.fromEntries(controls),
  };
}

/** What compliance.yml says of a control, with the defaults of the remediation's settings filled in. */
export function controlSettings(mode: Mode, id: string, settings: JsonObject = {}): ControlSettings {
  const schema = remediations.find((remediation) => remediation.id === id)?.settings;
  return {
    mode,
    parameters: {},
    remediation: { id, settings: JSON.parse(JSON.stringify(schema?.parse(settings) ?? settings)) },
  };
}
