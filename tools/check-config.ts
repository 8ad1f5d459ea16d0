import type { CompliancePolicy } from '../shared/contracts/trailseal/compliance-policy';
import { InvalidCompliancePolicy, loadCompliancePolicy } from './policy-loader';

/** `npm run check:config [-- FILE]`: 0 valid, 1 mistakes, 2 the file can't be read. */
function main([file = 'compliance.yml']: readonly string[]): number {
  try {
    console.log(`${file} is valid: ${summary(loadCompliancePolicy(file))}`);
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

process.exitCode = main(process.argv.slice(2));
