import path from 'node:path';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../../tools/policy-loader';
import { Failure } from '../failure';
import { nearestPolicy, POLICY_FILE } from '../policy-file';
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

const LINE_LENGTH = 1000;

/**
 * The compliance.yml of the project that we are in, or the one that is named.
 * @param sample Region of local AWS, where that runs with samples of its own
 * @throws Failure when the one that is named can't be read
 */
export function policyHere(named: string | undefined, shell: Shell, sample?: string): PolicyHere {
  const found = named === undefined ? nearestPolicy(shell.folder) : path.resolve(shell.folder, named);
  if (found === undefined) {
    shell.err.write(
      `No ${POLICY_FILE} here or above: modes and exemptions are not known. Name one: --config FILE\n`,
    );
    return { file: undefined, policy: undefined, isInvalid: false };
  }
  const file = path.relative(shell.folder, found);
  try {
    return { file, policy: loadCompliancePolicy(found, shell.now(), sample), isInvalid: false };
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

const unreadable = (file: string, error: unknown): Failure =>
  new Failure(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, [
    `Name a ${POLICY_FILE}: --config FILE`,
  ]);
