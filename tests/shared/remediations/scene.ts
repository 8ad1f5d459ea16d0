import type { Json, JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { ResourceRef } from '../../../shared/contracts/trailseal/finding';
import type { AwsCall, Plan, Refusal, Target, Undo } from '../../../shared/contracts/trailseal/remediation';
import { capture, propose } from '../../../shared/remediations/plan';
import type { AnyRemediation, Occasion } from '../../../shared/remediations/remediation';
import { proposeUndo, type UndoProposal } from '../../../shared/remediations/undo';
import { type CloudState, emptyCloud, perform, Refused } from './cloud';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const NOW = '2026-11-29T12:00:00.000Z';
export const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';

/** A state of the cloud, and the finding for which a remediation is called. */
export interface Case {
  readonly name: string;
  readonly control?: string;
  readonly parameters?: JsonObject;
  readonly settings?: JsonObject;
  readonly finding: Partial<ResourceRef> & Pick<ResourceRef, 'resourceType' | 'resourceId'>;
  readonly cloud: Partial<CloudState>;
}

/** What can be done in it, call by call, with every call that was made. */
export interface Scene {
  readonly cloud: CloudState;
  readonly target: Target;
  readonly calls: { readonly capture: AwsCall[]; readonly apply: AwsCall[]; readonly undo: AwsCall[] };
  capture(): Json;
  propose(captured: Json): { readonly plan: Plan } | { readonly refusal: Refusal };
  apply(plan: Plan): void;
  undo(captured: Json, left: Json, live?: Json): Undo;
  proposeUndo(captured: Json, left: Json, live?: Json, forced?: boolean): UndoProposal;
  autoHolds(captured: Json): true | string | 'never';
}

export function sceneOf(remediation: AnyRemediation, one: Case): Scene {
  const cloud: CloudState = { ...emptyCloud(), ...structuredClone(one.cloud) };
  const located = remediation.target({ accountId: ACCOUNT, region: REGION, ...one.finding });
  if ('cannot' in located) throw new Error(located.cannot);
  const { target } = located;
  const occasion: Occasion = {
    findingId: FINDING,
    control: one.control ?? remediation.fixes[0] ?? 'some-control',
    parameters: one.parameters ?? {},
    at: NOW,
    since: '2026-11-29T11:00:00.000Z',
  };
  const settings = remediation.settings.parse(one.settings ?? {});
  const calls: Scene['calls'] = { capture: [], apply: [], undo: [] };
  const make = (list: readonly AwsCall[], into: AwsCall[]) => {
    const answers: JsonObject[] = [];
    for (const call of list) {
      into.push(call);
      answers.push(perform(cloud, call, answers));
    }
  };
  return {
    cloud,
    target,
    calls,
    capture() {
      const answers = remediation
        .reads(target, occasion, settings)
        .map(({ as, call, absentOn }): [string, Json] => {
          calls.capture.push(call);
          try {
            return [as, perform(cloud, call)];
          } catch (error) {
            if (error instanceof Refused && absentOn.includes(error.code)) return [as, null];
            throw error;
          }
        });
      const read = capture(remediation, Object.fromEntries(answers));
      if ('refusal' in read) throw new Error(read.refusal.says);
      return read.captured;
    },
    propose: (captured) => propose(remediation, { captured, target, occasion, settings }),
    apply: (plan) => make(plan.calls, calls.apply),
    undo(captured, left, live = left) {
      const undo = remediation.undo({ captured, left, live, target, occasion, settings });
      if (undo.reversible) make(undo.calls, calls.undo);
      return undo;
    },
    proposeUndo: (captured, left, live = left, forced = false) =>
      proposeUndo(remediation, { captured, left, live }, { target, occasion, settings }, forced),
    autoHolds: (captured) =>
      'never' in remediation.autoWhen
        ? 'never'
        : remediation.autoWhen.holds({ captured, target, occasion, settings }),
  };
}

/** What is said to a case: the calls in short, or the refusal. */
export function said(remediation: AnyRemediation, one: Case): string[] {
  const scene = sceneOf(remediation, one);
  const proposal = scene.propose(scene.capture());
  return 'plan' in proposal
    ? proposal.plan.calls.map(({ says }) => says)
    : [`${proposal.refusal.code}: ${proposal.refusal.says}`];
}

/** The plan for a case. @throws when there is none */
export function planOf(remediation: AnyRemediation, one: Case): Plan {
  const scene = sceneOf(remediation, one);
  const proposal = scene.propose(scene.capture());
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  return proposal.plan;
}
