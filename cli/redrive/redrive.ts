import { operatorSqs } from '../../shared/aws/operator-place';
import { type RedriveQueues, redriveQueues } from '../../shared/aws/redrive-queues';
import { nearestWord } from '../../shared/policy/nearest-word';
import { explained } from '../aws-failure';
import { Failure } from '../failure';
import type { ExitCode, Shell } from '../shell';
import { chooseTarget, type Target } from '../target';
import type { TargetOptions } from '../target-options';
import { paintFor, printable } from '../terminal';
import { countOf, type Outcome } from './outcome';
import { progressOn } from './progress';
import {
  type Format,
  letterRecord,
  type Report,
  renderJson,
  renderLine,
  renderText,
  summaryRecord,
} from './render';
import type { Selection } from './selection';
import { accountOf, prefixOf, queuesOf, type StackQueues } from './stack';
import { type Walked, walkAll } from './walk';

export interface RedriveOptions extends TargetOptions, Pick<Selection, 'since' | 'until'> {
  readonly apply?: true;
  readonly reason?: readonly string[];
  readonly function?: readonly string[];
  readonly limit?: number;
  readonly format: Format;
}

/** Lists dead letters and, if told so, puts them back on their functions' queues. */
export async function redrive(options: RedriveOptions, shell: Shell): Promise<ExitCode> {
  const { apply = false, format } = options;
  const selection = selectionOf(options);
  const target = await chooseTarget(options, shell);
  if (target.laptop !== undefined) shell.err.write(`Using the ${target.laptop}, stage ${target.stage}\n`);
  const queues = redriveQueues(operatorSqs(target.place));
  const stack = await findStack(target, queues, shell);
  demandFunctions(selection, stack);

  const outcomes: Outcome[] = [];
  const progress = progressOn(shell.err, await approximateCount(stack, queues, shell));
  const stop = shell.stopSignal();
  const walked = await walkAll({
    queues,
    stage: target.stage,
    stack,
    selection,
    startedAt: shell.now(),
    apply,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    stop,
    settled: (outcome) => {
      outcomes.push(outcome);
      // Line by line as it happens, so that a crash can't take back what has been said.
      if (format === 'ndjson') shell.out.write(renderLine(letterRecord(outcome)));
    },
    lookedAt: (count) => progress.add(count),
  });
  progress.end();

  const report: Report = { stage: target.stage, applied: apply, outcomes };
  shell.out.write(rendered(report, format, shell));
  sayWhatIsOpen(walked, stop.aborted, shell);
  return exitCodeOf(report, walked.failures.length > 0 || stop.aborted);
}

function selectionOf({ since, until, reason, function: functions }: RedriveOptions): Selection {
  if (since !== undefined && until !== undefined && since >= until) {
    throw new Failure(`--since ${since.toISOString()} is not before --until ${until.toISOString()}`);
  }
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reasons: reason }),
    ...(functions === undefined ? {} : { functions }),
  };
}

async function findStack(
  { laptop, stage, place }: Target,
  queues: RedriveQueues,
  shell: Shell,
): Promise<StackQueues> {
  const found = await queues.namedLike(prefixOf(stage));
  const stack = queuesOf(stage, found);
  const region = await queues.region();
  if (stack === undefined) {
    throw new Failure(
      `There is no stack trailseal-${stage} in ${laptop ?? `Region ${region}`}: it has no queue ${prefixOf(stage)}dead-letters`,
      [
        'Name the stack: --stage STAGE --region REGION, and the account: --profile NAME',
        'Or deploy it: npx serverless deploy. Or try it on this machine: npm start',
      ],
    );
  }
  const [first] = stack.deadLetterQueues;
  if (laptop === undefined && first !== undefined) {
    const through = place.endpoint === undefined ? '' : ` through ${place.endpoint}`;
    shell.err.write(
      `${printable(`Using AWS account ${accountOf(first)} region ${region}${through}, stage ${stage}`, 500)}\n`,
    );
  }
  return stack;
}

/** A misspelt name must not look like a function without dead letters. */
function demandFunctions({ functions = [] }: Selection, { functionQueues }: StackQueues): void {
  for (const name of functions) {
    if (functionQueues.has(name)) continue;
    const known = [...functionQueues.keys()];
    const near = nearestWord(name, known);
    throw new Failure(`--function: the stack has no queue of a function ${name}`, [
      near === undefined ? `It has those of: ${known.join(', ')}` : `Did you mean ${near}?`,
    ]);
  }
}

async function approximateCount(
  { deadLetterQueues }: StackQueues,
  queues: RedriveQueues,
  shell: Shell,
): Promise<number> {
  const counts = await Promise.all(deadLetterQueues.map(({ url }) => queues.count(url)));
  const inFlight = counts.reduce((sum, count) => sum + count.inFlight, 0);
  if (inFlight > 0) {
    shell.err.write(
      `About ${inFlight} more, hidden: someone else looks at them, or was cut short. They come back by themselves; run this again\n`,
    );
  }
  return counts.reduce((sum, { visible }) => sum + visible, 0);
}

function rendered(report: Report, format: Format, shell: Shell): string {
  switch (format) {
    case 'json':
      return renderJson(report);
    case 'ndjson':
      return renderLine(summaryRecord(report));
    case 'text':
      return renderText(report, {
        width: shell.out.columns ?? Number.POSITIVE_INFINITY,
        paint: paintFor(shell.out, shell.env),
      });
  }
}

function sayWhatIsOpen({ later, stillHidden, failures }: Walked, stopped: boolean, shell: Shell): void {
  const say = (text: string) => shell.err.write(`${printable(text, 1000)}\n`);
  if (later > 0) say(`${later} came in since the start and were passed by: run this again`);
  if (stillHidden > 0)
    say(`${stillHidden} could not be made visible again; they will be within five minutes`);
  for (const failure of failures) {
    const { message, next } = explained(failure);
    for (const line of [`error: ${message}`, ...next]) say(line);
  }
  if (stopped) say('Stopped before the end. What is not listed was not touched');
}

function exitCodeOf({ applied, outcomes }: Report, incomplete: boolean): ExitCode {
  if (incomplete) return 2;
  if (applied) return countOf(outcomes, 'redriven') === outcomes.length ? 0 : 2;
  return outcomes.length === 0 ? 0 : 1;
}
