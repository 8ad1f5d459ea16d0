import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { ChangeLink } from '../../shared/contracts/trailseal/finding';
import { type Line, paragraph } from './page';

/** What changed, a line for each value that is gone (-) and each that came (+). */
export function changeLines({ state, properties, otherPaths, omitted = 0 }: ChangeLink): Line[] {
  if (state === 'none') return [paragraph('AWS Config sent no comparison with the configuration before.')];
  const lines = properties.flatMap(({ path, before, after }) => differences(path, before, after));
  return [
    paragraph('By the word of AWS Config, whose configuration items are not signed:'),
    ...(lines.length > 0 ? lines : [paragraph('Nothing that this control reads.')]),
    ...(otherPaths.length > 0 ? [paragraph(`Also changed, values not shown: ${otherPaths.join(', ')}`)] : []),
    ...(omitted > 0 ? [paragraph(`And ${omitted} more properties.`)] : []),
  ];
}

/** Leaf by leaf, only where before and after differ. */
function differences(path: string, before: Json, after: Json): Line[] {
  const [old, now] = [leaves(path, before), leaves(path, after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .flatMap((key): Line[] => [
      ...(old.has(key) ? [{ mark: '- ', text: `${key}: ${old.get(key)}`, colour: 'red' as const }] : []),
      ...(now.has(key) ? [{ mark: '+ ', text: `${key}: ${now.get(key)}`, colour: 'green' as const }] : []),
    ]);
}

/** Each value with its path; what is empty stands for itself, so that its coming and going shows. */
function leaves(path: string, value: Json): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  const members = typeof value === 'object' ? Object.entries(value) : [];
  return members.length === 0
    ? new Map([[path, valueText(value)]])
    : new Map(members.flatMap(([key, member]) => [...leaves(`${path}.${key}`, member)]));
}

/** As JSON has it, so that text and numbers can be told apart. */
export const valueText = (value: Json): string => (value === null ? 'not set' : JSON.stringify(value));
