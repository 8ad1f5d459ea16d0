import * as client from '@aws-sdk/client-cloudwatch';
import { AwsError, NotSimulated } from '../aws-error';
import { operation, type Service } from '../service';

const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;

interface Metric {
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
}

/** A figure to put in. */
export interface Datapoint extends Metric {
  Timestamp: Date | string;
  Value: number;
}

type Stat = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount';

interface Query {
  Id: string;
  MetricStat?: { Metric: Metric; Period: number; Stat: string; Unit?: string };
  Expression?: string;
  Label?: string;
  ReturnData?: boolean;
}

interface DataInput {
  MetricDataQueries: Query[];
  StartTime: number;
  EndTime: number;
  ScanBy?: 'TimestampAscending' | 'TimestampDescending';
  MaxDatapoints?: number;
  NextToken?: string;
}

interface StatisticsInput extends Metric {
  StartTime: number;
  EndTime: number;
  Period: number;
  Statistics?: Stat[];
}

/** The metrics of one account, as far as they were put in. */
export class Metrics {
  readonly #points: { key: string; region: string; at: number; value: number }[] = [];
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  putMetricData(points: readonly Datapoint[], region = this.#home): void {
    for (const { Timestamp, Value, ...metric } of points) {
      const at = new Date(Timestamp).getTime();
      if (Number.isNaN(at) || !Number.isFinite(Value))
        throw new Error('a datapoint has a Timestamp and a Value');
      this.#points.push({ key: keyOf(metric), region, at, value: Value });
    }
  }

  /** What was measured from `from` on and before `to`, milliseconds since the epoch. */
  between(metric: Metric, region: string, from: number, to: number): { at: number; value: number }[] {
    const key = keyOf(metric);
    return this.#points.filter(
      (point) => point.key === key && point.region === region && point.at >= from && point.at < to,
    );
  }
}

/** Dimensions are a set: their order makes no other metric. */
const keyOf = ({ Namespace, MetricName, Dimensions = [] }: Metric): string =>
  JSON.stringify([Namespace, MetricName, Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()]);

const STATISTICS: Readonly<Record<Stat, (values: readonly number[]) => number>> = {
  Sum: (values) => sum(values),
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The part of the CloudWatch API that reads metrics. */
export function cloudwatchService(metrics: Metrics): Service {
  return {
    name: 'monitoring',
    protocol: 'json',
    schemas: client,
    operations: {
      GetMetricData: operation<DataInput>({
        needs: (_, region) => [
          { action: 'cloudwatch:GetMetricData', resource: '*', keys: { 'aws:RequestedRegion': region } },
        ],
        run: (input, _, region) => read(metrics, input, region),
      }),
      GetMetricStatistics: operation<StatisticsInput>({
        needs: (_, region) => [
          {
            action: 'cloudwatch:GetMetricStatistics',
            resource: '*',
            keys: { 'aws:RequestedRegion': region },
          },
        ],
        run: (input, _, region) => statisticsOf(metrics, input, region),
      }),
    },
  };
}

function read(metrics: Metrics, input: DataInput, region: string): unknown {
  const { MetricDataQueries: queries, StartTime, EndTime, ScanBy, NextToken } = input;
  const { MaxDatapoints = MOST_DATAPOINTS } = input;
  if (StartTime >= EndTime) {
    const order = 'The parameter StartTime must be less than the parameter EndTime.';
    throw new AwsError('ValidationException', order);
  }
  if (queries.length > MOST_QUERIES)
    throw new AwsError('ValidationException', 'Too many metric data queries.');
  const series = queries
    .filter(({ ReturnData = true }) => ReturnData)
    .map((query) => ({ query, points: pointsOf(metrics, query, input, region) }));
  if (ScanBy !== 'TimestampAscending') for (const { points } of series) points.reverse();
  // A page takes what comes next of all series, so that long answers come in several.
  const all = series.flatMap(({ query, points }) => points.map((point) => ({ query, point })));
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  if (!Number.isInteger(from)) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  const page = all.slice(from, from + MaxDatapoints);
  const more = from + MaxDatapoints < all.length;
  return {
    MetricDataResults: series.map(({ query }) => {
      const own = page.filter((entry) => entry.query === query).map(({ point }) => point);
      return {
        Id: query.Id,
        Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
        Timestamps: own.map(({ at }) => at / 1000),
        Values: own.map(({ value }) => value),
        StatusCode: more ? 'PartialData' : 'Complete',
      };
    }),
    ...(more ? { NextToken: Buffer.from(String(from + MaxDatapoints)).toString('base64url') } : {}),
    Messages: [],
  };
}

/** The older way to ask: one metric, with periods that begin at the time from which on it is asked for. */
function statisticsOf(metrics: Metrics, input: StatisticsInput, region: string): unknown {
  const { StartTime, EndTime, Period, Statistics = [], ...metric } = input;
  if (StartTime >= EndTime) {
    const order = 'The parameter StartTime must be less than the parameter EndTime.';
    throw new AwsError('InvalidParameterValueException', order);
  }
  if (Statistics.length === 0) {
    const none = 'The request must contain either Statistics or ExtendedStatistics.';
    throw new AwsError('InvalidParameterCombinationException', none);
  }
  if (Statistics.some((name) => !STATISTICS[name]))
    throw new NotSimulated(`GetMetricStatistics of ${Statistics}`);
  demandPeriod(Period);
  const begin = Math.floor(StartTime / 60) * 60_000;
  const periods = new Map<number, number[]>();
  for (const { at, value } of metrics.between(metric, region, begin, EndTime * 1000)) {
    const period = begin + Math.floor((at - begin) / (Period * 1000)) * Period * 1000;
    periods.set(period, [...(periods.get(period) ?? []), value]);
  }
  return {
    Label: metric.MetricName ?? '',
    Datapoints: [...periods].map(([at, values]) => ({
      Timestamp: at / 1000,
      ...Object.fromEntries(Statistics.map((name) => [name, STATISTICS[name](values)])),
      Unit: 'None',
    })),
  };
}

function demandPeriod(period: number): void {
  if (Number.isInteger(period) && period >= 1 && (period < 60 || period % 60 === 0)) return;
  throw new AwsError('ValidationError', 'The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
}

/** One figure for each period in which something was measured, by time. */
function pointsOf(
  metrics: Metrics,
  { MetricStat, Expression }: Query,
  { StartTime, EndTime }: DataInput,
  region: string,
): { at: number; value: number }[] {
  if (!MetricStat) throw new NotSimulated(`GetMetricData of the expression ${Expression}`);
  const { Metric: metric, Period, Stat } = MetricStat;
  const statistic = STATISTICS[Stat as Stat];
  if (!statistic) throw new NotSimulated(`GetMetricData of the statistic ${Stat}`);
  demandPeriod(Period);
  const length = Period * 1000;
  const begin = Math.floor((StartTime * 1000) / length) * length;
  const periods = new Map<number, number[]>();
  for (const { at, value } of metrics.between(metric, region, begin, EndTime * 1000)) {
    const period = Math.floor(at / length) * length;
    periods.set(period, [...(periods.get(period) ?? []), value]);
  }
  return [...periods].sort(([a], [b]) => a - b).map(([at, values]) => ({ at, value: statistic(values) }));
}
