import {
  GetMetricDataCommand,
  type MetricDataQuery,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { stopAll } from '../support/local-aws';
import { startHoldingAws } from './holding-aws';

afterEach(stopAll);

const at = (time: string) => new Date(`2026-01-31T${time}:00Z`);
const metric = {
  Namespace: 'AWS/EC2',
  MetricName: 'MetadataNoToken',
  Dimensions: [{ Name: 'InstanceId', Value: 'i-0a' }],
};
const noToken = (Stat: string, more: Partial<MetricDataQuery> = {}): MetricDataQuery => ({
  Id: 'v1',
  MetricStat: { Metric: metric, Period: 3600, Stat },
  ...more,
});
const window = { StartTime: at('06:00'), EndTime: at('10:00') };

async function started() {
  const all = await startHoldingAws();
  all.aws.cloudwatch.putMetricData([
    { ...metric, Timestamp: at('05:59'), Value: 100 },
    { ...metric, Timestamp: at('06:10'), Value: 3 },
    { ...metric, Timestamp: at('06:50'), Value: 1 },
    { ...metric, Timestamp: at('09:30'), Value: 2 },
    { ...metric, Timestamp: at('10:00'), Value: 100 },
    { ...metric, Dimensions: [{ Name: 'InstanceId', Value: 'i-0b' }], Timestamp: at('07:00'), Value: 50 },
  ]);
  return all;
}

test.each([
  ['Sum', [2, 4]],
  ['Average', [2, 2]],
  ['Maximum', [2, 3]],
  ['Minimum', [2, 1]],
  ['SampleCount', [1, 2]],
])('%s of each period, the latest first', async (stat, Values) => {
  const { cloudwatch } = await started();
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({ MetricDataQueries: [noToken(stat)], ...window }),
  );
  expect(MetricDataResults).toEqual([
    {
      Id: 'v1',
      Label: 'MetadataNoToken',
      Timestamps: [at('09:00'), at('06:00')],
      Values,
      StatusCode: 'Complete',
    },
  ]);
});

test('a metric that nobody has measured has no figures, and is complete', async () => {
  const { cloudwatch } = await started();
  const other = { Metric: { ...metric, MetricName: 'CPUUtilization' }, Period: 60, Stat: 'Sum' };
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({ MetricDataQueries: [{ Id: 'v1', MetricStat: other }], ...window }),
  );
  expect(MetricDataResults).toMatchObject([{ Timestamps: [], Values: [], StatusCode: 'Complete' }]);
});

test('figures come page by page, in the order that is asked for', async () => {
  const { cloudwatch } = await started();
  const input = {
    MetricDataQueries: [noToken('Sum')],
    ScanBy: 'TimestampAscending' as const,
    MaxDatapoints: 1,
    ...window,
  };
  const pages = [];
  for await (const { MetricDataResults } of paginateGetMetricData({ client: cloudwatch }, input)) {
    pages.push(MetricDataResults?.map(({ Values, StatusCode }) => [Values, StatusCode]));
  }
  expect(pages).toEqual([[[[4], 'PartialData']], [[[2], 'Complete']]]);
});

test.each([
  [
    'a window upside down',
    { StartTime: at('10:00'), EndTime: at('06:00') },
    [noToken('Sum')],
    'ValidationException',
  ],
  ['an expression', window, [{ Id: 'e1', Expression: 'm1*2' }], 'NotSimulatedLocally'],
  ['a percentile', window, [noToken('p99')], 'NotSimulatedLocally'],
])('refused: %s', async (_, when, MetricDataQueries, name) => {
  const { cloudwatch } = await started();
  const call = cloudwatch.send(new GetMetricDataCommand({ MetricDataQueries, ...when }));
  await expect(call).rejects.toMatchObject({ name });
});

test('it needs the right', async () => {
  const { cloudwatch } = await startHoldingAws([]);
  const call = cloudwatch.send(new GetMetricDataCommand({ MetricDataQueries: [noToken('Sum')], ...window }));
  await expect(call).rejects.toThrow('cloudwatch:GetMetricData');
});
