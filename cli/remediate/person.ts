import { createInterface } from 'node:readline';
import { Failure } from '../failure';
import type { Shell } from '../shell';

/** Whoever can be asked. */
export interface Person {
  /** Sees what is written, and can answer. */
  readonly isThere: boolean;
  /** Anything but a yes is a no. */
  agrees(question: string): Promise<boolean>;
}

export const personAt = (
  { out, err }: Shell,
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Person => ({
  isThere: input.isTTY === true && out.isTerminal && err.isTerminal,
  async agrees(question) {
    err.write(`${question} [y/N] `);
    const lines = createInterface({ input });
    try {
      for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
      return false;
    } finally {
      lines.close();
    }
  },
});

/**
 * Whether a person agrees, or has agreed beforehand by --yes.
 * @throws Failure where nobody is there to be asked
 */
export async function agreed(question: string, yes: boolean, person: Person): Promise<boolean> {
  if (yes) return true;
  if (!person.isThere)
    throw new Failure('Nothing was sent: nobody is at a terminal to be asked', [
      'Look at what it would do, then run it again with --yes',
    ]);
  return person.agrees(question);
}
