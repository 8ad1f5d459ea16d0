import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TargetOptions } from '../target-options';

/** Which table of findings a command reads, and whose findings in it. */
export interface TableOptions extends TargetOptions {
  readonly table?: string;
  readonly account?: readonly string[];
}

/** Adds what every command takes that reads the table of findings. */
export const withTableOptions = (command: Command, accounts: string): Command =>
  command
    .addOption(new Option('--account <id...>', accounts).argParser(accountIds))
    .addOption(
      new Option('--table <name>', 'the table of findings (default: trailseal-<stage>-findings)').argParser(
        tableName,
      ),
    );

function accountIds(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('Expected an account id of 12 digits.');
  return [...(before ?? []), text];
}

function tableName(text: string): string {
  if (!/^[A-Za-z0-9_.-]{3,255}$/.test(text))
    throw new InvalidArgumentError('Expected the name of a DynamoDB table.');
  return text;
}

/** Adds what every command takes that is about one finding. */
export const withFindingOptions = (command: Command): Command =>
  withTableOptions(
    command.option('--scan', 'look for the beginning of an id in the whole table, which reads all of it'),
    'look for the beginning of an id among those of these accounts (default: the account that the table is in)',
  );
