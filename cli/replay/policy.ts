import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { rules } from '../../shared/controls';
import { compileCompliancePolicy } from '../../shared/policy/compliance-yml';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../../tools/policy-loader';
import { remediated } from '../../tools/remediated';
import { Failure } from '../failure';
import type { Shell } from '../shell';

const NAME = 'compliance.yml';

/**
 * The compliance.yml that is named, or the one here or above; where there is none, what holds by default.
 *
 * @param then when the events happened: a file that was valid then is, as one is that is valid today
 * @throws Failure with every mistake in it
 */
export function policyFor(named: string | undefined, then: Date, shell: Shell): CompliancePolicy {
  const found = named === undefined ? nearest(shell.folder) : path.resolve(shell.folder, named);
  if (found === undefined) {
    shell.err.write(
      `No ${NAME} here or above: all controls are on by their defaults, and nothing is exempt\n`,
    );
    return defaults(then);
  }
  const file = named ?? path.relative(shell.folder, found);
  const load = (now: Date) => loadCompliancePolicy(found, now);
  try {
    return attempt(() => load(then)) ?? load(shell.now());
  } catch (error) {
    if (error instanceof InvalidCompliancePolicy) {
      throw new Failure(`${file} has mistakes`, error.message.replaceAll(found, file).split('\n'));
    }
    throw new Failure(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Undefined when it has mistakes. */
function attempt(load: () => CompliancePolicy): CompliancePolicy | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof InvalidCompliancePolicy) return undefined;
    throw error;
  }
}

function nearest(folder: string): string | undefined {
  const file = path.join(folder, NAME);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}

function defaults(now: Date): CompliancePolicy {
  const compiled = compileCompliancePolicy('version: 1\n', { rules, remediated, now });
  if ('mistakes' in compiled) throw new Error('an empty compliance.yml must be valid');
  return compiled.policy;
}
