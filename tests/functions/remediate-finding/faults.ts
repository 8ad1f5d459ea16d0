import type { Needs } from '../../../functions/remediate-finding/needs';
import type { Performer } from '../../../functions/remediate-finding/performer';
import type { Stage } from './stage';

/**
 * What goes wrong at one await of a table or of AWS.
 *
 * - `killed-before`, `killed-after`: the function ends there, and nothing else happens in this delivery.
 * - `flaky-before`, `flaky-after`: the await fails, and the function goes on as it then does.
 * - of a call that changes something: AWS throttles it; its answer gets lost after it worked, or before; AWS refuses it.
 */
export const faults = [
  'killed-before',
  'killed-after',
  'flaky-before',
  'flaky-after',
  'throttled',
  'lost-after',
  'lost-before',
  'refused',
] as const;
export type Fault = (typeof faults)[number];
const ofCalls: readonly Fault[] = ['throttled', 'lost-after', 'lost-before', 'refused'];
const reading =
  /^(findings|evidence)\.|^runs\.(read|part|approvals|undoAsked|admitted|ours)$|^performer\.read$|^wait$/;

/** The faults that make a difference at an await. Of one that only reads, it is the same whether it read or not. */
export const faultsAt = ({ what, changes }: { readonly what: string; readonly changes: boolean }) =>
  faults.filter((fault) =>
    reading.test(what) ? fault === 'killed-before' : changes || !ofCalls.includes(fault),
  );

export class Killed extends Error {
  override readonly name = 'Killed';
}
export class Flaky extends Error {
  override readonly name = 'Flaky';
}

/** Where awaits are counted, and one of them goes wrong. */
export interface Saboteur {
  needs: Needs;
  /** Awaits that were reached until now; of each, whether it changes something at AWS. */
  readonly reached: { readonly what: string; readonly changes: boolean }[];
  /** The first of `reached` that the fault met; undefined while none. */
  struck(): string | undefined;
  /** A new delivery: whoever was killed is not, any more. */
  revive(): void;
}

type Call = (...input: never[]) => Promise<unknown>;

/** @param at the number of the await that goes wrong; none for a rehearsal */
export function sabotaged({ needs }: Pick<Stage, 'needs'>, at?: number, fault?: Fault): Saboteur {
  const reached: Saboteur['reached'][number][] = [];
  let isDead = false;
  let struck: string | undefined;

  async function awaited<T>(what: string, changes: boolean, act: () => Promise<T>): Promise<T> {
    if (isDead) throw new Killed(what);
    const isHere = reached.length === at && struck === undefined;
    reached.push({ what, changes });
    if (!isHere || fault === undefined || (ofCalls.includes(fault) && !changes)) return act();
    struck = what;
    switch (fault) {
      case 'killed-before':
        isDead = true;
        throw new Killed(what);
      case 'killed-after':
        await act();
        isDead = true;
        throw new Killed(what);
      case 'flaky-before':
        throw new Flaky(what);
      case 'flaky-after':
        await act();
        throw new Flaky(what);
      case 'throttled':
        return { state: 'refused', code: 'ThrottlingException' } as T;
      case 'lost-after':
        await act();
        return { state: 'unknown', error: 'socket hang up' } as T;
      case 'lost-before':
        return { state: 'unknown', error: 'connect ECONNREFUSED' } as T;
      case 'refused':
        return { state: 'refused', code: 'UnauthorizedOperation', requestId: 'r-refused' } as T;
    }
  }
  const each = <Held extends object>(held: Held, name: string, changes: readonly string[] = []): Held =>
    new Proxy(held, {
      get(target, member: string) {
        const own = (target as Record<string, unknown>)[member];
        if (typeof own !== 'function' || member === 'all') return own;
        return (...input: never[]) =>
          awaited(`${name}.${member}`, changes.includes(member), () => (own as Call)(...input));
      },
    });

  return {
    needs: {
      ...needs,
      get directions() {
        return needs.directions;
      },
      findings: each(needs.findings, 'findings'),
      runs: each(needs.runs, 'runs'),
      evidence: each(needs.evidence, 'evidence'),
      performer: (session): Performer => each(needs.performer(session), 'performer', ['apply']),
      report: (outcome) => awaited('report', false, () => needs.report(outcome)),
      comeBack: (findingId, seconds) => awaited('comeBack', false, () => needs.comeBack(findingId, seconds)),
      wait: (ms) => awaited('wait', false, () => needs.wait(ms)),
    },
    reached,
    struck: () => struck,
    revive() {
      isDead = false;
    },
  };
}
