/** Numbers from 0 to below 1, the same ones in every run and on every machine. */
export type Random = () => number;

/**
 * Numbers that a seed and a purpose determine. Each purpose has its own, so that one more use of chance in one place
 * changes nothing in another.
 */
export function randomFor(seed: number, purpose: string): Random {
  let state = hashOf(`${seed}|${purpose}`);
  // Mulberry32: small, and good enough for what chooses between faults.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a of 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
