import * as z from 'zod';
import { type Mode, modes } from '../contracts/trailseal/compliance-policy';
import type { Control } from '../controls/control';
import { remediatingModes } from '../controls/scope';
import { quoted } from './mistake';
import { mode } from './mode-schema';
import { type Choice, remediation } from './remediation-schema';
import { fixing, type KnownRemediation, type Rulebook, usableFor } from './rulebook';
import { scopeWith } from './scope-schema';
import { strictMembers } from './strict-members';
import { definitions, section } from './values';

/** What the file says of one control, once it is checked. */
export interface GivenSettings {
  readonly mode?: Mode | undefined;
  readonly scopes?: readonly GivenScope[] | null | undefined;
  readonly remediation?: GivenRemediation | null | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | null | undefined;
}

interface GivenScope {
  readonly mode: Mode;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly resources?: readonly string[];
}

interface GivenRemediation {
  readonly use?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | null | undefined;
  readonly cap?: number | undefined;
}

/**
 * The section "controls".
 * @param given it, before it is checked: which remediation is chosen decides on modes and settings; undefined for all
 *   that could be given
 */
export function controlSettings(rulebook: Rulebook, given?: { readonly controls: unknown }) {
  const settings = rulebook.controls.map((control): [string, z.ZodType<GivenSettings | null | undefined>] => {
    // Most files say something of a few controls, and each schema takes its time to be made.
    if (given && memberOf(given.controls, control.id) === undefined) return [control.id, unsaid];
    const choice = given
      ? choiceIn(memberOf(given.controls, control.id), control, rulebook)
      : { among: usableFor(control, rulebook), isAny: true as const };
    return [
      control.id,
      section(
        ofControl(control, rulebook, choice),
        `${control.title} (${control.severity}). ${control.rationale}`,
      ) as z.ZodType<GivenSettings | null | undefined>,
    ];
  });
  return z.strictObject(Object.fromEntries(settings));
}

const unsaid = z.undefined().optional();

function ofControl(control: Control, rulebook: Rulebook, choice: Choice) {
  const allowed = modesBy(choice);
  const whyNot = (chosen: Mode) => whyNotChosen(chosen, choice, usableFor(control, rulebook));
  return z.strictObject({
    mode: mode(allowed, whyNot).optional(),
    scopes: section(
      z
        .array(
          scopeWith(
            { mode: mode(allowed, whyNot) },
            'A mode for some resources. All that is given must hold; the entries of a list are alternatives.',
          ),
        )
        .register(definitions, { name: `scopes-up-to-${allowed.at(-1)}` }),
      'Other modes for some resources: that of the first scope that a resource is in.',
    ),
    remediation: remediation(control, rulebook, choice),
    parameters: section(strictMembers(control.id, control.parameters), 'What the control measures by.'),
  });
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** What the file chooses, read as far as it can be: whatever is wrong there is told where it stands. */
function choiceIn(given: unknown, control: Control, rulebook: Rulebook): Choice {
  const usable = usableFor(control, rulebook);
  const own = fixing(control, rulebook.remediations);
  const name = memberOf(memberOf(given, 'remediation'), 'use');
  const named = usable.find(({ id }) => id === name);
  const scopes = memberOf(given, 'scopes');
  const chosen = [given, ...(Array.isArray(scopes) ? scopes : [])].map((part) => memberOf(part, 'mode'));
  return {
    among: named ? [named] : name !== undefined ? usable : own ? [own] : [],
    isMisnamed: name !== undefined && !named,
    by: remediatingModes.find((mode) => chosen.includes(mode)),
  };
}

/** Without a remediation nothing can be changed; at once only by one that has said when. */
const modesBy = ({ among, isMisnamed }: Choice): readonly Mode[] =>
  modes.filter(
    (candidate) =>
      isMisnamed ||
      !remediatingModes.includes(candidate) ||
      (candidate === 'auto' ? among.some(({ autoWhen }) => 'says' in autoWhen) : among.length > 0),
  );

function whyNotChosen(chosen: Mode, { among }: Choice, usable: readonly KnownRemediation[]): string {
  const [first] = among;
  if (first && 'never' in first.autoWhen)
    return `"${chosen}" can't be chosen for ${first.id}, "approve" can: ${first.autoWhen.never}`;
  const instead = usable.map(({ id }) => id);
  const orUse = instead.length > 0 ? `, or under "remediation" a "use" of one of ${quoted(instead)}` : '';
  return `"${chosen}" needs a remediation, and none fixes this control: expected one of "off", "notify"${orUse}`;
}
