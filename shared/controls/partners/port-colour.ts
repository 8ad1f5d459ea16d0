/** As Trusted Advisor paints a port that everybody may reach: red is for action, yellow for a look. */
export type Colour = 'red' | 'yellow' | 'green';

const RED: readonly number[] = [20, 21, 1433, 1434, 3306, 3389, 4333, 5432, 5500];
const GREEN: readonly number[] = [25, 80, 443, 465];

/**
 * The colour of a range of ports that 0.0.0.0/0 may reach.
 *
 * Source: AWS Support User Guide, "Security Groups - Specific Ports Unrestricted" (HCP4007jGY).
 */
export function portColour(from: number, to: number): Colour {
  if (RED.some((port) => from <= port && port <= to)) return 'red';
  return from === to && GREEN.includes(from) ? 'green' : 'yellow';
}
