import { judgeItem, type PolicyInForce, type RulesByType } from '../../shared/controls/judge';
import type { Needs } from './needs';

/** Judges a state that was just read by the very rule of a control, and by no other. */
export const judgeBy =
  (rules: RulesByType, policy: PolicyInForce): Needs['judge'] =>
  (control, item) => {
    const rule = (rules[item.resourceType] ?? []).find(({ id }) => id === control);
    if (rule === undefined) return 'not-judged';
    return judgeItem({ [item.resourceType]: [rule] }, item, policy)[0]?.compliance ?? 'not-judged';
  };
