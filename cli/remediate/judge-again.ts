import { judgeBy } from '../../functions/remediate-finding/judge';
import type { Needs } from '../../functions/remediate-finding/needs';
import { rulesByResourceType } from '../../shared/controls';
import { defaultPolicy } from '../policy-file';

/** What the very rule of a control says of a state, whatever mode the control has. */
export const judgeAgain =
  (parameters: (control: string) => Readonly<Record<string, unknown>>, now: Date): Needs['judge'] =>
  (id, item) =>
    judgeBy(rulesByResourceType, {
      ...defaultPolicy(now),
      since: now.toISOString(),
      controls: { [id]: { mode: 'notify', parameters: parameters(id) } },
    })(id, item);
