import { findingsClient } from '../../shared/aws/findings-reader';
import { remediationsTable, type StoredRuns, storedRuns } from '../../shared/aws/remediations-table';
import { parseAs } from '../../shared/contracts/parse';
import { Finding } from '../../shared/contracts/trailseal/finding';
import type { Runs } from '../../shared/remediations/run';
import type { TableOptions } from '../findings/findings-options';
import { type OpenTable, withTable } from '../findings/open-table';
import type { Format } from '../redrive/render';
import type { Shell } from '../shell';
import { findFinding } from '../show/find';

export interface FindingOptions extends TableOptions {
  readonly scan?: true;
  readonly format: Format;
}

/** A finding, and all that is stored of its remediations. */
export interface Opened {
  readonly table: OpenTable;
  readonly finding: Finding;
  readonly runs: StoredRuns & Pick<Runs, 'read' | 'part' | 'undoAsked' | 'admitted'>;
}

/** Lets a command's work read one finding and its runs. @throws Failure when there is none */
export const withFinding = <T>(
  id: string,
  options: FindingOptions,
  shell: Shell,
  work: (opened: Opened) => Promise<T>,
): Promise<T> =>
  withTable(options, shell, async (table) => {
    const rows = await findFinding(id, table, options.scan ?? false);
    const finding = parseAs(Finding, 'the stored finding', rows.state['finding']) as Finding;
    const client = findingsClient(table.place);
    const now = () => shell.now().toISOString();
    return work({
      table,
      finding,
      runs: { ...remediationsTable(table.name, now, client), ...storedRuns(table.name, client) },
    });
  });
