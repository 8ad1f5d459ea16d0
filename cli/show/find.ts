import type { FindingRows, FindingsReader } from '../../shared/aws/findings-reader';
import { Failure } from '../failure';
import { readSummary, STATES } from '../findings/listing';
import type { OpenTable } from '../findings/open-table';

const WHOLE = 26;
const LEAST = 6;
const CANDIDATES = 10;

/**
 * The one finding that an id, or the beginning of one, stands for.
 * @param scan look through the whole table for a beginning, instead of the accounts' listing
 * @throws Failure when there is none, or several
 */
export async function findFinding(
  said: string,
  table: Pick<OpenTable, 'reader' | 'accounts'>,
  scan: boolean,
): Promise<FindingRows> {
  const id = said.toUpperCase();
  if (!/^[A-Z2-7]+$/.test(id) || id.length < LEAST || id.length > WHOLE) {
    throw new Failure(
      `ID: expected the ${WHOLE} letters and digits of a finding's id, or at least its first ${LEAST}, not ${said}`,
      [listAll],
    );
  }
  const whole = id.length === WHOLE ? id : await completed(id, table, scan);
  const rows = await table.reader.rowsOf(whole);
  if (rows === undefined) {
    throw new Failure(`There is no finding ${whole} in this table`, [
      listAll,
      'Or is it of another stack? Name it: --stage STAGE --region REGION --profile NAME',
    ]);
  }
  return rows;
}

const listAll = 'All findings: trailseal findings --all';

async function completed(
  beginning: string,
  { reader, accounts }: Pick<OpenTable, 'reader' | 'accounts'>,
  scan: boolean,
): Promise<string> {
  const [id, ...others] = scan
    ? await reader.idsStartingWith(beginning)
    : await listedStartingWith(beginning, reader, await accounts());
  if (id === undefined) {
    throw new Failure(
      `No finding's id begins with ${beginning}${scan ? '' : ` in ${await accountsText(accounts)}`}`,
      [
        listAll,
        ...(scan
          ? []
          : ['Or give the whole id, name other accounts: --account ID, or read the whole table: --scan']),
      ],
    );
  }
  if (others.length > 0) {
    throw new Failure(`${1 + others.length} findings' ids begin with ${beginning}`, [
      'Give more of the one that is meant:',
      ...(await candidates([id, ...others], reader)),
    ]);
  }
  return id;
}

async function listedStartingWith(
  beginning: string,
  reader: FindingsReader,
  accounts: readonly string[],
): Promise<string[]> {
  const lists = await Promise.all(
    accounts.flatMap((account) => STATES.map((state) => reader.idsOf(account, state))),
  );
  // One that changes just now may be listed in two states.
  return [...new Set(lists.flat())].filter((id) => id.startsWith(beginning));
}

async function accountsText(accounts: OpenTable['accounts']): Promise<string> {
  const ids = await accounts();
  return `account${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`;
}

async function candidates(ids: readonly string[], reader: FindingsReader): Promise<string[]> {
  const found = (await reader.summaries(ids.slice(0, CANDIDATES))).map(readSummary);
  return [
    ...found.map(({ id, state, control, resourceId }) => `${id} ${state} ${control} ${resourceId}`),
    ...(ids.length > CANDIDATES ? [`and ${ids.length - CANDIDATES} more`] : []),
  ];
}
