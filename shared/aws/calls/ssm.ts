import { DescribeDocumentCommand, SSMClient, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { callable } from './callable';

export const service = callable((settings) => new SSMClient(settings), {
  DescribeDocument: DescribeDocumentCommand,
  StartAutomationExecution: StartAutomationExecutionCommand,
});
