import type { Mode, ProtectedTag } from '../contracts/trailseal/compliance-policy';
import type { ActorSummary, AppliedExemption, Compliance } from '../contracts/trailseal/finding';
import type { Refusal } from '../contracts/trailseal/remediation';
import type { ResourceTags } from './remediation';

/** What could not be found out. Every guard refuses it: nothing is changed on a guess. */
export type Unknown = 'unknown';

/** Nobody but CloudFormation can set its system tags. */
const STACK_NAME = 'aws:cloudformation:stack-name';
const STACK_ID = 'aws:cloudformation:stack-id';
const CLOUDFORMATION = 'cloudformation.amazonaws.com';
const LONGEST_NAME = 255;

/** A tag's text in one line, for people: whoever may tag the resource chose it. */
const shown = (text: string) => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, LONGEST_NAME);

type Guard<Facts> = (facts: Facts) => Refusal | undefined;

/** Without a valid compliance.yml nobody knows what is exempt. */
export const policyInvalid: Guard<{ policy: 'valid' | 'missing' | 'invalid' | Unknown }> = ({ policy }) =>
  policy === 'valid'
    ? undefined
    : {
        code: 'policy-invalid',
        says: `compliance.yml is ${policy === 'unknown' ? 'not known to be valid' : policy}, so that what is exempt is not known.`,
        instead: 'Mend compliance.yml and deploy it.',
      };

export const exempt: Guard<{ exemption: AppliedExemption | 'none' | Unknown }> = ({ exemption }) => {
  if (exemption === 'none') return undefined;
  return {
    code: 'exempt',
    says:
      exemption === 'unknown'
        ? 'Whether the resource is exempt could not be found out.'
        : `Exempt until ${exemption.expiresAt.slice(0, 10)}, by ${shown(exemption.owner)}.`,
  };
};

/** What a stack sets, it sets back; and its next update would find what it doesn't know. */
export const managedByIac: Guard<{
  tags: ResourceTags | Unknown;
  /** Who made the change, where that is known. */
  actor?: Pick<ActorSummary, 'invokedBy' | 'iac'>;
}> = ({ tags, actor }) => {
  const own = typeof tags === 'object' ? tags : {};
  const stack = own[STACK_NAME] ?? own[STACK_ID];
  const byCloudFormation = actor?.invokedBy === CLOUDFORMATION || actor?.iac === 'CloudFormation';
  if (stack !== undefined || byCloudFormation) {
    const name = stack === undefined ? 'a stack of CloudFormation' : `stack ${shown(stack)}`;
    return {
      code: 'managed-by-iac',
      says: `It is managed by ${name}, which would set it back.`,
      instead: `Change the template of ${name} and deploy it.`,
    };
  }
  return tags === 'unknown' || tags === 'not-read'
    ? {
        code: 'tags-unknown',
        says: 'Its tags could not be read, so that it may be managed by a stack, or protected.',
      }
    : undefined;
};

export const protectedByTag: Guard<{
  tags: ResourceTags | Unknown;
  protectedTags: readonly ProtectedTag[];
}> = ({ tags, protectedTags }) => {
  if (tags === 'unknown' || tags === 'not-read')
    return { code: 'tags-unknown', says: 'Its tags could not be read, so that it may be protected.' };
  if (tags === 'none') return undefined;
  const found = protectedTags.find(
    ({ key, value }) => Object.hasOwn(tags, key) && (value === undefined || tags[key] === value),
  );
  return found && { code: 'protected', says: `Its tag ${shown(found.key)} keeps remediation away.` };
};

/** @param made how many runs this control, account and hour have seen */
export const capReached: Guard<{ made: number | Unknown; cap: number }> = ({ made, cap }) => {
  if (made === 'unknown')
    return { code: 'cap-reached', says: 'How many were made within the hour could not be found out.' };
  return made < cap
    ? undefined
    : {
        code: 'cap-reached',
        says: `${made} were made within the hour for this control in this account, and ${cap} may be.`,
        instead: 'Find out why there are so many, or wait.',
      };
};

/** The call that made what is to be set back, as far as it is known. */
export interface MakingCall {
  readonly issuer?: string;
  readonly requestID?: string;
}

/**
 * What we did ourselves is not set back by ourselves, or the two would go on for ever. Ours is a call that was made by
 * the role of our remediations and whose requestID we stored. A call of the role that we did not store is refused too:
 * either the answer got lost, or somebody else uses the role.
 *
 * @param calls those that explain the change; empty where none is known, which is nobody's word that it is ours
 */
