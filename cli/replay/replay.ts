import type { Readable } from 'node:stream';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { Failure } from '../failure';
import { problemText } from '../input/problem';
import type { ExitCode, Shell } from '../shell';
import { printable } from '../terminal';
import { compare, isSame } from './comparison';
import { disturbed } from './disturbance';
import type { FaultRates } from './faults';
import { historyOf } from './incoming';
import { deliveriesOf, homeOf, type Input, readInput } from './input';
import { policyFor } from './policy';
import { progressOn } from './progress';
import { type AlertForm, type Format, printComparison, printRun } from './render';
import { type Run, type Scenario, simulate } from './simulation';

export interface ReplayOptions {
  readonly config?: string;
  readonly compare?: string;
  /** How many more times each event comes. */
  readonly duplicate?: number;
  readonly shuffle?: number;
  readonly drop?: number;
  readonly fail?: FaultRates;
  readonly seed: number;
  readonly until?: Date;
  readonly format: Format;
  readonly alerts?: AlertForm;
  readonly account?: string;
  readonly region?: string;
}

/** So many problems are said one by one. */
const MOST_PROBLEMS = 20;
const LINE_LENGTH = 1000;

/** Runs events through the functions, in this process and in virtual time: what would be told, what would be open. */
export async function replay(
  names: readonly string[],
  options: ReplayOptions,
  shell: Shell,
  standardInput: () => Readable,
): Promise<ExitCode> {
  const say = (text: string) => shell.err.write(`${printable(text, LINE_LENGTH)}\n`);
  const stop = shell.stopSignal();
  const input = await readInput(names, { folder: shell.folder, standardInput, stop });
  sayWhatWasNotRead(input, say);
  if (input.incoming.length === 0) throw new Failure('There is no event to replay');
  const home = homeOf(input.incoming, options);
  say(`Replaying as account ${home.accountId} region ${home.region}: this is "self" in compliance.yml`);

  const inOrder = deliveriesOf(input.incoming, home);
  const deliveries = disturbed(inOrder, options, options.seed);
  const lastAt = inOrder.at(-1)?.at ?? 0;
  const scenario = (policy: CompliancePolicy): Scenario => ({
    deliveries,
    policy,
    home,
    seed: options.seed,
    faults: options.fail ?? {},
    until: options.until?.getTime() ?? lastAt,
    itemCapturedAt: historyOf(input.incoming),
  });
  const then = new Date(inOrder[0]?.at ?? 0);
  const policy = policyFor(options.config, then, shell);
  const otherPolicy = options.compare === undefined ? undefined : policyFor(options.compare, then, shell);

  const progress = progressOn(shell.err, deliveries.length * (otherPolicy ? 2 : 1));
  const watching = { delivered: () => progress.add(), stop };
  const run = await simulate(scenario(policy), watching);
  const other = otherPolicy && (await simulate(scenario(otherPolicy), watching));
  progress.end();

  const counts = { events: input.incoming.length, problems: input.problems.length, others: input.others };
  if (other === undefined) {
    printRun({ run, counts, home }, options, shell);
    sayWhatIsOpen([run], say);
    return exitCodeOf(input, [run], openIn(run) > 0);
  }
  const comparison = compare(run, other);
  printComparison({ comparison, base: run, other, counts, home }, options, shell);
  sayWhatIsOpen([run, other], say);
  return exitCodeOf(input, [run, other], !isSame(comparison));
}

const openIn = ({ findings }: Run): number => findings.filter(({ state }) => state === 'open').length;

function sayWhatWasNotRead({ problems, others, otherFiles }: Input, say: (text: string) => void): void {
  for (const problem of problems.slice(0, MOST_PROBLEMS)) say(`error: ${problemText(problem)}`);
  const more = problems.length - MOST_PROBLEMS;
  if (more > 0) say(`error: ${more} more problems like these`);
  if (others > 0) say(`${others} events and messages were passed by: no rule of Trailseal takes them`);
  if (otherFiles > 0) {
    say(`${otherFiles} files in folders were passed by: they are no .json, .jsonl or .ndjson`);
  }
}

function sayWhatIsOpen(runs: readonly Run[], say: (text: string) => void): void {
  const sum = (count: (run: Run) => number) => runs.reduce((total, run) => total + count(run), 0);
  const unsure = sum(({ metrics }) => metrics.get('InsufficientData') ?? 0);
  const broken = sum(({ metrics }) => metrics.get('RuleFailures') ?? 0);
  const notCovered = sum(
    ({ deadLetters }) => deadLetters.filter(({ reason }) => reason.endsWith('-not-covered')).length,
  );
  if (unsure > 0) say(`${unsure} times a control could not tell: INSUFFICIENT_DATA`);
  if (broken > 0) say(`error: rules failed ${broken} times, which is a mistake in the rules`);
  if (notCovered > 0) {
    say(
      `${notCovered} events are from where compliance.yml does not cover: extend its coverage, or replay as another account: --account ID --region REGION`,
    );
  }
  for (const { unfinished } of runs) {
    if (unfinished === 'stopped') say('Stopped before the end: the totals are of what was done so far');
    if (unfinished === 'never-quiet') say('error: 30 days after the last event something still goes on');
  }
}

function exitCodeOf({ problems }: Input, runs: readonly Run[], isFound: boolean): ExitCode {
  const isIncomplete =
    problems.length > 0 ||
    runs.some(
      ({ deadLetters, unfinished, metrics }) =>
        deadLetters.length > 0 || unfinished !== undefined || (metrics.get('RuleFailures') ?? 0) > 0,
    );
  if (isIncomplete) return 2;
  return isFound ? 1 : 0;
}
