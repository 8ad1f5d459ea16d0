import type { AwsCall } from '../../contracts/trailseal/remediation';
import type { Callable } from './callable';

/**
 * Every service that remediations call. Only what is called is loaded. Exported by name: of a bundled file that is
 * imported so, Node.js takes all that it exports for its default.
 */
export const services: Readonly<Record<AwsCall['service'], () => Promise<{ readonly service: Callable }>>> = {
  autoscaling: () => import('./autoscaling'),
  cloudtrail: () => import('./cloudtrail'),
  cloudwatch: () => import('./cloudwatch'),
  config: () => import('./config'),
  ec2: () => import('./ec2'),
  iam: () => import('./iam'),
  kms: () => import('./kms'),
  lambda: () => import('./lambda'),
  rds: () => import('./rds'),
  s3: () => import('./s3'),
  s3control: () => import('./s3control'),
  ssm: () => import('./ssm'),
};