export const ownChange: Guard<{
  calls: readonly MakingCall[];
  ourRole: string;
  ourRequests: ReadonlySet<string> | Unknown;
}> = ({ calls, ourRole, ourRequests }) => {
  const byOurRole = calls.filter(({ issuer }) => issuer === ourRole);
  if (byOurRole.length === 0) return undefined;
  const isStored = byOurRole.some(
    ({ requestID }) => ourRequests !== 'unknown' && requestID !== undefined && ourRequests.has(requestID),
  );
  return isStored
    ? {
        code: 'own-change',
        says: 'The change was made by a remediation of ours: two controls want the opposite.',
        instead: 'Look at what both controls want, and turn one of them off for the resource.',
      }
    : {
        code: 'own-change',
        says: "The change was made in our remediation's role by a call that we did not record.",
        instead: 'Find out who made it: nobody else should use the role.',
      };
};

/** The plan is made anew from what is there now; it has to be the one that was shown and approved. */
export const stalePlan: Guard<{ approvedHash: string | Unknown; planHash: string }> = ({
  approvedHash,
  planHash,
}) =>
  approvedHash === planHash
    ? undefined
    : {
        code: 'stale-plan',
        says: 'The plan is no longer the one that was approved: the resource has changed since.',
        instead: 'Look at the new plan, and approve it.',
      };

/** @param judged what the rule says of what was just read; `not-judged` where a detection has nothing to read again */
export const noLongerSo: Guard<{ judged: Compliance | 'not-judged' | Unknown }> = ({ judged }) => {
  if (judged === 'NON_COMPLIANT' || judged === 'not-judged') return undefined;
  return {
    code: 'no-longer-so',
    says:
      judged === 'COMPLIANT' || judged === 'NOT_APPLICABLE'
        ? 'Read again, the resource no longer breaks the control.'
        : 'Read again, the control can not tell whether the resource breaks it.',
  };
};

/** How far a run may go, and why not farther. */
export interface Permitted {
  readonly mode: Mode;
  readonly lowered: readonly string[];
}

/**
 * The mode that holds for this run. `auto` becomes `approve` where its precondition does not hold, and while a chain of
 * digests is broken: who changed what is not certain then. What restores evidence does not wait for that.
 *
 * @param autoHolds what the precondition of the remediation says; a text is why it doesn't hold
 */
export function permitted(facts: {
  readonly mode: Mode | Unknown;
  readonly chain: 'whole' | 'broken' | Unknown;
  readonly restoresEvidence: boolean;
  readonly autoHolds: true | string;
}): Permitted {
  const mode = facts.mode === 'unknown' ? 'off' : facts.mode;
  if (mode !== 'auto') return { mode, lowered: [] };
  const lowered = [
    ...(facts.autoHolds === true ? [] : [`Not without approval: ${facts.autoHolds}.`]),
    ...(facts.chain === 'whole' || facts.restoresEvidence
      ? []
      : [
          facts.chain === 'broken'
            ? 'Not without approval: a chain of digests is broken.'
            : 'Not without approval: whether the chains of digests are whole is not known.',
        ]),
  ];
  return { mode: lowered.length > 0 ? 'approve' : 'auto', lowered };
}

/** @param approved whether a valid approval of this very plan is there */
export const modeForbids: Guard<{ mode: Mode; approved: boolean }> = ({ mode, approved }) => {
  switch (mode) {
    case 'auto':
      return undefined;
    case 'approve':
      return approved ? undefined : { code: 'not-approved', says: 'It waits for an approval.' };
    case 'dry-run':
      return {
        code: 'dry-run',
        says: 'compliance.yml says dry-run: the plan is shown, and nothing is changed.',
      };
    default:
      return { code: 'mode', says: `compliance.yml says ${mode} for this control.` };
  }
};

/** All that the guards ask for. */
export type Guarded = Parameters<typeof policyInvalid>[0] &
  Parameters<typeof exempt>[0] &
  Parameters<typeof managedByIac>[0] &
  Parameters<typeof protectedByTag>[0] &
  Parameters<typeof capReached>[0] &
  Parameters<typeof ownChange>[0] &
  Parameters<typeof noLongerSo>[0] &
  Parameters<typeof modeForbids>[0];

/** Every reason against a run, those that no approval helps against first. Empty: it may be made. */
export const refusalsOf = (facts: Guarded): readonly Refusal[] =>
  [policyInvalid, exempt, managedByIac, protectedByTag, ownChange, noLongerSo, capReached, modeForbids]
    .map((guard) => guard(facts))
    .filter((refusal) => refusal !== undefined);
