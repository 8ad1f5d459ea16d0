import * as z from 'zod';
import { expectation } from '../contracts/parse';
import { type Mode, modes } from '../contracts/trailseal/compliance-policy';
import type { Control } from '../controls/control';
import { aliasesOf, controlsNamed } from './control-names';
import { didYouMean, found, quoted } from './mistake';
import { trails } from './trails-schema';

/** What a file is checked against beside its own text. */
export interface Rulebook {
  /** All that there are. */
  readonly controls: readonly Control[];
  /** Ids of the controls that a remediation fixes: only these can be more than `notify`. */
  readonly remediated: ReadonlySet<string>;
}

const DAY = 86_400_000;
const LONGEST_EXEMPTION = 365;

const accountId = /^\d{12}$/;
const regionName = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
const oneOf = (pattern: RegExp, ...words: string[]) => new RegExp(`^(${words.join('|')})$|${pattern.source}`);

const text = () => z.string().regex(/\S/, { error: 'expected text that is not empty' });

const listOf = (entry: z.ZodString) =>
  z.array(entry).min(1, { error: 'expected at least one entry, found an empty list' });

/** A section all of whose lines are commented out is there and empty. */
const section = <T extends z.ZodType>(schema: T, description: string) =>
  schema.nullish().describe(description);

/**
 * The schema of compliance.yml, built from the controls that exist. Every refinement sits on the one value that it is
 * about, so that a mistake in one place hides none in another.
 * @param now decides which exemptions have expired
 */
export const complianceSchema = (rulebook: Rulebook, now: Date) =>
  z
    .strictObject({
      version: z.literal(1).describe('The version of this file format.'),
      coverage: section(coverage(), 'Where the deployment watches. Left out: its own account and Region.'),
      defaults: section(
        z.strictObject({
          mode: mode(false, 'would change resources, and is chosen control by control').optional(),
        }),
        'What holds for every control that says nothing else under "controls".',
      ),
      controls: section(controlSettings(rulebook), 'What to do about each control, by its id.'),
      trails: section(trails(), 'The CloudTrail trails whose files are verified as they are delivered.'),
      exemptions: section(
        z.array(exemption(rulebook.controls, now)),
        'Controls that need not hold for some resources, for a while.',
      ),
    })
    .describe('What Trailseal watches, what it does about each control, and what is exempt.');

export type ComplianceFile = z.infer<ReturnType<typeof complianceSchema>>;

/** The same as a JSON Schema (draft-07) for editors. Dates are checked for their form only: a schema has no clock. */
export const complianceJsonSchema = (rulebook: Rulebook): z.core.JSONSchema.BaseSchema => ({
  ...z.toJSONSchema(complianceSchema(rulebook, new Date(0)), { target: 'draft-7', io: 'input' }),
  title: 'Trailseal: compliance.yml',
});

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

/** @param why the rest of the sentence on a mode that can't be chosen: `"auto" …` */
function mode(remediates: boolean, why: string) {
  const allowed = remediates ? modes : (['off', 'notify'] as const);
  return z
    .enum(modes, {
      error: ({ code, input }) =>
        code === 'invalid_value' || code === 'invalid_type'
          ? `expected one of ${quoted(allowed)}, found ${found(input)}${didYouMean(input, allowed)}`
          : undefined,
    })
    .refine((chosen) => allowed.some((candidate) => candidate === chosen), {
      error: ({ input }) => `"${input}" ${why}: expected one of ${quoted(allowed)}`,
    })
    .meta({
      enum: [...allowed],
      description: `What to do about findings: ${allowed.map((name) => `${name} (${effects[name]})`).join(', ')}.`,
    });
}

const effects: Readonly<Record<Mode, string>> = {
  off: 'do not judge',
  notify: 'tell people',
  'dry-run': 'also show what would be changed',
  approve: 'change it when a person approves',
  auto: 'change it at once',
};

function controlSettings({ controls, remediated }: Rulebook) {
  const settings = controls.map((control): [string, z.ZodType<GivenSettings | null | undefined>] => [
    control.id,
    section(
      z.strictObject({
        mode: mode(
          remediated.has(control.id),
          'needs a remediation, and none fixes this control yet',
        ).optional(),
        parameters: section(parametersOf(control), 'What the control measures by.'),
      }),
      `${control.title} (${control.severity}). ${control.rationale}`,
    ),
  ]);
  return z.strictObject(Object.fromEntries(settings));
}

