const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * The value by which a number takes part in comparisons, as in event-ruler 2: a number compares by value when
 * a 64-bit float holds it without changing its decimal digits. All others (1e400, 0.1234567890123456789) can
 * only be equal by spelling.
 * @param text a JSON number as written
 * @returns undefined when the number does not compare by value
 */
export function comparableNumber(text: string): number | undefined {
  const value = Number(text);
  const shortest = String(value);
  if (text !== shortest && (!Number.isFinite(value) || canonical(text) !== canonical(shortest)))
    return undefined;
  return value === 0 ? 0 : value;
}

/** Sign, significant digits and power of ten: one spelling per decimal value. */
function canonical(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
