import type { Severity } from '../shared/contracts/trailseal/finding';
import type { Paint } from './terminal';

/** As the contract has them, in a file that a command can load before it is sure to be the one that is run. */
export const SEVERITIES = [
  'critical',
  'high',
  'medium',
  'low',
  'informational',
] as const satisfies readonly Severity[];

const COLOURS: Readonly<Record<Severity, Parameters<Paint>[0]>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'dim',
  informational: 'dim',
};

export const paintSeverity = (severity: Severity, text: string, paint: Paint): string =>
  paint(COLOURS[severity], text);

/** Lines that begin with a severity get its colour there. */
export const paintedBySeverity =
  (paint: Paint) =>
  ({ severity }: { readonly severity: Severity }, line: string): string =>
    line.startsWith(severity) ? paintSeverity(severity, severity, paint) + line.slice(severity.length) : line;
