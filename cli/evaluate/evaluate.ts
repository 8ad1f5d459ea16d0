import type { Readable, Writable } from 'node:stream';
import { isOffEverywhere } from '../../shared/controls/scope';
import { type ItemRecord, readConfigurationItems } from '../input/configuration-items';
import { type FoundFiles, findFiles } from '../input/files';
import { type Problem, problemText } from '../input/problem';
import type { ExitCode, Output, Shell } from '../shell';
import { counted } from '../table';
import { printable } from '../terminal';
import { judge } from './judged';
import { type Yardstick, yardstick } from './policy';
import { type Progress, progressOn } from './progress';
import { type Report, type ReportOptions, reportTo } from './reports';
import { Totals } from './totals';

export interface EvaluateOptions extends ReportOptions {
  readonly config?: string;
  readonly control?: readonly string[];
  readonly strict?: true;
}

/** The process's own streams: what is piped in, and whether what comes out is read. */
export interface Pipes {
  readonly stdin: Readable;
  readonly stdout: Pick<Writable, 'once'>;
}

/** Judges the configuration items in files by the rules. */
export async function evaluate(
  names: readonly string[],
  options: EvaluateOptions,
  shell: Shell,
  pipes: Pipes,
): Promise<ExitCode> {
  const by = yardstick(options, shell);
  const found = await findFiles(names, shell.folder);
  const interrupted = shell.stopSignal();
  const unread = new AbortController();
  // Nobody reads on, as after `| head`.
  pipes.stdout.once('error', () => unread.abort());
  const stop = AbortSignal.any([interrupted, unread.signal]);

  const out = gathered(shell.out);
  // A line of its own has no place on the terminal that the judgements themselves go by on.
  const isQuiet = options.format !== 'text' && shell.out.isTerminal;
  const progress = progressOn(shell, sizeOf(found), isQuiet);
  const evaluation = new Evaluation(by, reportTo(out.write, options, shell), progress, shell.err);
  const source = {
    standardInput: () => pipes.stdin,
    stop,
    bytesRead(count: number) {
      progress.bytes(count);
      // What comes next may be long in coming.
      out.flush();
    },
  };

  for (const problem of found.problems) evaluation.addProblem(problem);
  for (const file of found.files) {
    if (stop.aborted) break;
    evaluation.totals.files += 1;
    for await (const record of readConfigurationItems(file, source)) evaluation.add(record);
  }
  if (unread.signal.aborted) return 2;
  evaluation.end(interrupted.aborted);
  out.flush();
  evaluation.sayWhatIsOpen(found.others, interrupted.aborted);
  return exitCodeOf(evaluation.totals, interrupted.aborted, options.strict ?? false);
}

/** More than a person reads: of the others stderr says how many. */
const MOST_PROBLEMS = 100;
const LINE_LENGTH = 1000;

/** Judges item after item, and counts. */
class Evaluation {
  readonly totals: Totals;

  constructor(
    private readonly by: Yardstick,
    private readonly report: Report,
    private readonly progress: Progress,
    private readonly err: Output,
  ) {
    this.totals = new Totals(controlsOf(by));
  }

  add(record: ItemRecord | Problem): void {
    switch (record.kind) {
      case 'problem':
        this.addProblem(record);
        break;
      case 'other-message':
        this.totals.otherMessages += 1;
        break;
      default: {
        const judged = judge(record, this.by);
        this.totals.addItem(record.kind === 'oversized', judged);
        for (const judgement of judged) this.report.judged(judgement);
        this.progress.item();
      }
    }
  }

  addProblem(problem: Problem): void {
    this.totals.problems += 1;
    this.report.problem(problem);
    if (this.totals.problems <= MOST_PROBLEMS) this.#say(`error: ${problemText(problem)}`);
  }

  end(isInterrupted: boolean): void {
    this.progress.erase();
    const { totals } = this;
    this.report.end({ totals, policyFile: this.by.file, isComplete: isComplete(totals, isInterrupted) });
  }

  /** What a number on stdout might hide. */
  sayWhatIsOpen(otherFiles: number, isInterrupted: boolean): void {
    const { problems, crashes, otherMessages, all } = this.totals;
    const lines: readonly (readonly [boolean, string])[] = [
      [problems > MOST_PROBLEMS, `error: ${counted(problems - MOST_PROBLEMS, 'more problem')}`],
      [crashes > 0, `error: ${counted(crashes, 'judgement')} failed, by a mistake in the rule`],
      [
        all.INSUFFICIENT_DATA > 0,
        `${all.INSUFFICIENT_DATA} INSUFFICIENT_DATA: it can't be told whether the control holds`,
      ],
      [
        otherMessages > 0,
        `${counted(otherMessages, 'message')} of AWS Config about something else than an item`,
      ],
      [otherFiles > 0, `${counted(otherFiles, 'file')} passed by in folders: no .json, .jsonl or .ndjson`],
      [isInterrupted, 'Stopped before the end: the totals are of what was read so far'],
    ];
    for (const [applies, line] of lines) if (applies) this.#say(line);
  }

  #say(line: string): void {
    this.progress.erase();
    this.err.write(`${printable(line, LINE_LENGTH)}\n`);
  }
}

const controlsOf = ({ rules, policy }: Yardstick): string[] =>
  Object.values(rules)
    .flatMap((ofType) => ofType.map(({ id }) => id))
    .filter((id) => !isOffEverywhere(policy.controls[id]))
    .sort();

const isComplete = ({ problems, crashes }: Totals, isInterrupted: boolean): boolean =>
  problems === 0 && crashes === 0 && !isInterrupted;

function exitCodeOf(totals: Totals, isInterrupted: boolean, strict: boolean): ExitCode {
  if (!isComplete(totals, isInterrupted)) return 2;
  const { NON_COMPLIANT, INSUFFICIENT_DATA } = totals.all;
  return NON_COMPLIANT > 0 || (strict && INSUFFICIENT_DATA > 0) ? 1 : 0;
}

/** Bytes of all files together; undefined when one is a pipe. */
const sizeOf = ({ files }: FoundFiles): number | undefined =>
  files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );

const WRITTEN_AT_ONCE = 64 * 1024;

/** Gathers lines, as writing each by itself takes longer than judging it. */
function gathered(output: Output): { write(text: string): void; flush(): void } {
  let text = '';
  const flush = () => {
    if (text !== '') output.write(text);
    text = '';
  };
  return {
    write(more) {
      text += more;
      if (text.length >= WRITTEN_AT_ONCE) flush();
    },
    flush,
  };
}
