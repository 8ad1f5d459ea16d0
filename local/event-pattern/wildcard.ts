/**
 * AWS refuses a rule in which one value could stand at more than this many places of its wildcard patterns at
 * once. The figure is not in the documentation; it follows from patterns that AWS accepts and refuses.
 */
const MAX_COMPLEXITY = 10;
/**
 * Stops the search for the worst value in a pattern too large to explore; such a pattern counts as simple
 * enough.
 */
const MAX_EXPLORED = 20_000;

const QUOTE = '"';

/**
 * Splits the operand of "wildcard" at its asterisks; `\*` and `\\` stand for the characters themselves.
 * @returns the literal pieces; n asterisks give n + 1 pieces
 * @throws Error whose message is the reason AWS gives for refusing it
 */
export function wildcardPieces(operand: string): readonly string[] {
  // AWS counts positions in UTF-8 bytes and in the quoted text, where position 0 is the quote.
  const position = (index: number) => Buffer.byteLength(operand.slice(0, index)) + QUOTE.length;
  const pieces: string[] = [];
  let piece = '';
  for (let i = 0; i < operand.length; i++) {
    const character = operand.charAt(i);
    const next = operand.charAt(i + 1);
    if (character === '*') {
      if (next === '*') throw new Error(`Consecutive wildcard characters at pos ${position(i)}`);
      pieces.push(piece);
      piece = '';
    } else if (character === '\\') {
      if (next !== '*' && next !== '\\') throw new Error(`Invalid escape character at pos ${position(i)}`);
      piece += next;
      i++;
    } else {
      piece += character;
    }
  }
  pieces.push(piece);
  return pieces;
}

/**
 * A test for text in quotes against the pieces of a wildcard pattern.
 * Each inner piece is taken where it first occurs, so the time is linear whatever the text.
 */
export function wildcardTest(pieces: readonly string[]): (quoted: string) => boolean {
  const first = QUOTE + (pieces[0] ?? '');
  if (pieces.length === 1) {
    const whole = first + QUOTE;
    return (quoted) => quoted === whole;
  }
  const last = (pieces.at(-1) ?? '') + QUOTE;
  const inner = pieces.slice(1, -1);
  return (quoted) => {
    const end = quoted.length - last.length;
    if (end < first.length || !quoted.startsWith(first) || !quoted.endsWith(last)) return false;
    let from = first.length;
    for (const piece of inner) {
      const found = quoted.indexOf(piece, from);
      if (found < 0) return false;
      from = found + piece.length;
    }
    return from <= end;
  };
}

/**
 * One place in a set of wildcard patterns: what has been read so far, and for which terms that is progress.
 */
interface Place {
  readonly terms: Set<number>;
  readonly next: Map<string, Place[]>;
  /** Where the text goes on while an asterisk swallows it. */
  star: Place | undefined;
}

/**
 * Tells whether the wildcard terms on one field are more than AWS accepts, by the measure of event-ruler's
 * MachineComplexityEvaluator: the largest number of partly matched wildcard patterns that one value can keep
 * open. Asterisks add to it, and so do repeated characters behind one.
 * @param terms the terms of the field, each with the pieces of its patterns ("anything-but" can hold several)
 */
export function isTooComplex(terms: readonly (readonly (readonly string[])[])[]): boolean {
  const start = newPlace();
  terms.forEach((patterns, term) => {
    for (const pieces of patterns) addPattern(start, pieces, term);
  });

  const numbers = new Map<Place, number>();
  const numberOf = (place: Place): number => {
    const known = numbers.get(place) ?? numbers.size;
    numbers.set(place, known);
    return known;
  };
  const seen = new Set<string>();
  const pending: Set<Place>[] = [new Set([start])];
  for (let open = pending.pop(); open !== undefined && seen.size < MAX_EXPLORED; open = pending.pop()) {
    for (const reached of successors(open)) {
      if (complexity(reached) > MAX_COMPLEXITY) return true;
      const identity = [...reached]
        .map(numberOf)
        .sort((a, b) => a - b)
        .join();
      if (seen.has(identity)) continue;
      seen.add(identity);
      pending.push(reached);
    }
  }
  return false;
}

function newPlace(): Place {
  return { terms: new Set(), next: new Map(), star: undefined };
}

function addPattern(start: Place, pieces: readonly string[], term: number): void {
  let place = start;
  /** The place before the asterisk just read: an asterisk can also stand for nothing. */
  let beforeStar: Place | undefined;
  const follow = (byte: string, share: boolean) => {
    const shared = share ? place.next.get(byte)?.[0] : undefined;
    const target = shared ?? newPlace();
    if (shared === undefined) {
      link(place, byte, target);
      if (beforeStar !== undefined) link(beforeStar, byte, target);
    }
    beforeStar = undefined;
    target.terms.add(term);
    place = target;
  };

  pieces.forEach((piece, index) => {
    if (index > 0) {
      beforeStar = place;
      // Only the way up to and including the first asterisk is stored once for patterns that share it.
      const star = (index === 1 ? place.star : undefined) ?? newPlace();
      star.star = star;
      star.terms.add(term);
      beforeStar.star = star;
      place = star;
    }
    const text = (index === 0 ? QUOTE : '') + piece + (index === pieces.length - 1 ? QUOTE : '');
    for (const byte of Buffer.from(text).toString('latin1')) follow(byte, index === 0);
  });
}

function link(from: Place, byte: string, to: Place): void {
  const targets = from.next.get(byte);
  if (targets === undefined) from.next.set(byte, [to]);
  else targets.push(to);
}

/**
 * The sets of places that one more byte can lead to: one set per byte that some pattern names, one for all
 * others.
 */
function* successors(open: ReadonlySet<Place>): Generator<Set<Place>> {
  const stars = new Set<Place>();
  const bytes = new Set<string>();
  for (const place of open) {
    if (place.star !== undefined) stars.add(place.star);
    for (const byte of place.next.keys()) bytes.add(byte);
  }
  if (stars.size > 0) yield stars;
  for (const byte of bytes) {
    const reached = new Set(stars);
    for (const place of open) {
      for (const target of place.next.get(byte) ?? []) reached.add(target);
    }
    yield reached;
  }
}

function complexity(reached: ReadonlySet<Place>): number {
  let total = 0;
  for (const place of reached) {
    total += place.terms.size;
    if (place.star !== undefined && !reached.has(place.star)) total += place.star.terms.size;
  }
  return total;
}