interface GivenSettings {
  readonly mode?: Mode | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The control's own parameters, with unknown names refused, which controls themselves ignore. */
function parametersOf(control: Control) {
  const { def } = (control.parameters as unknown as z.core.$ZodTypes)._zod;
  if (def.type !== 'object') throw new Error(`${control.id}: parameters must be an object schema`);
  return z.strictObject(def.shape).check(({ value, issues }) => {
    // What the control checks of its parameters together is not in their shape.
    const checked = control.parameters.safeParse(value);
    for (const issue of checked.error?.issues ?? []) {
      issues.push({
        code: 'custom',
        input: value,
        path: [...issue.path],
        message: `expected ${expectation(issue)}`,
      });
    }
  });
}

const exemption = (controls: readonly Control[], now: Date) =>
  z.strictObject({
    control: exemptedControl(controls),
    scope: scope(),
    owner: text().describe('Who answers for the exemption: a team or a mail address.'),
    reason: text().describe('Why the control need not hold there.'),
    expires: expiry(now),
  });

function exemptedControl(controls: readonly Control[]) {
  const exemptible = controls.filter((control) => control.exemptible);
  const names = [
    ...exemptible.map(({ id }) => id),
    ...exemptible.flatMap(aliasesOf).filter((alias) => controlsNamed(alias, controls).length === 1),
  ];
  return z
    .string()
    .check(({ value, issues }) => {
      const mistake = whyNotExempted(value, controls, names);
      if (mistake) issues.push({ code: 'custom', input: value, message: mistake });
    })
    .meta({
      enum: [...new Set(names)],
      description: 'The id of the control, or an alias that stands for it alone, such as a Security Hub id.',
    });
}

function whyNotExempted(
  name: string,
  controls: readonly Control[],
  names: readonly string[],
): string | undefined {
  const [control, ...others] = controlsNamed(name, controls);
  if (!control) return `no control is named ${JSON.stringify(name)}${didYouMean(name, names)}`;
  if (others.length > 0) {
    const ids = [control, ...others].map(({ id }) => id);
    return `"${name}" stands for several controls: expected one of ${quoted(ids)}`;
  }
  if (!control.exemptible) {
    return `"${control.id}" can't be exempted: it guards the evidence that every other alert rests on`;
  }
  return undefined;
}

const SCOPE =
  'expected at least one of "accounts", "regions", "resources"; all resources are resources: ["*"]';

const scope = () =>
  z
    .strictObject(
      {
        accounts: listOf(z.string().regex(accountId, { error: 'expected an account id of 12 digits' }))
          .exactOptional()
          .describe('Only in these accounts: 12-digit ids in quotes.'),
        regions: listOf(
          z.string().regex(oneOf(regionName, 'global'), {
            error: 'expected the name of a Region such as "eu-central-1", or "global"',
          }),
        )
          .exactOptional()
          .describe('Only in these Regions; "global" for what exists once for all of them, as IAM does.'),
        resources: listOf(text())
          .exactOptional()
          .describe('Only these resources: ids, names or ARNs; "*" stands for any text.'),
      },
      { error: ({ code, input }) => (code === 'invalid_type' && !input ? SCOPE : undefined) },
    )
    .refine((given) => Object.keys(given).length > 0, { error: SCOPE })
    .meta({
      minProperties: 1,
      description:
        'Which resources are exempt. All that is given must hold; the entries of a list are alternatives.',
    });

/** The day on which an exemption ends; undefined when the text is no date of the calendar. */
function dayOf(value: string): Date | undefined {
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : Number.NaN);
  return !Number.isNaN(day.getTime()) && isoDay(day) === value ? day : undefined;
}

const isoDay = (day: Date) => day.toISOString().slice(0, 10);

const expiry = (now: Date) =>
  z
    .string()
    .check(({ value, issues }) => {
      const mistake = whyNotExpiry(value, now);
      if (mistake) issues.push({ code: 'custom', input: value, message: mistake });
    })
    .meta({
      format: 'date',
      description: `The last day (UTC) on which the exemption holds, at most ${LONGEST_EXEMPTION} days from now.`,
    });

function whyNotExpiry(value: string, now: Date): string | undefined {
  const day = dayOf(value);
  if (!day) return `expected a date such as 2027-03-31, found ${found(value)}`;
  const today = new Date(`${isoDay(now)}T00:00:00Z`).getTime();
  if (day.getTime() < today) return `expired on ${value}: remove it or renew it`;
  const latest = new Date(today + LONGEST_EXEMPTION * DAY);
  if (day > latest) return `expected a date up to ${isoDay(latest)}, ${LONGEST_EXEMPTION} days from today`;
  return undefined;
}

/** An exemption holds through its last day: the instant after it, ISO 8601. @param day checked by the schema */
export const endOf = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString();
