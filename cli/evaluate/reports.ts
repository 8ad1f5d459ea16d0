import type { Compliance } from '../../shared/contracts/trailseal/finding';
import type { Problem } from '../input/problem';
import { jsonLine } from '../json-text';
import type { Shell } from '../shell';
import { styleOf } from '../table';
import { type Judged, judgementRecord, worstFirst } from './judged';
import { renderText } from './render';
import { summaryRecord, type Totals } from './totals';
import { Worst } from './worst';

export type Format = 'text' | 'json' | 'ndjson';

/** What goes to stdout, while the items are read and after. */
export interface Report {
  judged(judgement: Judged): void;
  problem(problem: Problem): void;
  end(summary: Summary): void;
}

export interface Summary {
  readonly totals: Totals;
  readonly policyFile: string | undefined;
  /** All that was asked for was read. */
  readonly isComplete: boolean;
}

export interface ReportOptions {
  readonly format: Format;
  readonly compliance?: readonly Compliance[];
  readonly all?: true;
}

/** More than a person reads; the other formats list all. */
const MOST_ROWS = 1000;
/** Kept for the end of a document. stderr has them all. */
const MOST_PROBLEMS = 1000;

type Write = (text: string) => void;

export const reportTo = (write: Write, options: ReportOptions, shell: Pick<Shell, 'out' | 'env'>): Report =>
  reports[options.format](write, options, shell);

const reports: Readonly<
  Record<Format, (write: Write, options: ReportOptions, shell: Pick<Shell, 'out' | 'env'>) => Report>
> = {
  text(write, { compliance, all }, { out, env }) {
    const listed: readonly Compliance[] | undefined =
      compliance ?? (all ? undefined : ['NON_COMPLIANT', 'INSUFFICIENT_DATA']);
    const worst = new Worst<Judged>(MOST_ROWS, worstFirst);
    return {
      judged(judgement) {
        if (listed?.includes(judgement.compliance) ?? true) worst.add(judgement);
      },
      problem: () => undefined,
      end: (summary) =>
        write(renderText({ ...summary, rows: worst.inOrder(), listed: worst.count }, styleOf(out, env))),
    };
  },

  /** One document, of any length: nothing waits for its end. */
  json(write, { compliance }) {
    const problems: Problem[] = [];
    let separator = '\n';
    write('{"judgements":[');
    return {
      judged(judgement) {
        if (!(compliance?.includes(judgement.compliance) ?? true)) return;
        const { exemption } = judgement;
        const record = { ...judgementRecord(judgement), ...(exemption ? { exemption } : {}) };
        write(separator + jsonLine(record).trimEnd());
        separator = ',\n';
      },
      problem(problem) {
        if (problems.length < MOST_PROBLEMS) problems.push(problem);
      },
      end({ totals, policyFile, isComplete }) {
        const summary = summaryRecord(totals, policyFile, isComplete);
        const entries = problems.map((problem) => `\n${jsonLine(problemRecord(problem)).trimEnd()}`);
        write(`\n],\n"summary":${jsonLine(summary).trimEnd()},\n"problems":[${entries.join(',')}\n]}\n`);
      },
    };
  },

  ndjson: (write, { compliance }) => ({
    judged(judgement) {
      if (compliance?.includes(judgement.compliance) ?? true) write(jsonLine(judgementRecord(judgement)));
    },
    problem: () => undefined,
    end: () => undefined,
  }),
};

const problemRecord = ({ file, position, reason }: Problem) => ({
  file,
  line: position?.line ?? null,
  column: position?.column ?? null,
  byte: position?.byte ?? null,
  index: position?.index ?? null,
  reason,
});
