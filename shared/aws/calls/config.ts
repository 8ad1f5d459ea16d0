import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  GetResourceConfigHistoryCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { callable } from './callable';

export const service = callable((settings) => new ConfigServiceClient(settings), {
  DescribeConfigurationRecorderStatus: DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecorders: DescribeConfigurationRecordersCommand,
  GetResourceConfigHistory: GetResourceConfigHistoryCommand,
  StartConfigurationRecorder: StartConfigurationRecorderCommand,
});
