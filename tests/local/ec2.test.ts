import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { stopAll } from '../support/local-aws';
import { clients, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const GROUP = 'sg-0a1b2c3d4e5f60718';
const VPC = 'vpc-0a1b2c3d4e5f60718';
const OTHER = 'sg-0b1b2c3d4e5f60718';

const ssh = (...ranges: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: ranges.map((CidrIp) => ({ CidrIp })),
});
const everything: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

async function startWithGroup(isDefaultVpc = false) {
  const started = await startHoldingAws();
  started.aws.ec2.putVpc({ VpcId: VPC, IsDefault: isDefaultVpc });
  started.aws.ec2.putSecurityGroup({
    GroupId: GROUP,
    GroupName: 'bastion',
    Description: 'bastion hosts',
    VpcId: VPC,
    Tags: [{ Key: 'team', Value: 'edge' }],
    IpPermissions: [
      { ...ssh('10.0.0.0/8', '0.0.0.0/0'), Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'all' }] },
    ],
    IpPermissionsEgress: [everything],
  });
  started.aws.ec2.putSecurityGroup({ GroupId: OTHER, GroupName: 'web', VpcId: VPC });
  return started;
}

async function group(ec2: EC2Client, id = GROUP) {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  return SecurityGroups?.[0];
}

async function rules(ec2: EC2Client, id = GROUP) {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] }),
  );
  return SecurityGroupRules;
}

/** What a rule means, without the id that AWS gives it. */
const meaning = (all: Awaited<ReturnType<typeof rules>>) =>
  all.map(({ SecurityGroupRuleId: _, SecurityGroupRuleArn: __, ...rest }) => JSON.stringify(rest)).sort();

test('a group is shown as it was put in', async () => {
  const { ec2 } = await startWithGroup();
  await expect(group(ec2)).resolves.toMatchObject({
    GroupId: GROUP,
    GroupName: 'bastion',
    Description: 'bastion hosts',
    OwnerId: '123456789012',
    VpcId: VPC,
    Tags: [{ Key: 'team', Value: 'edge' }],
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'all' }],
        UserIdGroupPairs: [],
        PrefixListIds: [],
      },
    ],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  const egress = (await group(ec2))?.IpPermissionsEgress?.[0];
  expect(egress).not.toHaveProperty('FromPort');
  expect((await rules(ec2)).find(({ IsEgress }) => IsEgress)).toMatchObject({ FromPort: -1, ToPort: -1 });
});

test('what is revoked by rule id and authorised again means the same, under new ids', async () => {
  const { ec2 } = await startWithGroup();
  const before = await rules(ec2);
  const open = before.filter(
    ({ CidrIpv4, CidrIpv6, IsEgress }) => !IsEgress && (CidrIpv4 === '0.0.0.0/0' || CidrIpv6 === '::/0'),
  );
  const revoked = await ec2.send(
    new RevokeSecurityGroupIngressCommand({
      GroupId: GROUP,
      SecurityGroupRuleIds: open.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId),
    }),
  );
  expect(revoked.Return).toBe(true);
  expect(revoked.RevokedSecurityGroupRules).toMatchObject([
    { CidrIpv4: '0.0.0.0/0', FromPort: 22, IsEgress: false },
    { CidrIpv6: '::/0', Description: 'all' },
  ]);
  expect((await group(ec2))?.IpPermissions).toMatchObject([
    { IpRanges: [{ CidrIp: '10.0.0.0/8' }], Ipv6Ranges: [] },
  ]);

  const undone = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: GROUP,
      IpPermissions: [{ ...ssh('0.0.0.0/0'), Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'all' }] }],
    }),
  );
  const after = await rules(ec2);
  expect(undone.SecurityGroupRules).toHaveLength(2);
  expect(meaning(after)).toEqual(meaning(before));
  expect(after.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)).not.toEqual(
    expect.arrayContaining(open.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)),
  );
});

