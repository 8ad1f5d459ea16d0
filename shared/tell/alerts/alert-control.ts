import type { Control, ControlMetadata } from '../../controls/control';
import type { Alert } from './alert';

/** What an alert says of its control; of one that this version no longer has, its id. */
export const alertControl = (
  id: string,
  control: (ControlMetadata & { readonly kind?: Control['kind'] }) | undefined,
): Alert['control'] => ({
  id,
  ...(control?.kind === undefined ? {} : { kind: control.kind }),
  title: control?.title ?? id,
  rationale: control?.rationale ?? '',
  frameworks: frameworkItems(control),
});

function frameworkItems(control: ControlMetadata | undefined): Record<string, string[]> {
  if (!control) return {};
  const { cis, ...others } = control.frameworks;
  const items: [string, readonly string[]][] = [
    ...Object.entries(cis).map(([version, item]): [string, string[]] => [`cis-${version}`, [item]]),
    ...Object.entries(others),
  ];
  return Object.fromEntries(
    items.filter(([, list]) => list.length > 0).map(([name, list]) => [name, [...list]]),
  );
}
