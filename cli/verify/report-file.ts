import { closeSync, createReadStream, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { Failure } from '../failure';
import { fileErrorText } from '../input/files';
import { jsonLine } from '../json-text';
import { Names } from './names';
import type { VerifyOptions, Window } from './options';

/** What a report is about: only of the same it can be gone on with. */
export interface Subject {
  readonly sources: readonly string[];
  readonly account: readonly string[] | null;
  readonly region: readonly string[] | null;
  readonly trail: readonly string[] | null;
  /** As the command line had them: `30d` means another time on the next day. */
  readonly start: string | null;
  readonly end: string | null;
}

export const subjectOf = (sources: readonly string[], options: VerifyOptions): Subject => ({
  sources,
  account: options.account ?? null,
  region: options.region ?? null,
  trail: options.trail ?? null,
  start: options.start ?? null,
  end: options.end ?? null,
});

const NullableList = z.nullable(z.array(z.string()));

/** The first line of a report. */
const Run = z.object({
  kind: z.literal('run'),
  sources: z.array(z.string()),
  account: NullableList,
  region: NullableList,
  trail: NullableList,
  start: z.nullable(z.string()),
  end: z.nullable(z.string()),
  from: z.nullable(z.string()),
  to: z.string(),
});

/** A line that stands for a log file that need not be read again. */
const ProvenLog = z.object({
  kind: z.literal('log'),
  key: z.string(),
  status: z.literal('valid'),
  sha256: z.string(),
});

/** The last line of a run that came to its end. */
const Summary = z.object({ kind: z.literal('summary'), isComplete: z.literal(true) });

export interface ReportFile {
  /** Of the run that is gone on with, if there was one. */
  readonly window: Window;
  /** How many log files are proven by the run before, and whether it came to its end. */
  readonly before: { readonly proven: number; readonly isComplete: boolean } | undefined;
  isProven(key: string, sha256: string): boolean;
  write(line: string): void;
  close(): void;
}

const WRITTEN_AT_ONCE = 64 * 1024;
const WRITTEN_AFTER_MS = 1000;

/**
 * Opens a report to write to. One that is there already is gone on with: what it says of log files that are valid stays,
 * all else is found out again. It is replaced at once, never left half written.
 * @throws Failure when it is of another run, or something else than a report
 */
export async function openReport(
  name: string,
  folder: string,
  subject: Subject,
  window: Window,
): Promise<ReportFile> {
  const file = path.resolve(folder, name);
  const proven = new Names();
  try {
    const old = existsSync(file) ? await keepProven(name, file, subject, proven) : undefined;
    const handle = openSync(file, 'a');
    const report = writerTo(handle);
    if (old === undefined) report.write(headLine(subject, window));
    return {
      window: old?.window ?? window,
      before: old && { proven: proven.size, isComplete: old.isComplete },
      isProven: (key, sha256) => proven.has(key, sha256),
      ...report,
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${name}: ${fileErrorText(error)}`);
  }
}

const headLine = (subject: Subject, { from, to }: Window): string =>
  jsonLine({ kind: 'run', ...subject, from: from ?? null, to });

function writerTo(handle: number): Pick<ReportFile, 'write' | 'close'> {
  let text = '';
  let writtenAt = Date.now();
  const flush = () => {
    if (text !== '') writeSync(handle, text);
    text = '';
    writtenAt = Date.now();
  };
  return {
    write(line) {
      text += line;
      if (text.length >= WRITTEN_AT_ONCE || Date.now() - writtenAt >= WRITTEN_AFTER_MS) flush();
    },
    close() {
      flush();
      closeSync(handle);
    },
  };
}

/** Replaces a report by its own head and what it proves. */
async function keepProven(
  name: string,
  file: string,
  subject: Subject,
  proven: Names,
): Promise<{ readonly window: Window; readonly isComplete: boolean } | undefined> {
  const next = `${file}.next`;
  const kept = writerTo(openSync(next, 'w'));
  try {
    const old = await copyProven(name, file, subject, proven, kept);
    kept.close();
    // Without a head, nothing was written yet.
    if (old !== undefined) renameSync(next, file);
    return old;
  } finally {
    rmSync(next, { force: true });
  }
}

async function copyProven(
  name: string,
  file: string,
  subject: Subject,
  proven: Names,
  kept: Pick<ReportFile, 'write'>,
): Promise<{ readonly window: Window; readonly isComplete: boolean } | undefined> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let window: Window | undefined;
  let isComplete = false;
  let unread: number | undefined;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    // Only the last line may be half a line.
    if (unread !== undefined) throw notAReport(name, unread);
    const value = parsed(line);
    if (window === undefined) {
      window = windowOf(name, value, subject);
      kept.write(headLine(subject, window));
      continue;
    }
    if (value === undefined) unread = number;
    const log = ProvenLog.safeParse(value);
    if (log.success) {
      if (!proven.has(log.data.key, log.data.sha256)) kept.write(`${line}\n`);
      proven.add(log.data.key, log.data.sha256);
    }
    isComplete = Summary.safeParse(value).success;
  }
  return window === undefined ? undefined : { window, isComplete };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function windowOf(name: string, head: unknown, subject: Subject): Window {
  const run = Run.safeParse(head);
  if (!run.success) throw notAReport(name, 1);
  const { kind: _, from, to, ...of } = run.data;
  const differing = (Object.keys(subject) as (keyof Subject)[]).filter(
    (part) => JSON.stringify(of[part]) !== JSON.stringify(subject[part]),
  );
  const [part] = differing;
  if (part !== undefined) {
    throw new Failure(
      `${name}: this report is about other files: its ${part} ${part === 'sources' ? 'were' : 'was'} ${said(of[part])}, not ${said(subject[part])}`,
      ['Name another file for --report, or run the command again that it was begun with.'],
    );
  }
  return { ...(from === null ? {} : { from }), to };
}

const said = (value: string | readonly string[] | null): string =>
  value === null ? 'left out' : [value].flat().join(' ');

const notAReport = (name: string, line: number): Failure =>
  new Failure(`${name}: line ${line} is not that of a report by this command`, [
    'Name another file for --report: nothing was written to this one.',
  ]);
