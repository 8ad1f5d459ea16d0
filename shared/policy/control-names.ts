import type { ControlMetadata } from '../controls/control';

/** The names that others have for a control: AWS Config's identifiers, Security Hub's ids, `cis-3.0.0:5.2`. */
export const aliasesOf = ({ frameworks }: Pick<ControlMetadata, 'frameworks'>): readonly string[] => [
  ...frameworks.awsConfig,
  ...frameworks.securityHub,
  ...Object.entries(frameworks.cis).map(([version, item]) => `cis-${version}:${item}`),
];

/** Which controls a name stands for: one for an id, several for an alias that they share, none if nobody knows it. */
export function controlsNamed<C extends ControlMetadata>(name: string, controls: readonly C[]): readonly C[] {
  const byId = controls.filter(({ id }) => id === name);
  return byId.length > 0 ? byId : controls.filter((control) => aliasesOf(control).includes(name));
}
