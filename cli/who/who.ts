import type { Readable } from 'node:stream';
import { findFiles } from '../input/files';
import { type Problem, problemText } from '../input/problem';
import { jsonLine, jsonText } from '../json-text';
import type { ExitCode, Shell } from '../shell';
import { counted, styleOf } from '../table';
import { printable } from '../terminal';
import { Changes, changeRecord } from './changes';
import { isProblem, readCloudTrailRecords } from './records';
import { renderText } from './render';

export interface WhoOptions {
  readonly format: 'text' | 'json' | 'ndjson';
  readonly failed?: true;
}

/** The process's own: what is piped in. */
export interface Pipes {
  readonly stdin: Readable;
}

/** More than a person reads: of the others stderr says how many. */
const MOST_PROBLEMS = 100;
const LINE_LENGTH = 1000;

/** Lists who changed a resource, by the CloudTrail records in files. */
export async function who(
  resource: string,
  names: readonly string[],
  options: WhoOptions,
  shell: Shell,
  pipes: Pipes,
): Promise<ExitCode> {
  const found = await findFiles(names, shell.folder);
  const interrupted = shell.stopSignal();
  const changes = new Changes(resource, options.failed ?? false);
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

  const list = changes.inOrder();
  switch (options.format) {
    case 'ndjson':
      shell.out.write(list.map((change) => jsonLine(changeRecord(change))).join(''));
      break;
    case 'json':
      shell.out.write(jsonText({ resource, changes: list.map(changeRecord) }));
      break;
    case 'text':
      shell.out.write(renderText(list, records, resource, styleOf(shell.out, shell.env)));
  }
  if (problems > MOST_PROBLEMS) say(`error: ${counted(problems - MOST_PROBLEMS, 'more problem')}`);
  if (found.others > 0)
    say(`${counted(found.others, 'file')} passed by in folders: no .json, .jsonl or .ndjson`);
  if (interrupted.aborted) say('Stopped before the end: the list is of what was read so far');
  return problems > 0 || interrupted.aborted ? 2 : 0;
}
