import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { callable } from './callable';

export const service = callable((settings) => new CloudWatchClient(settings), {
  GetMetricStatistics: GetMetricStatisticsCommand,
});
