import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { AwsCall, RemediationStep } from '../../shared/contracts/trailseal/remediation';
import { sessionTags } from '../../shared/remediations/own-requests';
import { inputOf } from '../../shared/remediations/plan';
import { answered, isDone, type Run, stepped, stepsOf, wasLost } from '../../shared/remediations/run';
import { type Errand, type KeptPlan, later, record } from './errand';
import { NotYet } from './needs';
import { cut } from './outcome';

/** So often one call is tried: a call that AWS throttles, or whose answer gets lost. */
const MOST_TRIES = 6;
/** Who was interrupted goes on within this time: after that the plan is too old to be trusted. */
const GO_ON_WITHIN_MS = 60 * 60_000;

/** Nothing was done, and the same call may be made again. */
const throttled =
  /^(.*Throttl.*|TooManyRequests.*|RequestLimitExceeded|RequestThrottled.*|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete)$/;

/** Nothing was written of it for too long. */
export const isTooLate = (run: Run, now: string): boolean =>
  later(run.steps.at(-1)?.at ?? now, GO_ON_WITHIN_MS) < now;

export type Made = { readonly run: Run } | { readonly run: Run; readonly failed: string };

/**
 * Makes the calls of a plan that have not been made, one after the other. Each is recorded before it is sent, and what
 * came of it before the next one.
 *
 * @param whetherDone what is there now tells it, where no answer did
 * @throws NotYet for what is worth another try: the same run goes on where it stopped
 */
export async function makeCalls(
  errand: Errand,
  begun: Run,
  kept: KeptPlan,
  whetherDone: (call: AwsCall) => Promise<'done' | 'not-done' | 'unknown'>,
): Promise<Made> {
  const { needs } = errand;
  const { calls, target } = kept.plan;
  const performer = needs.performer({
    accountId: target.accountId,
    findingId: begun.findingId,
    ...(begun.approval === undefined ? {} : { approval: begun.approval.nonce }),
    tags: sessionTags(begun),
    calls,
  });
  let run = begun;
  for (const [index, call] of calls.entries()) {
    if (isDone(run, index)) continue;
    const isLost = wasLost(run, index);
    const tooLate = isTooLate(run, needs.now());
    if (isLost && call.again === 'doubles') {
      const told = await whetherDone(call);
      if (told === 'unknown')
        return {
          run,
          failed: `No answer came to: ${cut(call.says)}. It may have worked; it is not made again, because it would then be done twice.`,
        };
      if (told === 'done') {
        run = await record(errand, run, lookedAfter(run, index, needs.now()));
        continue;
      }
    }
    if (tooLate) return { run, failed: 'It was interrupted, and too long ago to go on with an old plan.' };
    if (stepsOf(run, index).length >= MOST_TRIES)
      return { run, failed: `It was tried ${MOST_TRIES} times: ${cut(call.says)}.` };
    const input = filledIn(call, run);
    if ('missing' in input) return { run, failed: input.missing };
    run = await record(errand, run, stepped(run, { state: 'applying', at: needs.now(), call: index }));
    const answer = await performer.apply({ ...call, input: input.filled });
    const step = { state: 'applying', at: needs.now(), call: index } as const;
    switch (answer.state) {
      case 'done':
        await needs.runs.noteRequest({
          requestId: answer.requestId,
          findingId: run.findingId,
          run: run.id,
          call: index,
        });
        run = await record(errand, run, {
          ...answered(run, { ...step, requestId: answer.requestId, result: 'done' }),
          answers: { ...run.answers, ...namedLater(kept, index, answer.answer) },
        });
        break;
      case 'unknown':
        run = await record(
          errand,
          run,
          answered(run, {
            ...step,
            result: 'unknown',
            error: { code: 'NoAnswer', says: cut(answer.error) },
          }),
        );
        throw new NotYet(`run ${run.id}: no answer came to call ${index}`);
      case 'refused': {
        const refused: RemediationStep = {
          ...step,
          ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
          error: { code: cut(answer.code), says: cut(answer.says ?? answer.code) },
          result: 'refused',
        };
        // Only behind an answer of our own that got lost it means that we were the ones.
        if (isLost && call.doneCodes?.includes(answer.code)) {
          run = await record(
            errand,
            run,
            answered(run, {
              ...refused,
              result: 'done',
              says: 'It had worked: its answer had got lost.',
            }),
          );
          break;
        }
        run = await record(errand, run, answered(run, refused));
        if (answer.retryable || throttled.test(answer.code))
          throw new NotYet(`run ${run.id}: call ${index} may be made later`);
        return { run, failed: `AWS refused with ${cut(answer.code)}: ${cut(call.says)}.` };
      }
    }
  }
  return { run };
}

/** The effect is there, and the answer is not. */
function lookedAfter(run: Run, call: number, at: string): Run {
  const step: RemediationStep = {
    state: 'applying',
    at,
    call,
    result: 'done',
    says: 'It had worked: its answer had got lost, and what it does is there.',
  };
  return stepped(run, step);
}

function filledIn(call: AwsCall, run: Run): { readonly filled: JsonObject } | { readonly missing: string } {
  const answers = Array.from(
    { length: 1 + Math.max(-1, ...Object.keys(run.answers).map(Number)) },
    (_, index) => run.answers[String(index)] ?? {},
  );
  try {
    return { filled: inputOf(call, answers) };
  } catch {
    return { missing: `An answer that it needs got lost: ${cut(call.says)}.` };
  }
}

/** Of an answer only the members that later calls of the plan name: the rest is nobody's business. */
function namedLater({ plan, comesBackAs }: KeptPlan, index: number, answer: JsonObject) {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    else if (typeof value === 'object' && value !== null) {
      const reference = (value as Readonly<Record<string, unknown>>)['$answer'];
      if (Array.isArray(reference) && reference[0] === index) names.add(String(reference[1]));
      for (const member of Object.values(value)) walk(member);
    }
  };
  for (const { input } of plan.calls) walk(input);
  if (comesBackAs?.[0] === index) names.add(comesBackAs[1]);
  const kept = Object.entries(answer).filter(([name]) => names.has(name));
  return kept.length === 0 ? {} : { [String(index)]: Object.fromEntries(kept) };
}
