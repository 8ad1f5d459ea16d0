import path from 'node:path';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { Failure } from '../failure';
import { defaultPolicy, nearestPolicy, POLICY_FILE, readPolicy } from '../policy-file';
import type { Shell } from '../shell';

/**
 * The compliance.yml that is named, or the one here or above; where there is none, what holds by default.
 *
 * @param then when the events happened: a file that was valid then is, as one is that is valid today
 * @throws Failure with every mistake in it
 */
export function policyFor(named: string | undefined, then: Date, shell: Shell): CompliancePolicy {
  const found = named === undefined ? nearestPolicy(shell.folder) : path.resolve(shell.folder, named);
  if (found === undefined) {
    shell.err.write(
      `No ${POLICY_FILE} here or above: all controls are on by their defaults, and nothing is exempt\n`,
    );
    return defaultPolicy(then);
  }
  const file = named ?? path.relative(shell.folder, found);
  try {
    return readPolicy(found, file, then);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return readPolicy(found, file, shell.now());
  }
}
