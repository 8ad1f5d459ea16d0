import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { Reason, Severity } from '../../contracts/trailseal/finding';
import type { ActivityResource, Detected } from './detection';
import { valueAt } from './reading';

interface Call {
  readonly resource: ActivityResource;
  readonly severity: Severity;
  /** What the resource is, in words: `trail`. */
  readonly noun: string;
  /** What else the line should say: `0.0.0.0/0 admitted`. */
  readonly detail?: string | undefined;
  /** What there should have been instead of the call. */
  readonly expected: string;
  /** What it is beside the call itself that speaks against it. */
  readonly because?: readonly Reason[];
  readonly attempted?: boolean;
}

/** What is to be said of a call that by its name alone is worth it. */
export function detectedCall(record: CloudTrailRecord, call: Call): Detected {
  const { eventName, errorCode } = record;
  const { resource, severity, noun, detail, expected, because = [], attempted } = call;
  const what = [eventName, `${noun} ${resource.name ?? resource.resourceId}`].join(': ');
  const failed = attempted ? ` (attempted, failed with ${errorCode})` : '';
  return {
    resource,
    severity,
    says: `${what}${detail === undefined ? '' : ` (${detail})`}${failed}`,
    because: [{ says: `${eventName} was called`, path: 'eventName', value: eventName, expected }, ...because],
    ...(attempted ? { attempted } : {}),
  };
}

/** What a path says that it should not: values are texts, numbers and switches, never documents. */
export function reasonAt(record: CloudTrailRecord, path: string, expected: string, says: string): Reason {
  const value = valueAt(record, path);
  return {
    says,
    path: path.replace(/\.(\d+)(?=\.|$)/g, '[$1]'),
    value: typeof value === 'object' || value === undefined ? null : value,
    expected,
  };
}
