import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../../tools/policy-loader';
import { Failure } from '../failure';
import type { Shell } from '../shell';
import { printable } from '../terminal';

/** What compliance.yml says, as far as there is one that can be read. */
export interface PolicyHere {
  /** The file's name as people are told it; undefined where there is none. */
  readonly file: string | undefined;
  readonly policy: CompliancePolicy | undefined;
  /** It is there and says something wrong, which stderr has been told. */
  readonly isInvalid: boolean;
}

const NAME = 'compliance.yml';
const LINE_LENGTH = 1000;

/**
 * The compliance.yml of the project that we are in, or the one that is named.
 * @throws Failure when the one that is named can't be read
 */
export function policyHere(named: string | undefined, shell: Shell): PolicyHere {
  const found = named === undefined ? nearest(shell.folder) : path.resolve(shell.folder, named);
  if (found === undefined) {
    shell.err.write(
      `No ${NAME} here or above: modes and exemptions are not known. Name one: --policy FILE\n`,
    );
    return { file: undefined, policy: undefined, isInvalid: false };
  }
  const file = path.relative(shell.folder, found);
  try {
    return { file, policy: loadCompliancePolicy(found, shell.now()), isInvalid: false };
  } catch (error) {
    if (!(error instanceof InvalidCompliancePolicy)) throw unreadable(file, error);
    const lines = error.message.replaceAll(found, file).split('\n');
    shell.err.write(
      `error: ${file} has mistakes, so modes and exemptions are not known\n${lines
        .map((line) => `${printable(line, LINE_LENGTH)}\n`)
        .join('')}`,
    );
    return { file, policy: undefined, isInvalid: true };
  }
}

function nearest(folder: string): string | undefined {
  const file = path.join(folder, NAME);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}

const unreadable = (file: string, error: unknown): Failure =>
  new Failure(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, [
    `Name a ${NAME}: --policy FILE`,
  ]);
