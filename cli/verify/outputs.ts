import { jsonLine } from '../json-text';
import type { Shell } from '../shell';
import { styleOf } from '../table';
import type { Advice } from './advice';
import type { Findings } from './findings';
import type { VerifyOptions } from './options';
import { type Summary, summaryRecord } from './records';
import { renderText } from './render';

/** What goes to stdout, while files are verified and after. */
export interface FileOutput {
  /** Left out where nothing is shown before the end. */
  record?(record: object): void;
  end(summary: Summary, findings: Findings, advice: Advice): void;
}

type Write = (text: string) => void;

export const outputTo = (
  write: Write,
  { format }: Pick<VerifyOptions, 'format'>,
  shell: Pick<Shell, 'out' | 'env'>,
): FileOutput => outputs[format](write, shell);

const outputs: Readonly<
  Record<VerifyOptions['format'], (write: Write, shell: Pick<Shell, 'out' | 'env'>) => FileOutput>
> = {
  text: (write, { out, env }) => ({
    end: (summary, findings, advice) => write(renderText(summary, findings, advice, styleOf(out, env), env)),
  }),

  /** One document, of any length: nothing waits for its end. */
  json(write) {
    let separator = '\n';
    write('{"files":[');
    return {
      record(record) {
        write(separator + jsonLine(record).trimEnd());
        separator = ',\n';
      },
      end: (summary) => write(`\n],\n"summary":${jsonLine(summaryRecord(summary)).trimEnd()}\n}\n`),
    };
  },

  ndjson: (write) => ({
    record: (record) => write(jsonLine(record)),
    end: (summary) => write(jsonLine(summaryRecord(summary))),
  }),
};
