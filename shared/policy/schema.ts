import * as z from 'zod';
import { controlSettings } from './control-schema';
import { exemption } from './exemption-schema';
import { quoted } from './mistake';
import { mode } from './mode-schema';
import { remediating } from './remediation-schema';
import type { Rulebook } from './rulebook';
import { trails } from './trails-schema';
import { accountId, definitions, listOf, oneOf, regionName, section } from './values';

const defaultModes = ['off', 'notify'] as const;

/**
 * The schema of compliance.yml, built from the controls and remediations that exist. Every refinement sits on the one
 * value that it is about, so that a mistake in one place hides none in another.
 * @param now decides which exemptions have expired
 * @param given the file, before it is checked; undefined for a schema of all files that there could be, which does not
 *   know that the one mode needs settings that another one doesn't
 */
export const complianceSchema = (rulebook: Rulebook, now: Date, given?: { readonly controls: unknown }) =>
  z
    .strictObject({
      version: z.literal(1).describe('The version of this file format.'),
      coverage: section(coverage(), 'Where the deployment watches. Left out: its own account and Region.'),
      defaults: section(
        z.strictObject({
          mode: mode(
            defaultModes,
            (chosen) =>
              `"${chosen}" would change resources, and is chosen control by control: expected one of ${quoted(defaultModes)}`,
          ).optional(),
        }),
        'What holds for every control that says nothing else under "controls".',
      ),
      controls: section(controlSettings(rulebook, given), 'What to do about each control, by its id.'),
      remediation: section(remediating(), 'What holds for everything that is mended.'),
      trails: section(trails(), 'The CloudTrail trails whose files are verified as they are delivered.'),
      exemptions: section(
        z.array(exemption(rulebook.controls, now)),
        'Controls that need not hold for some resources, for a while.',
      ),
    })
    .describe('What Trailseal watches, what it does about each control, and what is exempt.');

export type ComplianceFile = z.infer<ReturnType<typeof complianceSchema>>;

/**
 * The same as a JSON Schema (draft-07) for editors. Dates are checked for their form only: a schema has no clock. What
 * one member asks of another, it does not know either.
 */
export function complianceJsonSchema(rulebook: Rulebook): z.core.JSONSchema.BaseSchema {
  const named = new Map<string, z.core.JSONSchema.BaseSchema>();
  const schema = z.toJSONSchema(complianceSchema(rulebook, new Date(0)), {
    target: 'draft-7',
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const name = definitions.get(zodSchema)?.name;
      if (name === undefined) return;
      named.set(name, { ...jsonSchema });
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = `#/definitions/${name}`;
    },
  });
  return {
    ...schema,
    title: 'Trailseal: compliance.yml',
    ...(named.size === 0
      ? {}
      : { definitions: Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))) }),
  };
}

const coverage = () =>
  z.strictObject({
    accounts: listOf(
      z.string().regex(oneOf(accountId, 'self'), {
        error: 'expected "self" or an account id of 12 digits',
      }),
    )
      .optional()
      .describe('Accounts to watch: "self" (where the stack is deployed) or 12-digit ids in quotes.'),
    regions: listOf(
      z.string().regex(oneOf(regionName, 'self', 'all'), {
        error: 'expected "self", "all" or the name of a Region such as "eu-central-1"',
      }),
    )
      .optional()
      .describe('Regions to watch: "self" (where the stack is deployed), names of Regions, or "all".'),
  });
