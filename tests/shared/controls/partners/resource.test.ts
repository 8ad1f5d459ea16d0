import { accountResource, resourceOfArn } from '../../../../shared/controls/partners/resource';

const elsewhere = { accountId: '111122223333', region: 'eu-west-1' };

test.each([
  ['arn:aws:s3:::papers', 'AWS::S3::Bucket', 'papers', '111122223333', 'eu-west-1'],
  ['arn:aws:s3:::papers/2026/a.txt', 'AWS::S3::Bucket', 'papers', '111122223333', 'eu-west-1'],
  [
    'arn:aws:ec2:us-east-1:444455556666:instance/i-1',
    'AWS::EC2::Instance',
    'i-1',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:ec2:us-east-1:444455556666:security-group/sg-1',
    'AWS::EC2::SecurityGroup',
    'sg-1',
    '444455556666',
    'us-east-1',
  ],
  ['arn:aws:iam::444455556666:user/division/bob', 'AWS::IAM::User', 'bob', '444455556666', 'eu-west-1'],
  [
    'arn:aws-cn:sqs:cn-north-1:444455556666:jobs',
    'AWS::SQS::Queue',
    'https://sqs.cn-north-1.amazonaws.com.cn/444455556666/jobs',
    '444455556666',
    'cn-north-1',
  ],
  [
    'arn:aws:sqs:us-east-1:444455556666:jobs',
    'AWS::SQS::Queue',
    'https://sqs.us-east-1.amazonaws.com/444455556666/jobs',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:sns:us-east-1:444455556666:news',
    'AWS::SNS::Topic',
    'arn:aws:sns:us-east-1:444455556666:news',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:lambda:us-east-1:444455556666:function:cut:$LATEST',
    'AWS::Lambda::Function',
    'cut',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:ecr:us-east-1:444455556666:repository/team/app/sha256:00ff',
    'AWS::ECR::Repository',
    'team/app',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:rds:us-east-1:444455556666:db:orders',
    'AWS::RDS::DBInstance',
    'orders',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:rds:us-east-1:444455556666:cluster-snapshot:rds:orders-2026',
    'AWS::RDS::DBClusterSnapshot',
    'rds:orders-2026',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:cloudtrail:us-east-1:444455556666:trail/audit',
    'AWS::CloudTrail::Trail',
    'audit',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/old',
    'AWS::ElasticLoadBalancing::LoadBalancer',
    'old',
    '444455556666',
    'us-east-1',
  ],
  [
    'arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/app/new/50dc',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/app/new/50dc',
    '444455556666',
    'us-east-1',
  ],
  ['arn:aws:kms:us-east-1:444455556666:key/0ab', 'AWS::KMS::Key', '0ab', '444455556666', 'us-east-1'],
  [
    'arn:aws:secretsmanager:us-east-1:444455556666:secret:db-x1',
    'AWS::SecretsManager::Secret',
    'arn:aws:secretsmanager:us-east-1:444455556666:secret:db-x1',
    '444455556666',
    'us-east-1',
  ],
])('%s is %s %s', (arn, resourceType, resourceId, accountId, region) => {
  expect(resourceOfArn(arn, elsewhere)).toMatchObject({ arn, resourceType, resourceId, accountId, region });
});

test.each([
  'AWS::::Account:111122223333',
  'i-0123',
  'arn:aws::ec2:us-east-1:444455556666:instance/i-1',
  'arn:aws:ec2:us-east-1:444455556666:constructor/x',
  'arn:aws:constructor:us-east-1:444455556666:x',
  'arn:aws:sns:us-east-1:444455556666:news:0e6c',
  'arn:aws:s3:::\npapers',
  '',
])('%j names no resource that is known', (text) => {
  expect(resourceOfArn(text, elsewhere)).toBeUndefined();
});

test('an account stands for what has no resource', () => {
  expect(accountResource(elsewhere)).toEqual({
    ...elsewhere,
    resourceType: 'AWS::::Account',
    resourceId: '111122223333',
  });
});
