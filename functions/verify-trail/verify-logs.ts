import type { DigestRow, OpenProblem, PartResult } from '../../shared/aws/chains-table';
import type { DigestLogFile } from '../../shared/contracts/aws/cloudtrail-digest';
import { type ChainFinding, logFinding } from '../../shared/proof/trail/chain-findings';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import { readLog } from '../../shared/proof/trail/read-log';
import { type ChainId, uri } from '../../shared/proof/trail/verdict';
import { type LogReport, verifyLog } from '../../shared/proof/trail/verify-log';
import { reverified } from '../../shared/proof/trail/watch';
import { withEventCount } from './affected';
import { isExpired } from './expiry';
import type { Needs } from './needs';
import { noteFindings } from './note-findings';
import { notCovered } from './read-digest';
import { SCANNED_AT_ONCE, scanLog } from './scan-log';
import { sealer } from './seal-found';
import { isAwaited, waitingFor } from './waiting';

/** With 25 ms for a request, enough of them to keep one CPU busy with inflating and hashing. */
const LOGS_AT_ONCE = 32;

interface Part {
  readonly chain: ChainId;
  readonly row: DigestRow;
  readonly number: number;
  readonly logs: readonly DigestLogFile[];
}

/**
 * Verifies log files that a proven digest lists, notes what is wrong with them, and takes back what no longer is. Those
 * in which somebody waits for a record are searched for it on the way. The part is done when each could be read; else
 * it stays open, to be tried again.
 */
export async function verifyLogs({ chain, row, number, logs }: Part, needs: Needs): Promise<PartResult> {
  const { chains, telemetry, now } = needs;
  const reports = await readAll({ chain, row, number, logs }, needs);
  const before = await chains.problems(chain);
  const isAgain = row.done[number] !== undefined;
  for (const report of reports) {
    const about = before.filter(({ subject }) => subject === uri(report));
    const finding = (await isExpired(report, row.end, needs))
      ? undefined
      : findingOf(report, { row, isAgain, about, now: now() });
    for (const problem of about) if (problem.code !== finding?.code) await chains.close(chain, problem);
    if (finding) {
      const told = report.status === 'invalid' ? await withEventCount(finding, report, needs) : finding;
      await noteFindings(chain, [told], needs);
    }
  }
  const valid = reports.filter(({ status }) => status === 'valid').length;
  const result = { valid, otherwise: reports.length - valid };
  telemetry.count('LogsVerified', result.valid);
  telemetry.count('LogsNotValid', result.otherwise);
  if (!reports.some(({ status }) => status === 'unverifiable')) {
    await chains.finishPart(chain, row, number, result);
  }
  return result;
}

async function readAll({ chain, row, logs }: Part, needs: Needs): Promise<LogReport[]> {
  const waiting = await waitingFor(chain, logs, needs);
  const others = logs.filter((listed) => !isAwaited(waiting, listed));
  const reports = await inParallel(others, LOGS_AT_ONCE, (listed) => verifyOne(listed, row, needs));
  const { seal } = sealer(chain, row, waiting, needs);
  const awaited = logs.filter((listed) => isAwaited(waiting, listed));
  const scanned = await inParallel(awaited, SCANNED_AT_ONCE, async (listed) => {
    const { report, found } = await scanLog(listed, row.place, waiting, needs);
    try {
      if (found) await seal(found);
    } catch (error) {
      // Whoever waits is looked for again; that the evidence can't be stored must not keep anything from being verified.
      needs.telemetry.error('what was found could not be sealed', { log: uri(report), error });
    }
    return report;
  });
  return [...reports, ...scanned];
}

async function verifyOne(
  listed: DigestLogFile,
  { place }: DigestRow,
  { sourceOf }: Needs,
): Promise<LogReport> {
  const source = sourceOf(listed.s3Bucket);
  return source
    ? await readLog(source, listed, place)
    : await verifyLog(listed, notCovered({ bucket: listed.s3Bucket }), place);
}

/** One that was wrong when it was first verified was not altered since: it keeps its first word. */
function findingOf(
  report: LogReport,
  {
    row,
    isAgain,
    about,
    now,
  }: { row: DigestRow; isAgain: boolean; about: readonly OpenProblem[]; now: string },
): ChainFinding | undefined {
  const wasWrong = about.some(({ code }) => code === 'log-invalid' || code === 'log-missing');
  const change = isAgain && !wasWrong ? reverified({ at: row.end, now }, report) : undefined;
  return change ?? logFinding(report);
}
