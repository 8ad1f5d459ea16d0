import { findFiles } from '../input/files';
import { type Problem, problemText } from '../input/problem';
import type { Shell } from '../shell';
import { counted } from '../table';
import { printable } from '../terminal';
import type { Changes } from './changes';
import { isProblem, readCloudTrailRecords } from './records';
import type { Pipes, Searched } from './who';

/** More than a person reads: of the others stderr says how many. */
const MOST_PROBLEMS = 100;
const LINE_LENGTH = 1000;

/** Adds what CloudTrail's records in files say; says on stderr what could not be read. */
export async function searchFiles(
  names: readonly string[],
  changes: Changes,
  shell: Shell,
  pipes: Pipes,
): Promise<Searched> {
  const found = await findFiles(names, shell.folder);
  const interrupted = shell.stopSignal();
  let [problems, records] = [0, 0];
  const say = (line: string) => shell.err.write(`${printable(line, LINE_LENGTH)}\n`);
  const addProblem = (problem: Problem) => {
    problems += 1;
    if (problems <= MOST_PROBLEMS) say(`error: ${problemText(problem)}`);
  };

  for (const problem of found.problems) addProblem(problem);
  const source = { standardInput: () => pipes.stdin, stop: interrupted };
  for (const file of found.files) {
    if (interrupted.aborted) break;
    for await (const read of readCloudTrailRecords(file, source, (record) => changes.wants(record))) {
      if (isProblem(read)) addProblem(read);
      else {
        records += 1;
        changes.add(read);
      }
    }
  }
  if (problems > MOST_PROBLEMS) say(`error: ${counted(problems - MOST_PROBLEMS, 'more problem')}`);
  if (found.others > 0)
    say(`${counted(found.others, 'file')} passed by in folders: no .json, .jsonl or .ndjson`);
  if (interrupted.aborted) say('Stopped before the end: the list is of what was read so far');
  return {
    source: { kind: 'files' },
    of: `${counted(records, 'record')} that may change something`,
    isWhole: problems === 0 && !interrupted.aborted,
  };
}
