export type Outcome =
  | { readonly alertId: string; readonly sent: string }
  | { readonly alertId: string; readonly foldedInto: string }
  | { readonly alertId: string; readonly notSent: 'already-sent' | 'superseded' | 'nothing-to-tell' };

/** Not to be handled just now; the queue brings it back. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** Longer than the function may run: who holds a claim for longer than this has died. */
export const LEASE_MS = 90_000;
