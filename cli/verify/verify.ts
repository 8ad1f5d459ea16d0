import { uri } from '../../shared/proof/trail/verdict';
import { hashAside, hashHere } from '../../shared/proof/trail/verify-log';
import { jsonLine } from '../json-text';
import type { ExitCode, Shell } from '../shell';
import { printable } from '../terminal';
import { awsFor, noWitness } from './aws';
import { Findings } from './findings';
import { gathered } from './gathered';
import { listenerFor } from './listener';
import { number } from './number';
import { isoSecond, selectionOf, type VerifyOptions, type Window, windowOf } from './options';
import { outputTo } from './outputs';
import { progressOn } from './progress';
import { publicKeysOfFile } from './public-keys-file';
import { type Summary, summaryRecord } from './records';
import { openReport, type ReportFile, subjectOf } from './report-file';
import { HeldLogs, type Run } from './run';
import { Slots } from './slots';
import { verifySource } from './source-run';
import { namedSources } from './sources';

/** Requests to S3 at once. */
const S3_CONCURRENCY = 64;
/** Files are read at once, and inflating is work for the processor alone: more at a time would only take memory. */
const FOLDER_CONCURRENCY = 1;

/** Entries of digests, of some 400 bytes each. */
const MOST_HELD = 5_000;

/** Verifies the digest chains and the log files of buckets, or of copies in folders. */
export async function verify(
  names: readonly string[],
  options: VerifyOptions,
  shell: Shell,
): Promise<ExitCode> {
  const window = windowOf(options, shell.now());
  const selection = selectionOf(options);
  const keys =
    options.publicKeys === undefined ? undefined : publicKeysOfFile(options.publicKeys, shell.folder);
  const aws = awsFor(options, options.concurrency ?? S3_CONCURRENCY, shell);
  const sources = await namedSources(names, shell.folder, aws.objects);
  const report =
    options.report === undefined
      ? undefined
      : await openReport(options.report, shell.folder, subjectOf(names, options), window);
  try {
    const verification = new Verification(options, report?.window ?? window, shell, report);
    for (const source of sources) {
      const { isBucket } = source;
      const atOnce = options.concurrency ?? (isBucket ? S3_CONCURRENCY : FOLDER_CONCURRENCY);
      const isWhole = await verifySource(
        source,
        {
          ...verification.common,
          selection,
          source: await source.open(),
          slots: new Slots(atOnce),
          live: isBucket && options.end === undefined,
          // Requests keep this thread busy; files are read by it, one after the other.
          hash: isBucket ? hashAside : hashHere,
          keys: keys === undefined ? aws.keys : async (region) => keys(region),
          witness: isBucket ? aws.witness : noWitness,
        },
        atOnce,
        verification.say,
      );
      if (!isWhole) verification.isComplete = false;
    }
    return verification.end({
      areCopies: sources.some(({ isBucket }) => !isBucket),
      unasked: [...aws.unasked],
    });
  } finally {
    report?.close();
  }
}

/** One run over all sources: where its verdicts go, and what it comes to. */
class Verification {
  isComplete = true;
  readonly common: Pick<Run, 'window' | 'now' | 'listener' | 'isProven' | 'held' | 'stop'>;
  readonly #findings = new Findings();
  readonly #out: ReturnType<typeof gathered>;
  readonly #output: ReturnType<typeof outputTo>;
  readonly #progress: ReturnType<typeof progressOn>;

  constructor(
    private readonly options: VerifyOptions,
    private readonly window: Window,
    private readonly shell: Shell,
    private readonly report: ReportFile | undefined,
  ) {
    this.#out = gathered(shell.out);
    this.#output = outputTo(this.#out.write, options, shell);
    // A line of its own has no place on the terminal that the records themselves go by on.
    this.#progress = progressOn(shell, options.format !== 'text' && shell.out.isTerminal);
    this.common = {
      window,
      now: isoSecond(shell.now()),
      listener: listenerFor({
        findings: this.#findings,
        output: this.#output,
        progress: this.#progress,
        ...(report ? { report } : {}),
      }),
      isProven: (log, sha256) => report?.isProven(uri(log), sha256) ?? false,
      held: new HeldLogs(MOST_HELD),
      stop: shell.stopSignal(),
    };
    this.#sayGoingOn();
  }

  readonly say = (line: string): void => {
    this.#progress.erase();
    this.shell.err.write(`${printable(line, 1000)}\n`);
  };

  end(beside: { readonly areCopies: boolean; readonly unasked: readonly string[] }): ExitCode {
    const findings = this.#findings;
    const isStopped = this.common.stop.aborted;
    findings.end();
    const summary: Summary = {
      isComplete: this.isComplete && !isStopped,
      window: this.window,
      chains: findings.chains,
      findings: findings.folders,
      totals: findings.totals,
    };
    this.report?.write(jsonLine(summaryRecord(summary)));
    this.#progress.erase();
    this.#output.end(summary, findings, { ...beside, keysFile: this.options.publicKeys });
    this.#out.flush();
    if (isStopped) this.#sayStopped();
    return summary.isComplete ? findings.exit : 2;
  }

  #sayGoingOn(): void {
    const { before, window } = this.report ?? {};
    if (before === undefined || window === undefined) return;
    this.say(
      `Going on with ${this.options.report}, up to ${window.to}: ${number(before.proven)} log files that it proves are not read again`,
    );
    if (before.isComplete) this.say('It was complete: to verify all anew, name another file for --report');
  }

  #sayStopped(): void {
    this.say('Stopped before the end: what is told is of what was verified so far');
    this.say(
      this.options.report === undefined
        ? 'With --report FILE, the next run can go on from where one was stopped'
        : 'Run the same command again to go on',
    );
  }
}
