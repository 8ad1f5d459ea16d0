import type { Readable } from 'node:stream';
import type { TableOptions } from '../findings/findings-options';
import { jsonLine, jsonText } from '../json-text';
import type { ExitCode, Shell } from '../shell';
import { styleOf } from '../table';
import { Changes, changeRecord } from './changes';
import { renderText } from './render';

export interface WhoOptions extends TableOptions {
  readonly format: 'text' | 'json' | 'ndjson';
  readonly failed?: true;
  /** AWS Config's names of types that it may be of. */
  readonly type?: readonly string[];
  /** Regions that it may be in, beside the table's. */
  readonly in?: readonly string[];
}

/** The process's own: what is piped in. */
export interface Pipes {
  readonly stdin: Readable;
}

/** What was searched for changes. */
export interface Searched {
  readonly source:
    | { readonly kind: 'files' }
    | {
        readonly kind: 'table';
        readonly table: string;
        readonly accounts: readonly string[];
        readonly regions: readonly string[];
        /** ISO 8601 */
        readonly since: string;
      };
  /** What the changes were picked out of, for people. */
  readonly of: string;
  /** Whether all was read that was to be. */
  readonly isWhole: boolean;
}

/** Lists who changed a resource, by the CloudTrail records in files, or without any by what the table remembers. */
export async function who(
  resource: string,
  names: readonly string[],
  options: WhoOptions,
  shell: Shell,
  pipes: Pipes,
): Promise<ExitCode> {
  const changes = new Changes(resource, options.failed ?? false);
  const { source, of, isWhole } =
    names.length > 0
      ? await (await import('./from-files')).searchFiles(names, changes, shell, pipes)
      : await (await import('./from-table')).searchTable(resource, options, changes, shell);
  const list = changes.inOrder();
  switch (options.format) {
    case 'ndjson':
      shell.out.write(list.map((change) => jsonLine(changeRecord(change))).join(''));
      break;
    case 'json':
      shell.out.write(jsonText({ resource, source, changes: list.map(changeRecord) }));
      break;
    case 'text':
      shell.out.write(renderText(list, of, resource, styleOf(shell.out, shell.env)));
  }
  return isWhole ? 0 : 2;
}
