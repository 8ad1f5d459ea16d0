import type * as z from 'zod/mini';
import type { Control } from '../controls/control';

/** As much of a remediation as compliance.yml is checked against. */
export interface KnownRemediation {
  readonly id: string;
  /** "Revoke …". */
  readonly title: string;
  /** Ids of controls; none for what runs a team's own code, which can be chosen for any control. */
  readonly fixes: readonly string[];
  /** Where nobody has to approve, or why somebody always has to. */
  readonly autoWhen: { readonly says: string } | { readonly never: string };
  readonly settings: z.ZodMiniType;
}

/** What a file is checked against beside its own text. */
export interface Rulebook {
  /** All that there are. */
  readonly controls: readonly Control[];
  readonly remediations: readonly KnownRemediation[];
}

/** The remediation that is made for a control, if there is one. */
export const fixing = <R extends KnownRemediation>(
  control: Pick<Control, 'id'>,
  remediations: readonly R[],
): R | undefined => remediations.find(({ fixes }) => fixes.includes(control.id));

/** Those that can be chosen for a control: the one that is made for it first, then those that run a team's own code. */
export const usableFor = (
  control: Pick<Control, 'id'>,
  { remediations }: Rulebook,
): readonly KnownRemediation[] => {
  const own = fixing(control, remediations);
  return [...(own ? [own] : []), ...remediations.filter(({ fixes }) => fixes.length === 0)];
};