test.each<[string, IpPermission, IpPermission]>([
  ['host bits', ssh('100.68.0.18/18'), ssh('100.68.0.0/18')],
  [
    'a long IPv6 address',
    { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0:0:0:0:0:1/64' }] },
    { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/64' }] },
  ],
  [
    'an IPv6 address with dots',
    { IpProtocol: '17', FromPort: 1, ToPort: 2, Ipv6Ranges: [{ CidrIpv6: '::ffff:192.0.2.1/128' }] },
    { IpProtocol: 'udp', FromPort: 1, ToPort: 2, Ipv6Ranges: [{ CidrIpv6: '::ffff:c000:201/128' }] },
  ],
  [
    'protocol 58 and types',
    { IpProtocol: '58', FromPort: -1, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
  ],
  [
    'another group',
    { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: OTHER }] },
    {
      IpProtocol: 'tcp',
      FromPort: 1,
      ToPort: 2,
      UserIdGroupPairs: [{ GroupId: OTHER, UserId: '123456789012' }],
    },
  ],
])('%s is kept in the form that EC2 has for it', async (_, given, kept) => {
  const { ec2 } = await startWithGroup();
  const authorise = () =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: OTHER, IpPermissions: [given] }));
  await authorise();
  expect((await group(ec2, OTHER))?.IpPermissions).toEqual([
    { UserIdGroupPairs: [], IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], ...kept },
  ]);
  await expect(authorise()).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
});

test.each<[string, object, string]>([
  ['no such group', { GroupId: 'sg-0ffffffffffffffff' }, 'InvalidGroup.NotFound'],
  ['an id of another kind', { GroupId: 'vpc-0ffffffffffffffff' }, 'InvalidGroupId.Malformed'],
  ['no group', { GroupId: undefined }, 'MissingParameter'],
  ['no permission', { IpPermissions: undefined }, 'MissingParameter'],
  ['a rule that is there', { IpPermissions: [ssh('0.0.0.0/0')] }, 'InvalidPermission.Duplicate'],
  [
    'a rule that is there under another description',
    { IpPermissions: [{ ...ssh(), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'x' }] }] },
    'InvalidPermission.Duplicate',
  ],
  ['a rule twice', { IpPermissions: [ssh('192.0.2.0/24', '192.0.2.1/24')] }, 'InvalidParameterValue'],
  ['a range without a prefix', { IpPermissions: [ssh('192.0.2.0')] }, 'InvalidParameterValue'],
  ['a prefix that is too long', { IpPermissions: [ssh('192.0.2.0/33')] }, 'InvalidParameterValue'],
  [
    'ports upside down',
    { IpPermissions: [{ ...ssh('192.0.2.0/24'), FromPort: 23 }] },
    'InvalidParameterValue',
  ],
  ['no ports for TCP', { IpPermissions: [{ ...everything, IpProtocol: 'tcp' }] }, 'InvalidParameterValue'],
  ['an unknown protocol', { IpPermissions: [{ ...everything, IpProtocol: 'tpc' }] }, 'InvalidParameterValue'],
  ['no range', { IpPermissions: [ssh()] }, 'MissingParameter'],
  [
    'a group that is not there',
    { IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0fffffffffffffff0' }] }] },
    'InvalidGroup.NotFound',
  ],
  [
    'one rule too many',
    { IpPermissions: [ssh(...Array.from({ length: 59 }, (_, i) => `192.0.2.${i}/32`))] },
    'RulesPerSecurityGroupLimitExceeded',
  ],
])('authorising is refused: %s', async (_, input, name) => {
  const { ec2 } = await startWithGroup();
  const before = await rules(ec2);
  const call = { GroupId: GROUP, IpPermissions: [ssh('192.0.2.0/24')], ...input };
  await expect(ec2.send(new AuthorizeSecurityGroupIngressCommand(call))).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: 400 },
  });
  await expect(rules(ec2)).resolves.toEqual(before);
});

describe('revoking what is not there', () => {
  const IpPermissions = [ssh('0.0.0.0/0', '192.0.2.0/24')];

  test('revokes nothing outside a default VPC', async () => {
    const { ec2 } = await startWithGroup(false);
    const before = await rules(ec2);
    const revoke = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, IpPermissions }));
    await expect(revoke).rejects.toMatchObject({
      name: 'InvalidPermission.NotFound',
      message: 'The specified rule does not exist in this security group.',
    });
    await expect(rules(ec2)).resolves.toEqual(before);
  });

  test('revokes the rest in a default VPC, and says what it did not know', async () => {
    const { ec2 } = await startWithGroup(true);
    const revoked = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, IpPermissions }));
    expect(revoked.Return).toBe(true);
    expect(revoked.UnknownIpPermissions).toMatchObject([ssh('192.0.2.0/24')]);
    expect((await group(ec2))?.IpPermissions?.[0]?.IpRanges).toEqual([{ CidrIp: '10.0.0.0/8' }]);
  });

  test.each([true, false])('an id is refused in any VPC (default: %s)', async (isDefault) => {
    const { ec2 } = await startWithGroup(isDefault);
    const [own] = await rules(ec2);
    const ids = [own?.SecurityGroupRuleId ?? '', 'sgr-0fffffffffffffff0'];
    const revoke = new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, SecurityGroupRuleIds: ids });
    await expect(ec2.send(revoke)).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
    await expect(rules(ec2)).resolves.toHaveLength(4);
  });

  test('a rule of the other direction is not meant', async () => {
    const { ec2 } = await startWithGroup();
    const egress = (await rules(ec2)).find(({ IsEgress }) => IsEgress);
    const SecurityGroupRuleIds = [egress?.SecurityGroupRuleId ?? ''];
    const revoke = new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, SecurityGroupRuleIds });
    await expect(ec2.send(revoke)).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
  });
});

