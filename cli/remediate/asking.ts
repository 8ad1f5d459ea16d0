import type { Format } from '../redrive/render';
import type { Shell } from '../shell';
import type { Pause } from './follow';
import type { Person } from './person';
import { type Printer, printerFor } from './printer';

/** What a command that asks somebody has at hand. */
export interface Asking {
  readonly shell: Shell;
  readonly person: Person;
  readonly printer: Printer;
  readonly wait: Pause;
}

/** Lets a command's work print, and ends what it printed however the work ends. */
export async function printing<T>(
  format: Format,
  shell: Shell,
  work: (printer: Printer) => Promise<T>,
): Promise<T> {
  const printer = printerFor(format, shell);
  try {
    return await work(printer);
  } finally {
    printer.end();
  }
}
