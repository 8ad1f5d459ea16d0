import type { MappedResource } from './partner';

type Place = Pick<MappedResource, 'accountId' | 'region'>;
type Named = Pick<MappedResource, 'resourceType' | 'resourceId' | 'name'>;

export const ACCOUNT = 'AWS::::Account';

/** What has no resource of its own is the account's. */
export const accountResource = ({ accountId, region }: Place): MappedResource => ({
  accountId,
  region,
  resourceType: ACCOUNT,
  resourceId: accountId,
});

interface ArnParts extends Place {
  readonly arn: string;
  readonly partition: string;
  /** After the account, up to the end. */
  readonly rest: string;
}

type Reading = (arn: ArnParts) => Named | undefined;

const arnForm = /^arn:(aws[a-z0-9-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:(.+)$/;

/** Ids are those that AWS Config gives to the resources of a type. */
const byId = (resourceType: string, resourceId: string): Named => ({ resourceType, resourceId });
const byName = (resourceType: string, name: string): Named => ({ resourceType, resourceId: name, name });
const byArn = (resourceType: string, { arn }: ArnParts, name: string): Named => ({
  resourceType,
  resourceId: arn,
  name,
});

/** `user/path/bob` and `db:name` by the word before the first slash or colon. */
function typed(readings: Readonly<Record<string, (id: string, arn: ArnParts) => Named>>): Reading {
  return (arn) => {
    const [, word = '', id = ''] = /^([a-z-]+)[/:](.+)$/.exec(arn.rest) ?? [];
    return Object.hasOwn(readings, word) ? readings[word]?.(id, arn) : undefined;
  };
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** `name` of `name:$LATEST`, `name/sha256:…` */
const firstPart = (id: string): string => id.split(/[/:]/, 1)[0] ?? id;

const readings: Readonly<Record<string, Reading>> = {
  cloudfront: typed({ distribution: (id) => byId('AWS::CloudFront::Distribution', id) }),
  cloudtrail: typed({ trail: (name) => byName('AWS::CloudTrail::Trail', name) }),
  cloudwatch: typed({ alarm: (name) => byName('AWS::CloudWatch::Alarm', name) }),
  dynamodb: typed({ table: (name) => byName('AWS::DynamoDB::Table', firstPart(name)) }),
  ec2: typed({
    instance: (id) => byId('AWS::EC2::Instance', id),
    'security-group': (id) => byId('AWS::EC2::SecurityGroup', id),
    'network-interface': (id) => byId('AWS::EC2::NetworkInterface', id),
    subnet: (id) => byId('AWS::EC2::Subnet', id),
    volume: (id) => byId('AWS::EC2::Volume', id),
    vpc: (id) => byId('AWS::EC2::VPC', id),
  }),
  ecr: typed({ repository: (name) => byName('AWS::ECR::Repository', name.split('/sha256:', 1)[0] ?? name) }),
  ecs: typed({ cluster: (name, arn) => byArn('AWS::ECS::Cluster', arn, name) }),
  eks: typed({ cluster: (name) => byName('AWS::EKS::Cluster', name) }),
  elasticloadbalancing: typed({
    loadbalancer: (path, arn) =>
      path.includes('/')
        ? byArn('AWS::ElasticLoadBalancingV2::LoadBalancer', arn, path.split('/')[1] ?? path)
        : byName('AWS::ElasticLoadBalancing::LoadBalancer', path),
  }),
  iam: typed({
    group: (path) => byName('AWS::IAM::Group', lastPart(path)),
    policy: (path, arn) => byArn('AWS::IAM::Policy', arn, lastPart(path)),
    role: (path) => byName('AWS::IAM::Role', lastPart(path)),
    user: (path) => byName('AWS::IAM::User', lastPart(path)),
  }),
  kms: typed({ key: (id) => byId('AWS::KMS::Key', id) }),
  lambda: typed({ function: (name) => byName('AWS::Lambda::Function', firstPart(name)) }),
  rds: typed({
    cluster: (name) => byName('AWS::RDS::DBCluster', name),
    'cluster-snapshot': (name) => byName('AWS::RDS::DBClusterSnapshot', name),
    db: (name) => byName('AWS::RDS::DBInstance', name),
    snapshot: (name) => byName('AWS::RDS::DBSnapshot', name),
  }),
  redshift: typed({ cluster: (name) => byName('AWS::Redshift::Cluster', name) }),
  s3: ({ rest }) => byName('AWS::S3::Bucket', firstPart(rest)),
  secretsmanager: typed({ secret: (name, arn) => byArn('AWS::SecretsManager::Secret', arn, name) }),
  sns: (arn) => (arn.rest.includes(':') ? undefined : byArn('AWS::SNS::Topic', arn, arn.rest)),
  sqs: ({ partition, region, accountId, rest }) => ({
    resourceType: 'AWS::SQS::Queue',
    resourceId: `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${accountId}/${rest}`,
    name: rest,
  }),
};

/**
 * The resource that an ARN names, in the account and Region that stand in it, or those given where it has none.
 * @returns undefined for what is no ARN, or one of a type that isn't known here
 */
export function resourceOfArn(arn: string, elsewhere: Place): MappedResource | undefined {
  const [match, partition = '', service = '', inRegion, inAccount, rest = ''] = arnForm.exec(arn) ?? [];
  if (match === undefined) return undefined;
  const place = { accountId: inAccount || elsewhere.accountId, region: inRegion || elsewhere.region };
  const read = Object.hasOwn(readings, service) ? readings[service] : undefined;
  const named = read?.({ arn, partition, rest, ...place });
  return named && { ...place, ...named, arn };
}
