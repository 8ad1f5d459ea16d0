import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { callable } from './callable';

export default callable((settings) => new CloudWatchClient(settings), {
  GetMetricStatistics: GetMetricStatisticsCommand,
});
