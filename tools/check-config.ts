import type {
  CompliancePolicy,
  ControlSettings,
  Mode,
} from '../shared/contracts/trailseal/compliance-policy';
import { remediates } from '../shared/controls/scope';
import { InvalidCompliancePolicy, loadCompliancePolicy } from './policy-loader';

/** `npm run check:config [-- FILE]`: 0 valid, 1 mistakes, 2 the file can't be read. */
function main([file = 'compliance.yml']: readonly string[]): number {
  try {
    const policy = loadCompliancePolicy(file);
    console.log([`${file} is valid: ${summary(policy)}`, ...remediated(policy)].join('\n'));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof InvalidCompliancePolicy ? 1 : 2;
  }
}

function summary({ controls, exemptions }: CompliancePolicy): string {
  const [next] = exemptions.map(({ expiresAt }) => expiresAt).sort();
  return [
    counted(Object.keys(controls).length, 'control'),
    counted(exemptions.length, 'exemption'),
    ...(next === undefined ? [] : [`next expiry ${next}`]),
  ].join(', ');
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** One line for each control that calls on a remediation. */
const remediated = ({ controls }: CompliancePolicy): string[] =>
  Object.entries(controls)
    .filter(([, settings]) => remediates(settings))
    .map(([id, settings]) => `  ${id}: ${modesOf(settings)}; by ${settings.remediation?.id}`);

const modesOf = ({ mode, scopes = [] }: ControlSettings): string =>
  [said[mode], ...scopes.map((scope, index) => `in scope ${index + 1} ${said[scope.mode]}`)].join(', ');

const said: Readonly<Record<Mode, string>> = {
  off: 'off',
  notify: 'notify',
  'dry-run': 'dry-run (changes nothing)',
  approve: 'approve (needs approval)',
  auto: 'auto (needs approval only where its precondition does not hold)',
};

process.exitCode = main(process.argv.slice(2));
