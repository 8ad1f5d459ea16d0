import path from 'node:path';
import { version } from '../../package.json';
import { parseAs } from '../../shared/contracts/parse';
import { Finding } from '../../shared/contracts/trailseal/finding';
import { controls } from '../../shared/controls';
import type { TableOptions } from '../findings/findings-options';
import { withTable } from '../findings/open-table';
import { jsonText } from '../json-text';
import type { ExitCode, Shell } from '../shell';
import { findFinding } from '../show/find';
import { storedRecord } from '../show/show';
import { counted } from '../table';
import { printable } from '../terminal';
import { type BundleFile, bundleFiles, SUMS_FILE, sums } from './bundle';
import { demandEmpty, writeFiles } from './folder';
import { type EvidenceSources, type Gathered, gather } from './gather';
import { readme } from './readme';
import { awsSources } from './sources';

export interface EvidenceOptions extends TableOptions {
  readonly scan?: true;
  readonly out?: string;
  readonly format: 'text' | 'json';
}

/** Writes a folder with all that a finding rests on, to be checked by anybody. */
export async function evidence(id: string, options: EvidenceOptions, shell: Shell): Promise<ExitCode> {
  // Before anything is asked for: nobody should wait for what then can't be written.
  if (options.out !== undefined) await demandEmpty(path.resolve(shell.folder, options.out), options.out);
  return withTable(options, shell, async (table) => {
    const rows = await findFinding(id, table, options.scan ?? false);
    const finding = parseAs(Finding, 'the stored finding', rows.state['finding']) as Finding;
    const said = options.out ?? `trailseal-evidence-${finding.id}`;
    const folder = path.resolve(shell.folder, said);
    await demandEmpty(folder, said);
    const { gathered, files } = await bundle(
      finding,
      storedRecord(rows),
      awsSources(table, shell),
      `table ${table.name} ${table.where}`,
      shell.now(),
    );
    await writeFiles(folder, said, files);
    report(said, finding, gathered, files, options.format, shell);
    return gathered.problems.length > 0 ? 2 : 0;
  });
}

/** The files of a finding's folder, README.md and SHA256SUMS among them. */
export async function bundle(
  finding: Finding,
  stored: unknown,
  sources: EvidenceSources,
  source: string,
  now: Date,
): Promise<{ readonly gathered: Gathered; readonly files: readonly BundleFile[] }> {
  const gathered = await gather(finding, sources);
  const about = {
    version,
    writtenAt: now.toISOString(),
    source,
    control: controls.find(({ id }) => id === finding.control),
  };
  const files: BundleFile[] = [
    ...bundleFiles(stored, gathered),
    { path: 'README.md', content: readme(finding, gathered, about) },
  ];
  return { gathered, files: [...files, { path: SUMS_FILE, content: sums(files) }] };
}

function report(
  folder: string,
  { id }: Finding,
  { calls, problems }: Gathered,
  files: readonly BundleFile[],
  format: EvidenceOptions['format'],
  shell: Shell,
): void {
  for (const problem of problems) shell.err.write(`error: ${printable(problem, 2000)}\n`);
  if (format === 'json') {
    shell.out.write(
      jsonText({
        finding: id,
        folder,
        files: files.map(({ path: name }) => name),
        calls: calls.map(({ call, log, digest, key, event }) => ({
          eventID: call.eventID,
          proof: call.proof.state,
          reason: call.proof.reason ?? null,
          complete: [log, digest, key, event].every((part) => part !== undefined),
        })),
        problems,
      }),
    );
    return;
  }
  const proven = calls.filter(({ call }) => call.proof.state === 'proven').length;
  const sum =
    calls.length === 0 ? 'no call is known to prove' : `${proven} of ${counted(calls.length, 'call')} proven`;
  shell.out.write(
    `${counted(files.length, 'file')} in ${printable(folder, 500)}: ${sum}.\n` +
      `Check it: ${printable(folder, 500)}/README.md says how.\n`,
  );
}
