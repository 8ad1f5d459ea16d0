import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { rules, rulesByResourceType } from '../../shared/controls';
import type { PolicyInForce, RulesByType } from '../../shared/controls/judge';
import { compileCompliancePolicy } from '../../shared/policy/compliance-yml';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../../tools/policy-loader';
import { remediated } from '../../tools/remediated';
import { Failure } from '../failure';
import { fileErrorText } from '../input/files';
import { controlNamed } from '../rules/control-named';
import type { Shell } from '../shell';

/** What items are judged by. */
export interface Yardstick {
  readonly rules: RulesByType;
  readonly policy: PolicyInForce;
  /** The compliance.yml, as people are told; undefined where there is none. */
  readonly file: string | undefined;
}

const NAME = 'compliance.yml';

/**
 * The rules that are asked for, and the compliance.yml that is named, or else the nearest one.
 * @throws Failure with every mistake in it, or when a name stands for no control or for several
 */
export function yardstick(
  { config, control }: { readonly config?: string; readonly control?: readonly string[] },
  shell: Shell,
): Yardstick {
  const asked = control && new Set(control.map((name) => controlNamed(name, rules, '--control').id));
  const found =
    config === undefined
      ? (nearest(shell.folder) ?? nearest(fileURLToPath(new URL('.', import.meta.url))))
      : path.resolve(shell.folder, config);
  const file = found === undefined ? undefined : (config ?? path.relative(shell.folder, found));
  const policy = found === undefined ? defaults(shell) : load(found, file ?? found, shell);
  return {
    rules: asked ? only(asked) : rulesByResourceType,
    policy: { ...(asked ? switchedOn(policy, asked) : policy), since: shell.now().toISOString() },
    file,
  };
}

/** The one of the project that a folder is in, wherever in it. */
function nearest(folder: string): string | undefined {
  const file = path.join(folder, NAME);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}

function load(found: string, file: string, shell: Shell): CompliancePolicy {
  try {
    return loadCompliancePolicy(found, shell.now());
  } catch (error) {
    if (error instanceof InvalidCompliancePolicy) {
      throw new Failure(`${file} has mistakes`, error.message.replaceAll(found, file).split('\n'));
    }
    throw new Failure(`${file}: ${fileErrorText(error)}`, [`Name a ${NAME}: --config FILE`]);
  }
}

function defaults(shell: Shell): CompliancePolicy {
  shell.err.write(
    `No ${NAME} here or above: every control goes by its defaults, and nothing is exempt. Name one: --config FILE\n`,
  );
  const compiled = compileCompliancePolicy('version: 1', { rules, remediated, now: shell.now() });
  if ('mistakes' in compiled) throw new Error('an empty compliance.yml must be valid');
  return compiled.policy;
}

const only = (asked: ReadonlySet<string>): RulesByType =>
  Object.fromEntries(
    Object.entries(rulesByResourceType)
      .map(([type, ofType]) => [type, ofType.filter(({ id }) => asked.has(id))] as const)
      .filter(([, ofType]) => ofType.length > 0),
  );

/** A control that is asked for by name judges, even where compliance.yml has it off. */
const switchedOn = (policy: CompliancePolicy, asked: ReadonlySet<string>): CompliancePolicy => ({
  ...policy,
  controls: Object.fromEntries(
    Object.entries(policy.controls).map(([id, settings]) => [
      id,
      asked.has(id) && settings.mode === 'off' ? { ...settings, mode: 'notify' } : settings,
    ]),
  ),
});
