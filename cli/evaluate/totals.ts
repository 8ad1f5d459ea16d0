import { type Judged, STANDINGS, type Standing, standing } from './judged';

export type Counts = Record<Standing, number>;

/** What was read, and what became of it. */
export class Totals {
  files = 0;
  /** Items, with their configuration or without. */
  items = 0;
  /** Items that at least one rule judged. */
  judgedItems = 0;
  oversized = 0;
  /** Messages of AWS Config about something else than an item. */
  otherMessages = 0;
  problems = 0;
  judgements = 0;
  /** Judgements of rules that failed themselves. */
  crashes = 0;
  readonly all: Counts = noCounts();
  readonly byControl = new Map<string, Counts>();

  constructor(controls: readonly string[]) {
    for (const control of controls) this.byControl.set(control, noCounts());
  }

  /** @param judged all that the rules say of one item */
  addItem(isOversized: boolean, judged: readonly Judged[]): void {
    this.items += 1;
    if (isOversized) this.oversized += 1;
    if (judged.length > 0) this.judgedItems += 1;
    for (const judgement of judged) this.#add(judgement);
  }

  #add(judgement: Judged): void {
    this.judgements += 1;
    if (judgement.isCrash) this.crashes += 1;
    const counts = this.byControl.get(judgement.control) ?? noCounts();
    this.byControl.set(judgement.control, counts);
    counts[standing(judgement)] += 1;
    this.all[standing(judgement)] += 1;
  }
}

const noCounts = (): Counts => Object.fromEntries(STANDINGS.map((name) => [name, 0])) as Counts;

/** The totals as other programs get them. What is exempt is NON_COMPLIANT, and counted beside. */
export const summaryRecord = (totals: Totals, policyFile: string | undefined, isComplete: boolean) => ({
  isComplete,
  policy: policyFile ?? null,
  files: totals.files,
  items: totals.items,
  itemsJudged: totals.judgedItems,
  itemsWithoutRule: totals.items - totals.judgedItems,
  itemsOversized: totals.oversized,
  otherMessages: totals.otherMessages,
  problems: totals.problems,
  judgements: totals.judgements,
  ...countsRecord(totals.all),
  byControl: Object.fromEntries(
    [...totals.byControl].map(([control, counts]) => [control, countsRecord(counts)]),
  ),
});

const countsRecord = ({ NON_COMPLIANT, exempt, ...others }: Counts) => ({
  byCompliance: { NON_COMPLIANT: NON_COMPLIANT + exempt, ...others },
  exempt,
});
