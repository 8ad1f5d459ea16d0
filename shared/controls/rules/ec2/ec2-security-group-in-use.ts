import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, notApplicable } from '../../control';

/** What AWS Config relates to the groups that it has. */
const users = [
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::Instance',
  'AWS::AutoScaling::LaunchConfiguration',
  'AWS::ElasticLoadBalancing::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::Elasticsearch::Domain',
  'AWS::OpenSearch::Domain',
  'AWS::Lambda::Function',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
];

export default defineRule({
  id: 'ec2-security-group-in-use',
  version: 1,
  title: 'Every non-default security group is in use',
  severity: 'low',
  rationale:
    'Groups that nobody uses are attached by mistake later, with rules that nobody has looked at for a long time.',
  whatToDo: [
    'Check that no network interface has the group, and that no other group names it as a source.',
    'Look for it in launch templates, Lambda functions and infrastructure code, which use it only when they run.',
    'Write its rules down, then delete it; a group that is made anew gets another id.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: ['EC2.22'],
    awsConfig: ['EC2_SECURITY_GROUP_ATTACHED_TO_ENI', 'EC2_SECURITY_GROUP_ATTACHED_TO_ENI_PERIODIC'],
    nist80053r5: ['CM-8(1)'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({ groupName: z.string() }),
    relationships: z.array(z.object({ resourceType: z.string() })),
  }),
  judge({ configuration: { groupName }, relationships }) {
    if (groupName === 'default') return notApplicable('the default group cannot be deleted');
    const types = relationships.map(({ resourceType }) => resourceType);
    if (types.some((type) => users.includes(type))) return compliantUnless([]);
    // Each group is related to its VPC at least: an item that names none has left its relationships out.
    if (!types.includes('AWS::EC2::VPC'))
      return insufficientData('relationships: expected the VPC of the group at least');
    return compliantUnless([
      {
        says: 'no network interface or instance has the group',
        path: 'relationships',
        value: types,
        expected: 'a network interface or an instance',
      },
    ]);
  },
});
