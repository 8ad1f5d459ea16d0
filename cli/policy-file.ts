import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CompliancePolicy } from '../shared/contracts/trailseal/compliance-policy';
import { controls } from '../shared/controls';
import { compileCompliancePolicy } from '../shared/policy/compliance-yml';
import { remediations } from '../shared/remediations';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../tools/policy-loader';
import { Failure } from './failure';
import { fileErrorText } from './input/files';

export const POLICY_FILE = 'compliance.yml';

/** The compliance.yml of the project that a folder is in, wherever in it. */
export function nearestPolicy(folder: string): string | undefined {
  const file = path.join(folder, POLICY_FILE);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearestPolicy(parent);
}

/**
 * @param shownAs what people are told that the file is called
 * @throws Failure with every mistake in it, or with why it can't be read
 */
export function readPolicy(file: string, shownAs: string, now: Date): CompliancePolicy {
  try {
    return loadCompliancePolicy(file, now);
  } catch (error) {
    if (error instanceof InvalidCompliancePolicy) {
      throw new Failure(`${shownAs} has mistakes`, error.message.replaceAll(file, shownAs).split('\n'));
    }
    throw new Failure(`${shownAs}: ${fileErrorText(error)}`, [`Name a ${POLICY_FILE}: --config FILE`]);
  }
}

/** What holds where no file says anything: every control by its defaults, nothing exempt. */
export function defaultPolicy(now: Date): CompliancePolicy {
  const compiled = compileCompliancePolicy('version: 1', { controls, remediations, now });
  if ('mistakes' in compiled) throw new Error('an empty compliance.yml must be valid');
  return compiled.policy;
}
