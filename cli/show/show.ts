import type { FindingRows } from '../../shared/aws/findings-reader';
import { parseAs } from '../../shared/contracts/parse';
import { Finding } from '../../shared/contracts/trailseal/finding';
import type { TableOptions } from '../findings/findings-options';
import { withTable } from '../findings/open-table';
import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import type { ExitCode, Shell } from '../shell';
import { styleOf } from '../table';
import { findFinding } from './find';
import { findingText } from './render';

export interface ShowOptions extends TableOptions {
  readonly scan?: true;
  readonly format: Format;
}

/** Shows one finding with all that is known of it. */
export async function show(id: string, options: ShowOptions, shell: Shell): Promise<ExitCode> {
  return withTable(options, shell, async (table) => {
    const rows = await findFinding(id, table, options.scan ?? false);
    const finding = parseAs(Finding, 'the stored finding', rows.state['finding']) as Finding;
    if (options.format === 'text') {
      shell.out.write(findingText(finding, rows, shell.now(), styleOf(shell.out, shell.env)));
    } else {
      const write = options.format === 'json' ? jsonText : jsonLine;
      shell.out.write(write(storedRecord(rows)));
    }
    return finding.state === 'open' ? 1 : 0;
  });
}

/**
 * The finding as it is stored, without what only the table's keys and indexes need; what became of its transitions, and
 * what was done about it.
 */
export function storedRecord({ state, claims, runs }: FindingRows) {
  const { pk, sk, accountId, stateSince, due, ...stored } = state;
  return { ...stored, handled: claims.map(({ pk: _, sk: __, expiresAt, ...claim }) => claim), runs };
}
