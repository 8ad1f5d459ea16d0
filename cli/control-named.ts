import type { ControlMetadata } from '../shared/controls/control';
import { aliasesOf, controlsNamed } from '../shared/policy/control-names';
import { nearestWord } from '../shared/policy/nearest-word';
import { Failure } from './failure';

const SUGGESTIONS = 5;

/**
 * The one control that an id or an alias stands for.
 * @param said how the caller said it, for the error: `--control`
 * @throws Failure with the candidates for an alias of several controls, with the nearest names for an unknown one
 */
export function controlNamed<C extends ControlMetadata>(
  name: string,
  controls: readonly C[],
  said: string,
): C {
  const [found, ...others] = controlsNamed(name, controls);
  if (found === undefined)
    throw new Failure(`${said}: no control is named ${name}`, suggestionsFor(name, controls));
  if (others.length > 0) {
    throw new Failure(`${said}: ${name} stands for several controls`, [
      'Name one of them:',
      ...[found, ...others].map(({ id, title }) => `${id}: ${title}`),
    ]);
  }
  return found;
}

function suggestionsFor(name: string, controls: readonly ControlMetadata[]): string[] {
  const known = [...new Set(controls.flatMap((control) => [control.id, ...aliasesOf(control)]))];
  const near = [...containing(name, known), ...nearest(name, known)];
  const suggested = [...new Set(near)].slice(0, SUGGESTIONS);
  return [
    ...(suggested.length === 0 ? [] : [`Did you mean ${suggested.join(', ')}?`]),
    'All controls: trailseal rules',
  ];
}

const containing = (name: string, known: readonly string[]): string[] =>
  name.length < 2 ? [] : known.filter((candidate) => candidate.toLowerCase().includes(name.toLowerCase()));

/** All that are close, the closest first. */
function nearest(name: string, known: readonly string[]): string[] {
  const found = nearestWord(name, known);
  return found === undefined
    ? []
    : [
        found,
        ...nearest(
          name,
          known.filter((candidate) => candidate !== found),
        ),
      ];
}
