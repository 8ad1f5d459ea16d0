import type { Readable } from 'node:stream';
import type { Severity } from '../../shared/contracts/trailseal/finding';
import { Worst } from '../evaluate/worst';
import { findFiles } from '../input/files';
import { type Problem, problemText } from '../input/problem';
import { jsonLine, jsonText } from '../json-text';
import { paintedBySeverity, SEVERITIES } from '../severity';
import type { ExitCode, Shell } from '../shell';
import { type Column, counted, styleOf, type TextStyle, tableText } from '../table';
import { printable } from '../terminal';
import { isProblem, readCloudTrailRecords } from '../who/records';
import { type Setting, settingOf } from './policy';
import { type Sighting, Sightings, sightingLine, worstFirst } from './sightings';

export interface DetectOptions {
  readonly config?: string;
  readonly control?: readonly string[];
  readonly minSeverity: Severity;
  readonly format: 'text' | 'json' | 'ndjson';
}

/** The process's own: what is piped in. */
export interface Pipes {
  readonly stdin: Readable;
}

/** More than a person reads; the other formats list all. */
const MOST_ROWS = 1000;
const MOST_PROBLEMS = 100;
const LINE_LENGTH = 1000;

interface Totals {
  readonly bySeverity: Record<Severity, number>;
  records: number;
  found: number;
  exempt: number;
  milder: number;
  problems: number;
}

/** Runs the CloudTrail records in files through the detections. */
export async function detect(
  names: readonly string[],
  options: DetectOptions,
  shell: Shell,
  pipes: Pipes,
): Promise<ExitCode> {
  const setting = settingOf(options, shell);
  const files = await findFiles(names, shell.folder);
  const interrupted = shell.stopSignal();
  const totals: Totals = {
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, informational: 0 },
    records: 0,
    found: 0,
    exempt: 0,
    milder: 0,
    problems: 0,
  };
  const say = (line: string) => shell.err.write(`${printable(line, LINE_LENGTH)}\n`);
  const addProblem = (problem: Problem) => {
    totals.problems += 1;
    if (totals.problems <= MOST_PROBLEMS) say(`error: ${problemText(problem)}`);
  };

  const worst = new Worst<Sighting>(
    options.format === 'json' ? Number.POSITIVE_INFINITY : MOST_ROWS,
    worstFirst,
  );
  const sightings = new Sightings(setting.policy, shell.now().toISOString(), (sighting) => {
    if (sighting.isExempt) totals.exempt += 1;
    else if (SEVERITIES.indexOf(sighting.severity) > SEVERITIES.indexOf(options.minSeverity))
      totals.milder += 1;
    else {
      totals.found += 1;
      totals.bySeverity[sighting.severity] += 1;
      if (options.format === 'ndjson') shell.out.write(jsonLine(sightingLine(sighting)));
      else worst.add(sighting);
    }
  });

  for (const problem of files.problems) addProblem(problem);
  const source = { standardInput: () => pipes.stdin, stop: interrupted };
  const wants = (record: Readonly<Record<string, unknown>>): boolean => {
    totals.records += 1;
    return setting.detector.wants(record);
  };
  for (const file of files.files) {
    if (interrupted.aborted) break;
    for await (const read of readCloudTrailRecords(file, source, wants)) {
      if (isProblem(read)) addProblem(read);
      else for (const hit of setting.detector.in(read)) sightings.add(hit);
    }
  }
  sightings.end();

  if (options.format === 'text')
    shell.out.write(`${text(worst, totals, setting, styleOf(shell.out, shell.env))}\n`);
  if (options.format === 'json') {
    const { milder: belowMinSeverity, ...counts } = totals;
    shell.out.write(
      jsonText({
        sightings: worst.inOrder().map(({ isExempt: _, ...sighting }) => sighting),
        summary: { ...counts, belowMinSeverity, policy: setting.file ?? null, isComplete: isComplete() },
      }),
    );
  }
  const lines: readonly (readonly [boolean, string])[] = [
    [totals.problems > MOST_PROBLEMS, `error: ${counted(totals.problems - MOST_PROBLEMS, 'more problem')}`],
    [
      sightings.crashes > 0,
      `error: ${counted(sightings.crashes, 'record')} not judged, by a mistake in a detection`,
    ],
    [totals.exempt > 0, `${totals.exempt} found, but exempt`],
    [totals.milder > 0, `${totals.milder} found of less than ${options.minSeverity} severity`],
    [files.others > 0, `${counted(files.others, 'file')} passed by in folders: no .json, .jsonl or .ndjson`],
    [interrupted.aborted, 'Stopped before the end: the list is of what was read so far'],
  ];
  for (const [applies, line] of lines) if (applies) say(line);
  if (!isComplete()) return 2;
  return totals.found > 0 ? 1 : 0;

  function isComplete(): boolean {
    return totals.problems === 0 && sightings.crashes === 0 && !interrupted.aborted;
  }
}

/** What to look at, worst first, then how much there was. */
function text(worst: Worst<Sighting>, totals: Totals, { file }: Setting, style: TextStyle): string {
  const rows = worst.inOrder();
  const severity: Column<Sighting> = { title: 'SEVERITY', text: (sighting) => sighting.severity };
  const control: Column<Sighting> = { title: 'CONTROL', text: (sighting) => sighting.control };
  const time: Column<Sighting> = {
    title: 'TIME (UTC)',
    text: ({ eventTime }) => eventTime.slice(0, 19).replace('T', ' '),
  };
  const region: Column<Sighting> = { title: 'REGION', text: (sighting) => sighting.region };
  const actor: Column<Sighting> = { title: 'ACTOR', text: (sighting) => sighting.actor };
  const below = ({ summary }: Sighting) => summary;
  const table = tableText(
    rows,
    [
      { columns: [severity, control, time, region, actor], below },
      {
        columns: [severity, control, time],
        below: (sighting) => `${sighting.summary}; by ${sighting.actor}`,
      },
    ],
    style,
    paintedBySeverity(style.paint),
  );
  const number = (value: number) => value.toLocaleString('en');
  const found = SEVERITIES.filter((word) => totals.bySeverity[word] > 0)
    .map((word) => `${number(totals.bySeverity[word])} ${word}`)
    .join(', ');
  return [
    ...(rows.length === 0 ? [] : [table, '']),
    ...(worst.count > rows.length
      ? [`The worst ${number(rows.length)} of ${number(worst.count)}. All of them: --format ndjson`]
      : []),
    `${number(totals.records)} records read, judged by ${file ?? "every control's defaults"}: ${found === '' ? 'nothing found' : `found ${found}`}.`,
  ].join('\n');
}
