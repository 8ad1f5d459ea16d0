import type { ControlMetadata, Frameworks } from '../shared/controls/control';

export interface FrameworkItems {
  /** `cis-3.0.0`, `securityHub` … as alerts call it. */
  readonly key: string;
  /** As people do. */
  readonly name: string;
  readonly items: readonly string[];
}

const names: Readonly<Record<Exclude<keyof Frameworks, 'cis'>, string>> = {
  securityHub: 'AWS Security Hub',
  awsConfig: 'AWS Config managed rules',
  nist80053r5: 'NIST SP 800-53 rev. 5',
  pciDss4: 'PCI DSS 4.0',
  soc2: 'SOC 2',
};

/** Each framework that a control answers to, with its items; each version of CIS is one. */
export const frameworksOf = ({
  frameworks,
}: Pick<ControlMetadata, 'frameworks'>): readonly FrameworkItems[] => [
  ...Object.entries(frameworks.cis).map(([version, item]) => ({
    key: `cis-${version}`,
    name: `CIS AWS Foundations ${version}`,
    items: [item],
  })),
  ...(Object.keys(names) as (keyof typeof names)[])
    .map((key) => ({ key, name: names[key], items: frameworks[key] }))
    .filter(({ items }) => items.length > 0),
];

/** For people: a row each; of CIS the items, each with the versions that number it so. */
export function frameworkRows(control: Pick<ControlMetadata, 'frameworks'>): {
  readonly cells: readonly string[];
  readonly text: string;
}[] {
  const versions = new Map<string, string[]>();
  for (const [version, item] of Object.entries(control.frameworks.cis)) {
    versions.set(item, [...(versions.get(item) ?? []), version]);
  }
  const cis = [...versions].map(([item, numberedSo]) => `${item} (${numberedSo.join(', ')})`);
  return [
    ...(cis.length === 0 ? [] : [{ cells: ['CIS AWS Foundations'], text: cis.join(', ') }]),
    ...frameworksOf({ frameworks: { ...control.frameworks, cis: {} } }).map(({ name, items }) => ({
      cells: [name],
      text: items.join(', '),
    })),
  ];
}

/** `CIS-3.0.0` and `cis-3.0.0`, `PCI-DSS-4` and `pciDss4` are the same. */
const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The frameworks of this name, or of this family: `cis` is each of its versions. */
export function frameworksNamed(name: string, keys: readonly string[]): readonly string[] {
  const exact = keys.filter((key) => plain(key) === plain(name));
  return exact.length > 0
    ? exact
    : keys.filter((key) => key.split('-').length > 1 && key.split('-')[0] === plain(name));
}
