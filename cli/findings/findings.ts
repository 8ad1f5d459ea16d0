import type { Severity } from '../../shared/contracts/trailseal/finding';
import { controls } from '../../shared/controls';
import { controlNamed } from '../control-named';
import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import type { ExitCode, Shell } from '../shell';
import { styleOf } from '../table';
import { printable } from '../terminal';
import type { TableOptions } from './findings-options';
import { type Listing, listFindings, STATES, type State } from './listing';
import { withTable } from './open-table';
import { findingRecord, type Report, renderText, summaryRecord } from './render';

export interface FindingsOptions extends TableOptions {
  readonly state?: readonly State[];
  readonly severity?: readonly Severity[];
  readonly control?: readonly string[];
  readonly all?: true;
  readonly limit?: number;
  readonly format: Format;
}

/** Lists findings, those that are open unless told otherwise. */
export async function findings(options: FindingsOptions, shell: Shell): Promise<ExitCode> {
  const { severity, all = false, limit, format } = options;
  const states = options.state ?? (all ? STATES : ['open']);
  const wanted = options.control?.map((name) => controlNamed(name, controls, '--control').id);
  return withTable(options, shell, async ({ reader, accounts: chosen }) => {
    const [accounts, now] = [await chosen(), shell.now()];
    const listing = await listFindings(
      reader,
      {
        accounts,
        states,
        neverOpen: all,
        ...(severity === undefined ? {} : { severities: severity }),
        ...(wanted === undefined ? {} : { controls: wanted }),
      },
      now,
    );
    const { findings: found } = listing;
    const report: Report = { found, listed: found.slice(0, limit), accounts, states, now };
    print(report, format, shell);
    return exitCode(report, listing, shell);
  });
}

function print(report: Report, format: Format, shell: Shell): void {
  const records = report.listed.map((finding) => findingRecord(finding, report.now));
  switch (format) {
    case 'json':
      shell.out.write(jsonText({ findings: records, summary: summaryRecord(report) }));
      break;
    case 'ndjson':
      for (const record of [...records, summaryRecord(report)]) shell.out.write(jsonLine(record));
      break;
    case 'text':
      shell.out.write(renderText(report, styleOf(shell.out, shell.env)));
  }
}

function exitCode({ found }: Report, { unreadable }: Listing, shell: Shell): ExitCode {
  for (const message of unreadable) shell.err.write(`error: ${printable(message, 500)}\n`);
  if (unreadable.length > 0) {
    shell.err.write('Another version of Trailseal may have written them: use the one that is deployed\n');
    return 2;
  }
  return found.some(({ state }) => state === 'open') ? 1 : 0;
}
