import { createHash } from 'node:crypto';

/** Names of many log files, in little memory: 16 bytes stand for each. */
export class Names {
  readonly #names = new Set<string>();

  add(...parts: readonly string[]): void {
    this.#names.add(short(parts));
  }

  has(...parts: readonly string[]): boolean {
    return this.#names.has(short(parts));
  }

  get size(): number {
    return this.#names.size;
  }
}

const short = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest().toString('latin1', 0, 16);
