import { readFileSync } from 'node:fs';
import type { CompliancePolicy } from '../shared/contracts/trailseal/compliance-policy';
import { rules } from '../shared/controls';
import { compileCompliancePolicy } from '../shared/policy/compliance-yml';
import { type Mistake, printMistakes } from '../shared/policy/mistake';
import { remediated } from './remediated';

/** compliance.yml has mistakes: the message prints each with its line. */
export class InvalidCompliancePolicy extends Error {
  override readonly name = 'InvalidCompliancePolicy';

  constructor(
    readonly file: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super(printMistakes(file, mistakes));
  }
}

/**
 * Reads and compiles a compliance.yml.
 *
 * @param now decides which exemptions have expired
 * @throws InvalidCompliancePolicy listing every mistake; the file system's error when the file can't be read
 */
export function loadCompliancePolicy(file: string, now = new Date()): CompliancePolicy {
  const compiled = compileCompliancePolicy(readFileSync(file, 'utf8'), { rules, remediated, now });
  if ('mistakes' in compiled) throw new InvalidCompliancePolicy(file, compiled.mistakes);
  return compiled.policy;
}
