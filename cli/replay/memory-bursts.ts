import type { Bursts } from '../../shared/aws/bursts';
import type { BurstWindow } from '../../shared/tell/alerts/burst';
import type { FoldedAlert } from '../../shared/tell/alerts/folded';
import { worstOf } from '../../shared/tell/alerts/summary';
import type { MakeCall } from './calls';

interface Window {
  readonly admitted: Set<string>;
  readonly folded: Map<string, FoldedAlert>;
  isSummaryAsked: boolean;
}

/** The windows in which alerts are counted. Each call is one request of the real ones. */
export class MemoryBursts {
  readonly #windows = new Map<string, Window>();

  as(call: MakeCall): Bursts {
    const dynamodb = <T>(action: string, about: string, effect: () => T) =>
      call({ service: 'dynamodb', action, about }, effect);
    return {
      admit: (window, alertId, most) =>
        dynamodb('admit', alertId, () => {
          const { admitted } = this.#of(window);
          if (admitted.size < most) admitted.add(alertId);
          return admitted.has(alertId);
        }),
      fold: (window, folded) =>
        dynamodb('fold', folded.alertId, () => {
          this.#of(window).folded.set(keyOf(folded), folded);
        }),
      isFolded: (window, folded) =>
        dynamodb('read-folded', folded.alertId, () => this.#of(window).folded.has(keyOf(folded))),
      isSummaryAsked: (window) =>
        dynamodb('read-window', window.control, () => this.#of(window).isSummaryAsked),
      noteSummaryAsked: (window) =>
        dynamodb('note-summary', window.control, () => {
          this.#of(window).isSummaryAsked = true;
        }),
      foldedOf: (window, most) =>
        dynamodb('list-folded', window.control, () => {
          const all = [...this.#of(window).folded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
          const [first, ...others] = all.slice(0, most);
          const worst = worstOf(all.map(({ severity }) => severity));
          return first && { listed: [first, ...others], count: all.length, worst };
        }),
    };
  }

  #of({ control, from }: BurstWindow): Window {
    const key = `${control}#${from}`;
    const known = this.#windows.get(key) ?? { admitted: new Set(), folded: new Map(), isSummaryAsked: false };
    this.#windows.set(key, known);
    return known;
  }
}

const keyOf = ({ recordedAt, alertId }: FoldedAlert): string => `${recordedAt}#${alertId}`;
