import { controls } from '.';
import type { Control, ControlMetadata } from './control';

/**
 * What there is to say of each control, by id, for whoever judges by none of them. Bundles get it as it comes out, so
 * that a function which only tells does not carry the logic of all.
 */
export const metadata: readonly (ControlMetadata & { readonly kind: Control['kind'] })[] = controls.map(
  ({ kind, id, version, title, severity, rationale, whatToDo, frameworks, exemptible }) => ({
    kind,
    id,
    version,
    title,
    severity,
    rationale,
    whatToDo,
    frameworks,
    exemptible,
  }),
);
