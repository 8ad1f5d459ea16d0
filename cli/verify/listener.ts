import { uri } from '../../shared/proof/trail/verdict';
import { jsonLine } from '../json-text';
import type { Findings } from './findings';
import type { FileOutput } from './outputs';
import type { Progress } from './progress';
import { digestRecord, gapRecord, logRecord } from './records';
import type { ReportFile } from './report-file';
import type { Listener } from './run';

interface Hearers {
  readonly findings: Findings;
  readonly output: FileOutput;
  readonly progress: Progress;
  readonly report?: ReportFile;
}

/** Tells each verdict to all who keep or show it. */
export function listenerFor({ findings, output, progress, report }: Hearers): Listener {
  const record = (line: object, isInReport = false) => {
    output.record?.(line);
    if (!isInReport) report?.write(jsonLine(line));
  };
  const areRead = output.record !== undefined || report !== undefined;
  return {
    expect: progress.expect,
    digest(digest) {
      findings.addDigest(digest);
      record(digestRecord(digest));
      progress.digest();
    },
    log(log, sha256) {
      findings.addLog(log);
      // What the report has proven is in it already.
      const isInReport = sha256 !== undefined && report?.isProven(uri(log), sha256);
      if (areRead) record(logRecord(log, sha256), isInReport);
      progress.log();
    },
    gap(gap, chain) {
      findings.addGap(gap, chain);
      record(gapRecord(gap));
    },
    chain: (chain, ofChain) => findings.addChain(chain, ofChain),
    folder: (finding) => findings.addFolder(finding),
  };
}
