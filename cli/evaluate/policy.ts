import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { rules, rulesByResourceType } from '../../shared/controls';
import type { PolicyInForce, RulesByType } from '../../shared/controls/judge';
import { controlNamed } from '../control-named';
import { Failure } from '../failure';
import { defaultPolicy, nearestPolicy, POLICY_FILE, readPolicy } from '../policy-file';
import type { Shell } from '../shell';

/** What items are judged by. */
export interface Yardstick {
  readonly rules: RulesByType;
  readonly policy: PolicyInForce;
  /** The compliance.yml, as people are told; undefined where there is none. */
  readonly file: string | undefined;
}

/**
 * The rules that are asked for, and the compliance.yml that is named, or else the nearest one.
 * @throws Failure with every mistake in it, or when a name stands for no control or for several
 */
export function yardstick(
  { config, control }: { readonly config?: string; readonly control?: readonly string[] },
  shell: Shell,
): Yardstick {
  const asked = control && new Set(control.map(askedFor));
  const found =
    config === undefined
      ? (nearestPolicy(shell.folder) ?? nearestPolicy(fileURLToPath(new URL('.', import.meta.url))))
      : path.resolve(shell.folder, config);
  const file = found === undefined ? undefined : (config ?? path.relative(shell.folder, found));
  const policy = found === undefined ? defaults(shell) : readPolicy(found, file ?? found, shell.now());
  return {
    rules: asked ? only(asked) : rulesByResourceType,
    policy: { ...(asked ? switchedOn(policy, asked) : policy), since: shell.now().toISOString() },
    file,
  };
}

/** @throws Failure for one that is judged by what AWS answers: no file has that */
function askedFor(name: string): string {
  const { id, ofSnapshots } = controlNamed(name, rules, '--control');
  if (ofSnapshots)
    throw new Failure(`--control: ${id} reads what AWS Config does not record`, [
      'The function evaluate-account judges it by its schedule',
    ]);
  return id;
}

function defaults(shell: Shell): CompliancePolicy {
  shell.err.write(
    `No ${POLICY_FILE} here or above: every control goes by its defaults, and nothing is exempt. Name one: --config FILE\n`,
  );
  return defaultPolicy(shell.now());
}

const only = (asked: ReadonlySet<string>): RulesByType =>
  Object.fromEntries(
    Object.entries(rulesByResourceType)
      .map(([type, ofType]) => [type, ofType.filter(({ id }) => asked.has(id))] as const)
      .filter(([, ofType]) => ofType.length > 0),
  );

/** A control that is asked for by name judges, even what compliance.yml has it off for. */
const switchedOn = (policy: CompliancePolicy, asked: ReadonlySet<string>): CompliancePolicy => ({
  ...policy,
  controls: Object.fromEntries(
    Object.entries(policy.controls).map(([id, settings]) => [
      id,
      asked.has(id) ? { mode: 'notify', parameters: settings.parameters } : settings,
    ]),
  ),
});
