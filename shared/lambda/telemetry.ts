import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type middy from '@middy/core';

/** What a function counts. `RuleFailures` is a rule that threw: a bug of ours. */
export type MetricName =
  | 'AlertsFolded'
  | 'AlertsSent'
  | 'AlertsSuperseded'
  | 'ApprovalsGiven'
  | 'ApprovalsRefused'
  | 'CallsIndexed'
  | 'ChainFindings'
  | 'ChainsWatched'
  | 'DeadLetters'
  | 'Detections'
  | 'DigestsVerified'
  | 'EventsExamined'
  | 'FindingsIgnored'
  | 'FindingsImported'
  | 'FindingsSettled'
  | 'ItemsJudged'
  | 'ItemsWithoutRule'
  | 'InsufficientData'
  | 'LogsNotValid'
  | 'LogsVerified'
  | 'NotificationsIgnored'
  | 'ProofsLearned'
  | 'RemediationOutcomes'
  | 'RemediationsFailed'
  | 'RemediationsUnconfirmed'
  | 'RuleFailures'
  | 'SnapshotReadsFailed'
  | 'TransientFailures'
  | 'UndosAsked';

/** Structured logs, and metrics in CloudWatch's embedded format: no call, no permission. */
export interface Telemetry {
  count(metric: MetricName, by?: number): void;
  /** Counts under a dimension of few values, besides the total. */
  countBy(metric: MetricName, dimension: string, value: string): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}

export interface PowertoolsTelemetry extends Telemetry {
  /** What somebody may want to know later, and nobody has to act on. */
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @param functionName the dimension `service` of its metrics */
export function telemetry(functionName: string): PowertoolsTelemetry {
  const logger = new Logger({ serviceName: functionName });
  const metrics = new Metrics({ namespace: 'Trailseal', serviceName: functionName });
  return {
    logger,
    metrics,
    count: (metric, by = 1) => metrics.addMetric(metric, MetricUnit.Count, by),
    countBy(metric, dimension, value) {
      metrics.addMetric(metric, MetricUnit.Count, 1);
      metrics.singleMetric().addDimension(dimension, value).addMetric(metric, MetricUnit.Count, 1);
    },
    info: (message, details) => logger.info(message, { ...details }),
    warn: (message, details) => logger.warn(message, { ...details }),
    error: (message, details) => logger.error(message, { ...details }),
  };
}

/** Middleware that writes out what was counted, also when the handler fails; nothing where nothing was. */
export function publishMetrics({ metrics }: PowertoolsTelemetry): middy.MiddlewareObj {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