test('a rule may be given as single parameters', async () => {
  const { ec2 } = await startWithGroup();
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: GROUP, ...rule }));
  expect((await group(ec2))?.IpPermissions?.[0]?.IpRanges).toEqual([{ CidrIp: '10.0.0.0/8' }]);
});

test('a rule is replaced under its id, unless another is like it', async () => {
  const { ec2 } = await startWithGroup();
  const open = (await rules(ec2)).find(({ CidrIpv4, IsEgress }) => CidrIpv4 === '0.0.0.0/0' && !IsEgress);
  const SecurityGroupRuleId = open?.SecurityGroupRuleId ?? '';
  const replace = (CidrIpv4: string) =>
    ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: GROUP,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4 },
          },
        ],
      }),
    );
  await expect(replace('10.0.0.0/8')).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
  await replace('192.0.2.0/24');
  const after = (await rules(ec2)).find((rule) => rule.SecurityGroupRuleId === SecurityGroupRuleId);
  expect(after).toMatchObject({ CidrIpv4: '192.0.2.0/24', IsEgress: false });
});

test('a new group lets everything out and nothing in; it is deleted once nobody needs it', async () => {
  const { aws, ec2 } = await startWithGroup();
  const create = () =>
    ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: 'quarantine',
        Description: 'nothing in or out',
        VpcId: VPC,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'by', Value: 'trailseal' }] }],
      }),
    );
  const { GroupId = '', Tags } = await create();
  expect(Tags).toEqual([{ Key: 'by', Value: 'trailseal' }]);
  await expect(group(ec2, GroupId)).resolves.toMatchObject({
    GroupName: 'quarantine',
    IpPermissions: [],
    IpPermissionsEgress: [everything],
  });
  await expect(create()).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' });

  const peer = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId }] };
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [peer] }));
  const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: OTHER, IpPermissions: [peer] }));
  await expect(remove()).rejects.toMatchObject({ name: 'DependencyViolation' });
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: OTHER, IpPermissions: [peer] }));
  aws.ec2.putNetworkInterface({ NetworkInterfaceId: 'eni-0a', VpcId: VPC, Groups: [{ GroupId }] });
  await expect(remove()).rejects.toMatchObject({ name: 'DependencyViolation' });
  aws.ec2.putNetworkInterface({ NetworkInterfaceId: 'eni-0a', VpcId: VPC, Groups: [{ GroupId: OTHER }] });
  await expect(remove()).resolves.toMatchObject({ Return: true, GroupId });
  await expect(group(ec2, GroupId)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
});

test('the default group stays', async () => {
  const { aws, ec2 } = await startWithGroup();
  aws.ec2.putSecurityGroup({ GroupId: 'sg-0d', GroupName: 'default', VpcId: VPC });
  const remove = ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-0d' }));
  await expect(remove).rejects.toMatchObject({ name: 'CannotDelete' });
});

test('groups come page by page', async () => {
  const { aws, ec2 } = await startWithGroup();
  for (let i = 0; i < 10; i += 1) {
    aws.ec2.putSecurityGroup({ GroupId: `sg-0c${i}`, GroupName: `many-${i}`, VpcId: VPC });
  }
  const pages = [];
  const paging = { client: ec2, pageSize: 5 };
  for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups(paging, {})) {
    pages.push(SecurityGroups.map(({ GroupId }) => GroupId));
  }
  expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
  expect(new Set(pages.flat()).size).toBe(12);
  const one = new DescribeSecurityGroupsCommand({ GroupIds: [GROUP], MaxResults: 5 });
  await expect(ec2.send(one)).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  const bad = new DescribeSecurityGroupsCommand({ NextToken: 'nonsense' });
  await expect(ec2.send(bad)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test.each([
  ['tag:team', ['edge'], [GROUP]],
  ['tag-key', ['team'], [GROUP]],
  ['group-name', ['bast*'], [GROUP]],
  ['vpc-id', [VPC], [GROUP, OTHER]],
  ['ip-permission.cidr', ['0.0.0.0/0'], [GROUP]],
  ['egress.ip-permission.cidr', ['10.0.0.0/8'], []],
])('filter %s %j', async (Name, Values, expected) => {
  const { ec2 } = await startWithGroup();
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values }] }),
  );
  expect(SecurityGroups.map(({ GroupId }) => GroupId)).toEqual(expected);
});

