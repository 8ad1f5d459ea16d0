import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { callable } from './callable';

export const service = callable((settings) => new RDSClient(settings), {
  DescribeDBInstances: DescribeDBInstancesCommand,
  ModifyDBInstance: ModifyDBInstanceCommand,
});
