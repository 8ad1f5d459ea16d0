import { isOver, mayHaveChanged, type Run } from '../../shared/remediations/run';
import { Failure } from '../failure';
import { RUN_STATES } from '../show/run-lines';

/**
 * The run that is meant: the one that is named, or the latest fix that may have changed something and that nothing has
 * put back.
 * @throws Failure when there is none
 */
export function undoable(all: readonly Run[], named: string | undefined, findingId: string): Run {
  const show = `Where it stands: trailseal show ${findingId}`;
  const fixes = all.filter(({ does }) => does === 'fix');
  if (named !== undefined) {
    const [run, ...others] = fixes.filter(({ id }) => id.startsWith(named.toUpperCase()));
    if (run === undefined)
      throw new Failure(`--run: this finding has no fix whose run begins with ${named}`, [
        ...(fixes.length === 0
          ? []
          : [`It has: ${fixes.map(({ id, state }) => `${id} (${RUN_STATES[state]})`).join(', ')}`]),
        show,
      ]);
    if (others.length > 0)
      throw new Failure(`--run: ${1 + others.length} runs begin with ${named}`, [
        'Give more of the one that is meant',
      ]);
    if (mayHaveChanged(run)) return run;
    throw new Failure(
      `Run ${run.id} is ${RUN_STATES[run.state]}: ${isOver(run) || run.state === 'planned' ? 'it has changed nothing' : 'it is not over yet'}`,
      [show],
    );
  }
  const isUndone = ({ id }: Run) => all.some(({ of, state }) => of === id && state === 'undone');
  const run = fixes.findLast((one) => mayHaveChanged(one) && !isUndone(one));
  if (run) return run;
  throw new Failure('There is no fix of this finding to undo', [show]);
}