test('a filter that is not simulated is said aloud', async () => {
  const { ec2 } = await startWithGroup();
  const Filters = [{ Name: 'ip-permission.prefix-list-id', Values: ['pl-1'] }];
  await expect(ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).rejects.toMatchObject({
    name: 'NotSimulatedLocally',
  });
});

describe('rights', () => {
  const REVOKE = 'ec2:RevokeSecurityGroupIngress';
  const here = 'arn:aws:ec2:eu-central-1:123456789012:security-group';
  const call = { GroupId: GROUP, IpPermissions: [ssh('0.0.0.0/0')] };

  test.each<[string, object | undefined, boolean]>([
    ['none', undefined, false],
    ['for all groups', { Resource: `${here}/*` }, true],
    ['for this group', { Resource: `${here}/${GROUP}` }, true],
    ['for another group', { Resource: `${here}/${OTHER}` }, false],
    ['for its VPC', { Condition: { ArnEquals: { 'ec2:Vpc': `arn:aws:ec2:*:*:vpc/${VPC}` } } }, true],
    ['for another VPC', { Condition: { ArnEquals: { 'ec2:Vpc': 'arn:aws:ec2:*:*:vpc/vpc-0b' } } }, false],
    ['for its tag', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'edge' } } }, true],
    ['for another tag', { Condition: { StringEquals: { 'ec2:ResourceTag/team': 'core' } } }, false],
    ['in another Region', { Condition: { StringEquals: { 'ec2:Region': 'eu-west-1' } } }, false],
  ])('%s', async (_, grant, allowed) => {
    const { aws, ec2 } = await startHoldingAws(grant ? [{ Action: REVOKE, Resource: '*', ...grant }] : []);
    const Tags = [{ Key: 'team', Value: 'edge' }];
    aws.ec2.putSecurityGroup({ GroupId: GROUP, VpcId: VPC, Tags, IpPermissions: [ssh('0.0.0.0/0')] });
    const dryRun = ec2.send(new RevokeSecurityGroupIngressCommand({ ...call, DryRun: true }));
    await expect(dryRun).rejects.toMatchObject(
      allowed
        ? { name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } }
        : { name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } },
    );
    const { ec2: operator } = clients(aws.url, 'operator');
    expect(await rules(operator)).toHaveLength(1);

    const real = ec2.send(new RevokeSecurityGroupIngressCommand(call));
    if (allowed) await expect(real).resolves.toMatchObject({ Return: true });
    else {
      await expect(real).rejects.toThrow(
        `You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/`,
      );
    }
    expect(await rules(operator)).toHaveLength(allowed ? 0 : 1);
  });

  test('tagging what is made needs a right of its own', async () => {
    const { aws, ec2 } = await startHoldingAws([{ Action: 'ec2:CreateSecurityGroup', Resource: '*' }]);
    aws.ec2.putVpc({ VpcId: VPC });
    const plain = { GroupName: 'a', Description: 'a', VpcId: VPC };
    const tagged = {
      ...plain,
      TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: [{ Key: 'a', Value: 'b' }] }],
    };
    await expect(ec2.send(new CreateSecurityGroupCommand(tagged))).rejects.toThrow('ec2:CreateTags');
    await expect(ec2.send(new CreateSecurityGroupCommand(plain))).resolves.toHaveProperty('GroupId');
  });
});

test('looking is tried out as well', async () => {
  const { ec2 } = await startWithGroup();
  const look = ec2.send(new DescribeSecurityGroupsCommand({ DryRun: true }));
  await expect(look).rejects.toMatchObject({ name: 'DryRunOperation' });
});

test('every Region is one of its own', async () => {
  const { aws } = await startWithGroup();
  const { ec2 } = clients(aws.url, 'operator', 'us-east-1');
  await expect(group(ec2)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
});
