import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { callable } from './callable';

export const service = callable((settings) => new LambdaClient(settings), {
  GetFunctionConfiguration: GetFunctionConfigurationCommand,
  Invoke: InvokeCommand,
});
