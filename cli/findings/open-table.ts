import {
  type FindingsReader,
  findingsClient,
  findingsReader,
  NoSuchTable,
} from '../../shared/aws/findings-reader';
import { localDoor } from '../../shared/aws/local-door';
import type { AwsPlace } from '../../shared/aws/operator-place';
import { Failure } from '../failure';
import type { Shell } from '../shell';
import { chooseTarget, type Target } from '../target';
import { printable } from '../terminal';
import type { TableOptions } from './findings-options';

/** The table of findings that a command was pointed to. */
export interface OpenTable {
  readonly name: string;
  /** `in Region eu-central-1`, or `on the laptop at …` */
  readonly where: string;
  /** Where else to ask: the same AWS. */
  readonly place: AwsPlace;
  readonly target: Target;
  readonly reader: FindingsReader;
  /** Whose findings are meant: those named, else those of the account that the table is in. */
  accounts(): Promise<readonly string[]>;
}

/**
 * Lets a command's work read the table of findings, once stderr has been told which one that is.
 * @throws Failure when there is no such table
 */
export async function withTable<T>(
  options: TableOptions,
  shell: Shell,
  work: (table: OpenTable) => Promise<T>,
): Promise<T> {
  const target = await chooseTarget(options, shell, 'DYNAMODB');
  const table = options.table ?? `trailseal-${target.stage}-findings`;
  const reader = findingsReader(table, findingsClient(target.place));
  const { laptop, place } = target;
  const where = laptop === undefined ? `in Region ${await reader.region()}` : `on the ${laptop}`;
  const through = laptop !== undefined || place.endpoint === undefined ? '' : ` through ${place.endpoint}`;
  shell.err.write(`${printable(`Using table ${table} ${where}${through}`, 500)}\n`);
  const home = async () =>
    laptop === undefined ? reader.accountId() : (await localDoor(place.endpoint ?? '').health()).accountId;
  try {
    return await work({
      name: table,
      where,
      place,
      target,
      reader,
      accounts: async () => options.account ?? [await home()],
    });
  } catch (error) {
    if (!(error instanceof NoSuchTable)) throw error;
    throw new Failure(`There is no table ${error.table} ${where}`, [
      'Name the stack: --stage STAGE --region REGION, and the account: --profile NAME, or the table: --table NAME',
      'Or deploy it: npx serverless deploy. Or try it on this machine: npm start',
    ]);
  }
}
