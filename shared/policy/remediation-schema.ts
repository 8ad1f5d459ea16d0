import * as z from 'zod';
import type { Mode } from '../contracts/trailseal/compliance-policy';
import type { Control } from '../controls/control';
import { didYouMean, found, quoted } from './mistake';
import { fixing, type KnownRemediation, type Rulebook, usableFor } from './rulebook';
import { type SayMissing, strictMembers } from './strict-members';
import { definitions, neededSection, section } from './values';

/** AWS's own limits of a tag. */
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const HIGHEST_CAP = 100;

/** The section on what holds for every remediation. */
export const remediating = () =>
  z.strictObject({
    protectedTags: z
      .array(protectedTag())
      .nullish()
      .describe('Tags that keep remediation away from a resource. What changed is told all the same.'),
    actorMayApprove: z
      .boolean({ error: ({ input }) => `expected true or false, found ${found(input)}` })
      .default(false)
      .describe('Whether those who made a change may approve what is done about it.'),
  });

const protectedTag = () =>
  z.strictObject({
    key: z
      .string()
      .min(1, { error: 'expected text that is not empty' })
      .max(LONGEST_KEY, { error: `expected a key of at most ${LONGEST_KEY} characters` })
      .describe('The key of the tag, upper and lower case as it is.'),
    value: z
      .string()
      .max(LONGEST_VALUE, { error: `expected a value of at most ${LONGEST_VALUE} characters` })
      .exactOptional()
      .describe('Its value. Left out: any value.'),
  });

/** Which remediation the file gives a control. */
export interface Choice {
  /** One, or none; several while it is not known which. */
  readonly among: readonly KnownRemediation[];
  /** A mode that calls on it. */
  readonly by?: Mode | undefined;
  /** The file names one that there is not: which settings are right can't be told. */
  readonly isMisnamed?: boolean;
  /** There is no file: it is about all that can be written for any control. */
  readonly isAny?: true;
}

/** The section on how a control is remediated. */
export function remediation(control: Control, rulebook: Rulebook, choice: Choice) {
  const own = fixing(control, rulebook.remediations);
  const sectionHere = choice.by === undefined ? section : neededSection;
  const schema = z
    .strictObject({
      use: use(choice.isAny ? rulebook.remediations : usableFor(control, rulebook), rulebook).optional(),
      settings: sectionHere(
        settings(choice.isAny ? { among: rulebook.remediations } : choice),
        'What the remediation has to be told. What must be given may be left out while no mode calls on it.',
      ),
      cap: z
        .int({ error: cap })
        .min(1, { error: cap })
        .max(HIGHEST_CAP, { error: cap })
        .optional()
        .describe(
          'So many at most in one account within an hour. Left out: what the remediation itself says.',
        ),
    })
    .register(definitions, { name: 'remediation' });
  return sectionHere(
    schema,
    own
      ? `How it is mended, if not just by ${own.id} (${own.title}).`
      : 'How it is mended: nothing is made for it but what runs code of your own.',
  );
}

const cap = ({ input }: { readonly input?: unknown }): string =>
  `expected a number from 1 to ${HIGHEST_CAP}, found ${found(input)}`;

function use(usable: readonly KnownRemediation[], rulebook: Rulebook) {
  const names = usable.map(({ id }) => id);
  const anywhere = usable.filter(({ fixes }) => fixes.length === 0).map(({ id }) => id);
  return z
    .string()
    .check(({ value, issues }) => {
      const message = whyNotUsed(value, names, rulebook);
      if (message) issues.push({ code: 'custom', input: value, message });
    })
    .meta({
      // A schema may list no values at all only by leaving the list out.
      ...(names.length > 0 ? { enum: names } : {}),
      description: `The remediation: the one that is made for the control, as where this is left out, or code of your own by ${anywhere.join(' or ')}.`,
    });
}

function whyNotUsed(name: string, names: readonly string[], { remediations }: Rulebook): string | undefined {
  if (names.includes(name)) return undefined;
  const expected = names.length > 0 ? `expected one of ${quoted(names)}` : 'there is none for this control';
  const other = remediations.find(({ id }) => id === name);
  if (other) return `"${name}" is for ${quoted(other.fixes)}, and not for this control: ${expected}`;
  return `no remediation is named ${JSON.stringify(name)}${didYouMean(name, names)}: ${expected}`;
}

/** Of one remediation its own; of several any of theirs. */
function settings({ among, by, isMisnamed }: Choice): z.ZodType {
  if (isMisnamed) return z.record(z.string(), z.unknown());
  const all = among.map(({ id, settings: own }) =>
    strictMembers(id, own, by && missingFor(by)).register(definitions, { name: `settings-of-${id}` }),
  );
  const [first, second, ...others] = all.filter(({ shape }) => Object.keys(shape).length > 0);
  if (among.length === 1 || !first) return all[0] ?? z.strictObject({});
  return z.union([z.strictObject({}), first, ...(second ? [second, ...others] : [])]);
}

const missingFor =
  (mode: Mode): SayMissing =>
  (member) => {
    const what = z.globalRegistry.get(member)?.description;
    return `is missing, and mode "${mode}" needs it${what === undefined ? '' : `: ${what}`}`;
  };
