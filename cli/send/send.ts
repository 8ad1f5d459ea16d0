import type { Readable } from 'node:stream';
import { DoorFailure, localDoor } from '../../shared/aws/local-door';
import { rulesByResourceType } from '../../shared/controls';
import { Failure } from '../failure';
import type { Format } from '../redrive/render';
import type { ExitCode, Shell } from '../shell';
import { counted } from '../table';
import { chooseTarget, type Target } from '../target';
import type { TargetOptions } from '../target-options';
import { printable } from '../terminal';
import { lookBefore, watchArrivals } from './arrivals';
import { readEvents, type Sendable, subjectOf } from './event';
import { countOf, type Outcome, type Printer, printerFor, summaryOf } from './render';
import { awsRoute, laptopRoute, type Route } from './route';
import { isRefused, readSources } from './source';

export interface SendOptions extends TargetOptions {
  readonly dryRun?: true;
  /** Milliseconds; left out: 10 s where a person looks on. */
  readonly wait?: number;
  readonly format: Format;
}

const WAIT_MS = 10_000;

/**
 * Feeds events to the functions that take them: on the laptop as AWS would, in AWS by their queues and marked.
 * @param piped what the file `-` is read from
 */
export async function send(
  files: readonly string[],
  options: SendOptions,
  shell: Shell,
  piped: () => Readable = () => process.stdin,
): Promise<ExitCode> {
  const target = await chooseTarget(options, shell);
  if (target.laptop === undefined && options.wait !== undefined && options.wait > 0) {
    throw new Failure('--wait: only local AWS shows what it delivered', [
      'Leave --wait out; the alerts come to the subscribers of the topic',
    ]);
  }
  const read = readEvents(
    await readSources([...new Set(files)], { folder: shell.folder, piped, stop: shell.stopSignal() }),
  );
  const sendable = read.filter((one): one is Sendable => !isRefused(one));
  const refused = read.filter(isRefused);
  for (const { place, because } of refused) say(shell, `error: ${place}: ${because}`);

  const printer = printerFor(options.format, shell);
  const outcomes: Outcome[] = refused.map((one) => ({ ...one, status: 'refused' }));
  if (sendable.length === 0) {
    if (options.format !== 'text') printer.outcomes(outcomes, '');
    printer.end(summaryOf(outcomes));
    return 2;
  }
  try {
    outcomes.push(...(await deliver(sendable, outcomes, target, options, printer, shell)));
  } catch (error) {
    if (!(error instanceof DoorFailure)) throw error;
    throw new Failure(error.message, ['Does npm start still run?']);
  }
  printer.end(summaryOf(outcomes));
  return countOf(outcomes, 'refused') + countOf(outcomes, 'not-sent') > 0 ? 2 : 0;
}

async function deliver(
  sendable: readonly Sendable[],
  refused: readonly Outcome[],
  target: Target,
  options: SendOptions,
  printer: Printer,
  shell: Shell,
): Promise<Outcome[]> {
  const { dryRun = false } = options;
  const door = target.laptop === undefined ? undefined : localDoor(target.place.endpoint ?? '');
  const route =
    door === undefined
      ? await awsRoute(
          target,
          sendable.map(({ kind }) => kind.functionName),
          shell.now,
        )
      : laptopRoute(target, (await door.health()).accountId, door);
  say(shell, `Using the ${route.name}`);
  warn(sendable, route, shell);

  const prepared = sendable.map((one) => route.prepared(one));
  const before = door && !dryRun ? await lookBefore(door) : undefined;
  const failed = dryRun ? new Map<string, string>() : await route.send(prepared);
  const outcomes = sendable.map(({ place, event, kind }, index): Outcome => {
    const { to = '', body = {} } = prepared[index] ?? {};
    const because = failed.get(place);
    return {
      place,
      status: dryRun ? 'would-be-sent' : because === undefined ? 'sent' : 'not-sent',
      detailType: kind.detailType,
      resource: subjectOf(event).text,
      to,
      ...(because === undefined ? {} : { because }),
      ...(dryRun ? { body } : {}),
    };
  });
  for (const [place, because] of failed) say(shell, `error: ${place}: not sent: ${because}`);
  printer.outcomes([...refused, ...outcomes], route.name);

  const waitMs = options.wait ?? (shell.out.isTerminal ? WAIT_MS : 0);
  if (door && before && waitMs > 0 && countOf(outcomes, 'sent') > 0) {
    const arrivals = await watchArrivals(door, before, waitMs, (delivery) => printer.delivery(delivery));
    if (!arrivals.isQuiet) say(shell, `Not all is done after ${waitMs / 1000} s: wait longer, --wait 60s`);
    if (arrivals.isQuiet && arrivals.deliveries.length === 0) say(shell, 'No alert came of it.');
    if (arrivals.deadLetters > 0) {
      say(
        shell,
        `${counted(arrivals.deadLetters, 'dead letter')} more than before: trailseal redrive says why`,
      );
    }
  }
  return outcomes;
}

/** Whether a rule judges items of a type; what only snapshots show no event brings. */
const isJudged = (type: string): boolean =>
  Object.hasOwn(rulesByResourceType, type) &&
  (rulesByResourceType[type] ?? []).some(({ ofSnapshots }) => !ofSnapshots);

/** Says what will come to nothing, before anyone wonders. */
function warn(sendable: readonly Sendable[], { accountId }: Route, shell: Shell): void {
  const types = sendable.flatMap(({ event }) => subjectOf(event).type ?? []);
  for (const type of new Set(types.filter((one) => !isJudged(one)))) {
    say(shell, `warning: no control judges ${type}: nothing comes of it`);
  }
  const foreign = sendable.flatMap(({ event: { account } }) =>
    account === undefined || account === accountId ? [] : [account],
  );
  for (const account of new Set(foreign)) {
    say(
      shell,
      `warning: account ${account} is not ${accountId}, which the stack is in: unless compliance.yml covers it, its events become dead letters`,
    );
  }
}

const say = (shell: Shell, text: string): void => shell.err.write(`${printable(text, 1000)}\n`);
