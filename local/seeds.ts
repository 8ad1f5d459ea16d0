import { isObject, type JsonObject } from './json';
import type { AutoScaling } from './services/autoscaling';
import type { Metrics } from './services/cloudwatch';
import type { Recorders } from './services/config-recorders';
import type { Ec2 } from './services/ec2';
import type { Users } from './services/iam';
import type { Kms } from './services/kms';
import type { Rds } from './services/rds';
import type { S3 } from './services/s3';
import type { Automations } from './services/ssm';

export interface SeededWorld {
  ec2: Ec2;
  rds: Rds;
  kms: Kms;
  iam: Users;
  cloudwatch: Metrics;
  autoscaling: AutoScaling;
  recorders: Recorders;
  automations: Automations;
  s3: Pick<S3, 'putBucket' | 'account'>;
}

type Put = (world: SeededWorld, resource: never, region: string | undefined) => void;

/** How each type is put in, in the words of the API that shows it. */
const PUTS: Readonly<Record<string, Put>> = {
  'AWS::EC2::VPC': ({ ec2 }, vpc, region) => ec2.putVpc(vpc, region),
  'AWS::EC2::SecurityGroup': ({ ec2 }, group, region) => ec2.putSecurityGroup(group, region),
  'AWS::EC2::Instance': ({ ec2 }, instance, region) => ec2.putInstance(instance, region),
  'AWS::EC2::NetworkInterface': ({ ec2 }, one, region) => ec2.putNetworkInterface(one, region),
  'AWS::EC2::Volume': ({ ec2 }, volume, region) => ec2.putVolume(volume, region),
  'AWS::EC2::Snapshot': ({ ec2 }, snapshot, region) => ec2.putSnapshot(snapshot, region),
  'AWS::EC2::LaunchTemplate': ({ ec2 }, template, region) => ec2.putLaunchTemplate(template, region),
  'AWS::EC2::FlowLog': ({ ec2 }, flowLog, region) => ec2.putFlowLog(flowLog, region),
  'AWS::RDS::DBInstance': ({ rds }, database, region) => rds.putDBInstance(database, region),
  'AWS::KMS::Key': ({ kms }, key, region) => kms.putKey(key, region),
  'AWS::IAM::User': ({ iam }, user) => iam.putUser(user),
  'AWS::S3::Bucket': ({ s3 }, bucket, region) => s3.putBucket(bucket, region),
  'AWS::S3::AccountPublicAccessBlock': ({ s3 }, block) => {
    s3.account.block = block;
  },
  'AWS::AutoScaling::AutoScalingGroup': ({ autoscaling }, group, region) =>
    autoscaling.putGroup(group, region),
  'AWS::Config::ConfigurationRecorder': ({ recorders }, recorder, region) =>
    recorders.putRecorder(recorder, region),
  'AWS::SSM::Document': ({ automations }, document, region) => automations.putDocument(document, region),
  'AWS::CloudWatch::Datapoint': ({ cloudwatch }, point, region) => cloudwatch.putMetricData([point], region),
};

/**
 * Puts in a resource that is there without anybody having made it here: `{ type, region?, resource }`. Throws with what
 * is wrong with it.
 */
export function putResource(world: SeededWorld, value: unknown): void {
  const { type, region, resource }: JsonObject = isObject(value) ? value : {};
  const put = typeof type === 'string' ? PUTS[type] : undefined;
  if (!put) throw new Error(`type must be one of ${Object.keys(PUTS).join(', ')}`);
  if (!isObject(resource)) throw new Error(`${type}: resource must be a JSON object`);
  put(world, resource as never, typeof region === 'string' ? region : undefined);
}
