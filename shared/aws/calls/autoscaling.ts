import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { callable } from './callable';

export const service = callable((settings) => new AutoScalingClient(settings), {
  DescribeAutoScalingInstances: DescribeAutoScalingInstancesCommand,
  DetachInstances: DetachInstancesCommand,
});
