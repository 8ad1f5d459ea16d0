import remediation from '../../../../shared/remediations/ec2/ec2-delete-security-group';
import { cases, GROUP, group, groupCase, rule } from '../cases';
import { type Case, said, sceneOf } from '../scene';

const withCloud = (cloud: Case['cloud'], rules = [rule('a', { CidrIpv4: '10.0.0.0/8' })]): Case =>
  groupCase(rules, { cloud: { groups: [group()], rules, ...cloud } });

const other = { GroupId: 'sg-0ffffffffffffffff', GroupName: 'db', Description: 'DB', VpcId: 'vpc-0a1b2c3d' };
const template = (LaunchTemplateData: object) => ({
  templates: [{ LaunchTemplateId: 'lt-1', LaunchTemplateData }],
});

const rows: [name: string, one: Case, expected: string[]][] = [
  ['a group that nothing uses', withCloud({}), [`Delete security group ${GROUP} (web)`]],
  [
    'a default group',
    withCloud({ groups: [group('default')] }),
    ['cannot: The default group of a VPC can not be deleted.'],
  ],
  ['a group that is gone', withCloud({ groups: [] }), ['nothing-to-do: The security group is gone.']],
  [
    'a group with an interface',
    withCloud({ interfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [GROUP] }] }),
    ['cannot: It is used by eni-1.'],
  ],
  [
    'a group that another lets in',
    withCloud({
      groups: [group(), other],
      rules: [rule('b', { GroupId: other.GroupId, ReferencedGroupInfo: { GroupId: GROUP } })],
    }),
    [`cannot: It is used by ${other.GroupId}.`],
  ],
  [
    'a group that another lets out',
    withCloud({
      groups: [group(), other],
      rules: [rule('b', { GroupId: other.GroupId, IsEgress: true, ReferencedGroupInfo: { GroupId: GROUP } })],
    }),
    [`cannot: It is used by ${other.GroupId}.`],
  ],
  [
    'a group that lets itself in',
    withCloud({ rules: [rule('b', { ReferencedGroupInfo: { GroupId: GROUP } })] }),
    [`Delete security group ${GROUP} (web)`],
  ],
  [
    'a group in a launch template',
    withCloud(template({ SecurityGroupIds: [GROUP] })),
    ['cannot: It is used by lt-1.'],
  ],
  [
    'a group of an interface in a launch template',
    withCloud(template({ NetworkInterfaces: [{ Groups: [GROUP] }] })),
    ['cannot: It is used by lt-1.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test.each(cases['ec2-delete-security-group'] ?? [])(
  '$name: comes back under another id, and says so',
  (one) => {
    const scene = sceneOf(remediation, one);
    const before = scene.capture();
    const proposal = scene.propose(before);
    if ('refusal' in proposal) throw new Error(proposal.refusal.says);
    scene.apply(proposal.plan);
    expect(scene.cloud.groups).toEqual([]);
    const undo = scene.undo(before, scene.capture());
    expect(undo).toMatchObject({ reversible: true, sameMeaning: expect.stringContaining('another id') });
    const [created] = scene.cloud.groups;
    expect(created?.['Tags']).toEqual(
      (before as { group: { SecurityGroups: [{ Tags: unknown }] } }).group.SecurityGroups[0].Tags,
    );
    // Told as if the group had its old id, it is what it was.
    const again = sceneOf(remediation, {
      ...one,
      cloud: JSON.parse(JSON.stringify(scene.cloud).replaceAll(created?.['GroupId'], GROUP)),
    });
    expect(remediation.meaning(again.capture() as never)).toEqual(remediation.meaning(before as never));
  },
);

test('an undo does nothing while the group is there', () => {
  const scene = sceneOf(remediation, withCloud({}));
  const before = scene.capture();
  expect(scene.undo(before, before)).toEqual({ reversible: true, calls: [] });
});
