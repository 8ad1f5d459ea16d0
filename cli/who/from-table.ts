import { activityIndex } from '../../shared/aws/activity-index';
import { activityTable } from '../../shared/aws/activity-table';
import { demanding, findingsClient } from '../../shared/aws/findings-reader';
import { type CloudTrailRecord, parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import { rootKeyOf } from '../../shared/contracts/aws/root-session';
import { REMEMBERED_DAYS } from '../../shared/findings/activity-index';
import { Failure } from '../failure';
import { type OpenTable, withTable } from '../findings/open-table';
import type { Shell } from '../shell';
import { counted } from '../table';
import { printable } from '../terminal';
import type { Changes } from './changes';
import { filedTypes, resourceKeys } from './resource-keys';
import type { Searched, WhoOptions } from './who';

const AT_ONCE = 8;
const DAY_MS = 86_400_000;

/**
 * Adds what the table remembers: calls that worked, of all accounts and Regions that the stack covers.
 * @throws Failure when no table can be asked
 */
export async function searchTable(
  resource: string,
  options: WhoOptions,
  changes: Changes,
  shell: Shell,
): Promise<Searched> {
  if (options.failed) {
    throw new Failure('--failed: the table remembers calls that worked only', [
      'Name files or folders with CloudTrail records after the resource',
    ]);
  }
  const unknown = options.type?.find((type) => !filedTypes.includes(type));
  if (unknown !== undefined) {
    throw new Failure(`--type: no calls are filed for ${unknown}`, [`Known: ${filedTypes.join(', ')}`]);
  }
  try {
    return await withTable(options, shell, (table) =>
      demanding(table.name, searchOpen(resource, options, changes, shell, table)),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.message, [...error.next, `Or read files: trailseal who ${resource} AWSLogs/`]);
  }
}

async function searchOpen(
  resource: string,
  { type: types, in: elsewhere = [] }: WhoOptions,
  changes: Changes,
  shell: Shell,
  { name, place, where, reader, accounts: chosen }: OpenTable,
): Promise<Searched> {
  const [accounts, home, now] = [await chosen(), await reader.region(), shell.now()];
  const regions = [...new Set([home, ...elsewhere])];
  const keys = resourceKeys(resource, { accounts, regions, ...(types === undefined ? {} : { types }) });
  if (keys.length === 0) throw new Failure(`No calls are filed for what is named like ${resource}`);
  const client = findingsClient(place);
  const index = activityIndex(name, client);
  const since = new Date(now.getTime() - REMEMBERED_DAYS * DAY_MS).toISOString();
  shell.err.write(
    `${printable(`It remembers calls for ${REMEMBERED_DAYS} days: since ${since.slice(0, 10)}, in ${regions.join(', ')} and what is global`, 1000)}\n`,
  );

  const records: CloudTrailRecord[] = [];
  const waiting = [...keys];
  while (waiting.length > 0) {
    const lists = await Promise.all(
      waiting.splice(0, AT_ONCE).map((key) => index.calls([key], since, now.toISOString())),
    );
    records.push(...lists.flat().map(parseCloudTrailRecord));
  }
  const sessions = activityTable(name, client);
  for (const key of new Set(records.map(rootKeyOf).filter((key) => key !== undefined))) {
    const session = await sessions.rootSession(key);
    if (session !== undefined) changes.addRootSession(session);
  }
  for (const record of records) changes.add(record);
  const calls = new Set(records.map(({ eventID }) => eventID)).size;
  return {
    source: { kind: 'table', table: name, accounts, regions, since },
    of: `${counted(calls, 'call')} that ${calls === 1 ? 'names' : 'name'} it in table ${name} ${where} since ${since.slice(0, 10)}`,
    isWhole: true,
  };
}
