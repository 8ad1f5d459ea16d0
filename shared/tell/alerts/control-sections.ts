import type { Alert } from './alert';

/** A part of an e-mail. */
export type Section = readonly [title: string, lines: readonly string[]];

/** Why a control matters, and which frameworks ask for it. */
export const controlSections = ({ control }: Alert): Section[] => [
  [
    'Why it matters',
    [`Control: ${control.title}.`, ...(control.rationale === '' ? [] : [control.rationale])],
  ],
  ['Frameworks', frameworkLines(control.frameworks)],
];

const frameworkNames: Readonly<Record<string, string>> = {
  securityHub: 'Security Hub',
  awsConfig: 'AWS Config managed rules',
  nist80053r5: 'NIST SP 800-53 rev. 5',
  pciDss4: 'PCI DSS 4.0',
  soc2: 'SOC 2',
};

const CIS = 'cis-';

/** One line each; of CIS the items, each with the versions of the benchmark that number it so. */
function frameworkLines(frameworks: Alert['control']['frameworks']): string[] {
  const versions = new Map<string, string[]>();
  for (const [key, items] of Object.entries(frameworks).filter(([name]) => name.startsWith(CIS))) {
    for (const item of items) versions.set(item, [...(versions.get(item) ?? []), key.slice(CIS.length)]);
  }
  const cis = [...versions].map(([item, numberedSo]) => `${item} (${numberedSo.join(', ')})`);
  return [
    ...(cis.length > 0 ? [`CIS AWS Foundations: ${cis.join(', ')}`] : []),
    ...Object.entries(frameworks)
      .filter(([name]) => !name.startsWith(CIS))
      .map(([name, items]) => `${frameworkNames[name] ?? name}: ${items.join(', ')}`),
  ];
}
