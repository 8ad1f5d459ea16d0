import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { callable } from './callable';

export default callable((settings) => new AutoScalingClient(settings), {
  DescribeAutoScalingInstances: DescribeAutoScalingInstancesCommand,
  DetachInstances: DetachInstancesCommand,
});
