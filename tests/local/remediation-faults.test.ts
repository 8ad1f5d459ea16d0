import { RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import { remediations } from '../../shared/remediations';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import type { Run } from '../../shared/remediations/run';
import { cases } from '../shared/remediations/cases';
import { ACCOUNT, type Case, FINDING } from '../shared/remediations/scene';
import { type Fault, faults, type Step } from './mishaps';
import { Remedy } from './remediation-runs';
import { theLiveStateIsAsItSays, theRecordIsTrue } from './remediation-truth';

/** Where a play ends: a fault that the fix has survived need not meet the undo. */
type Part = 'fix' | 'undo';

interface Played {
  readonly steps: readonly Step[];
  readonly struck: Step | undefined;
}

/** Proposed, approved, applied; and undone, for the other part. One fault somewhere in that part. */
async function played(
  remediation: AnyRemediation,
  one: Case,
  part: Part,
  at?: number,
  fault?: Fault,
): Promise<Played> {
  const remedy = await Remedy.of(remediation, one);
  const { mishaps } = remedy;
  try {
    if (part === 'fix') mishaps.begin(at, fault);
    await remedy.comesToRest();
    await remedy.approve();
    await remedy.comesToRest();
    const fixed = await remedy.run();
    const fixedBy = mishaps.requests();
    if (part === 'fix') {
      await theRecordIsTrue(remedy, fixed, fixedBy);
      await theLiveStateIsAsItSays(remedy, fixed);
      await allIsTold(remedy, [fixed]);
      endsWell(remediation, fixed, fault);
      return { steps: mishaps.steps, struck: mishaps.struck };
    }
    mishaps.begin(at, fault);
    await remedy.askUndo(fixed);
    await remedy.comesToRest({ undo: fixed.id });
    if (remedy.last().kind === 'RemediationProposed') {
      await remedy.approve();
      await remedy.comesToRest({ undo: fixed.id });
    }
    const undone = await remedy.run();
    await theRecordIsTrue(remedy, undone, mishaps.requests().slice(fixedBy.length));
    await theLiveStateIsAsItSays(remedy, undone);
    await allIsTold(remedy, [fixed, undone]);
    endsWell(remediation, undone, fault);
    return { steps: mishaps.steps, struck: mishaps.struck };
  } catch (error) {
    const runs = await Promise.all(
      [...new Set(remedy.reported.map(({ run }) => run))].map((run) => remedy.runs.read(FINDING, run)),
    );
    const where = `${fault} at ${at} of the ${part}, ${mishaps.struck?.what}`;
    throw new Error(`${where}: ${(error as Error).message}\n${JSON.stringify(runs, null, 1)}`, {
      cause: error,
    });
  } finally {
    await remedy.stop();
  }
}

/** Every outcome came, the same under the same id, and nothing waits for anybody. */
async function allIsTold(remedy: Remedy, runs: readonly Run[]): Promise<void> {
  const told = new Map<string, string>();
  for (const outcome of remedy.reported) {
    RemediationOutcome.parse(outcome);
    const text = JSON.stringify(outcome);
    expect(told.get(outcome.id) ?? text).toBe(text);
    told.set(outcome.id, text);
  }
  const ends = [...told.values()]
    .map((text) => (JSON.parse(text) as RemediationOutcome).kind)
    .filter((kind) => kind !== 'RemediationProposed');
  expect(ends).toEqual(runs.map(({ state }) => `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`));
  for (const run of runs) expect(run.outbox).toEqual([]);
  const isLookedAgain = runs.at(-1)?.looks !== undefined;
  expect(await remedy.runs.due('9999', 10)).toEqual(isLookedAgain ? [FINDING] : []);
  // Whoever died with something in hand is found.
  for (const { state, isDue } of remedy.wasDue)
    if (['captured', 'applying', 'to be reported'].includes(state))
      expect([state, isDue]).toEqual([state, true]);
  const [{ begunAt = '', control, id } = { control: '', id: '' }] = runs;
  expect(await remedy.runs.admitted({ at: begunAt, control, accountId: ACCOUNT })).toEqual([id]);
}

/** None of these faults keeps anything from being done, but where nobody can see whether it was done. */
function endsWell({ id }: AnyRemediation, run: Run, fault: Fault | undefined): void {
  const isBlind = ['lambda-run-function', 'ssm-start-automation'].includes(id);
  if (run.does === 'fix') {
    const ends = isBlind ? ['unconfirmed'] : ['applied'];
    if (id === 'lambda-run-function' && fault !== undefined) ends.push('failed');
    expect(ends).toContain(run.state);
    return;
  }
  const ends = run.planHash === undefined ? ['refused'] : ['undone'];
  if (id === 'ec2-delete-security-group' && fault !== undefined) ends.push('failed');
  expect(ends).toContain(run.state);
}

/** Of what only reads it makes no difference whether it was before or after that somebody was killed. */
const faultsAt = ({ changes }: Step) => faults.filter((fault) => changes || !fault.startsWith('killed'));

/** Every fault at every step takes half an hour: FAULTS=1. Otherwise one of so many, and the worst of each call. */
const every = Number(process.env['FAULTS'] ?? 131);
const worst: readonly Fault[] = ['killed-after', 'lost'];
/** Some of a play is waiting, as clients do before they try again. */
const AT_ONCE = 6;

interface Place {
  readonly at: number;
  readonly fault: Fault;
  readonly what: string;
}

/**
 * @param name of what is played: another one, another choice
 * @param isFirst of the cases of its remediation: the others make the same calls, or nearly
 */
function chosen(steps: readonly Step[], name: string, isFirst: boolean): Place[] {
  const first = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % every;
  return steps
    .flatMap((step, at) => faultsAt(step).map((fault) => ({ at, fault, ...step })))
    .filter(
      ({ isCall, fault }, index) => index % every === first || (isCall && isFirst && worst.includes(fault)),
    );
}

const all = remediations.flatMap((remediation) =>
  (cases[remediation.id] ?? []).map(
    (one, index) => [remediation.id, one.name, remediation, one, index === 0] as const,
  ),
);

describe.each(all)('%s, %s', (id, name, remediation, one, isFirst) => {
  test.each<Part>(['fix', 'undo'])(
    'whatever goes wrong in the %s',
    async (part) => {
      const { steps } = await played(remediation, one, part);
      expect(steps.filter(({ changes }) => changes).length).toBeGreaterThan(5);
      const places = chosen(steps, `${id} ${name} ${part}`, isFirst);
      const failures: string[] = [];
      const play = async () => {
        for (let place = places.shift(); place; place = places.shift()) {
          const { at, fault, what } = place;
          try {
            const { struck } = await played(remediation, one, part, at, fault);
            expect([at, struck?.what]).toEqual([at, what]);
          } catch (error) {
            failures.push((error as Error).message);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, play));
      expect(failures).toEqual([]);
    },
    every === 1 ? 3_600_000 : 120_000,
  );
});
