import fc from 'fast-check';
import remediation from '../../../../shared/remediations/ec2/sg-empty-default';
import { GROUP, group, groupCase, mixedRules, rule } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const named = (name: string, rules = mixedRules): Case =>
  groupCase(rules, { cloud: { groups: [group(name)], rules } });
const inUse = { interfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [GROUP] }] };

const rows: [name: string, one: Case, expected: string[]][] = [
  ['a group that is not the default one', named('web'), ['cannot: It is not the default group of its VPC.']],
  ['an empty group', named('default', []), ['nothing-to-do: The group has no rules.']],
  ['a group that is gone', groupCase([], { cloud: {} }), ['nothing-to-do: The security group is gone.']],
  [
    'a rule each way',
    named('default', [
      rule('in', { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: GROUP } }),
      rule('out', { IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' }),
    ]),
    [`Revoke sgr-in (all traffic from ${GROUP})`, 'Revoke sgr-out (all traffic to 0.0.0.0/0)'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('needs nobody while nothing is in the group, and names what is', () => {
  const free = sceneOf(remediation, named('default'));
  expect(free.autoHolds(free.capture())).toBe(true);
  const one = named('default');
  const used = { ...one, cloud: { ...one.cloud, ...inUse } };
  const scene = sceneOf(remediation, used);
  expect(scene.autoHolds(scene.capture())).toBe('1 network interfaces are in the group');
  expect(planOf(remediation, used).notes.join()).toContain('eni-1');
});

test('any rules come back as they were', () => {
  const some = fc.subarray(mixedRules, { minLength: 1 });
  fc.assert(
    fc.property(some, (rules) => {
      const scene = sceneOf(remediation, named('default', rules));
      const before = scene.capture();
      const proposal = scene.propose(before);
      if ('refusal' in proposal) throw new Error(proposal.refusal.says);
      scene.apply(proposal.plan);
      expect(scene.cloud.rules).toEqual([]);
      scene.undo(before, scene.capture());
      expect(remediation.meaning(scene.capture() as never)).toEqual(remediation.meaning(before as never));
    }),
    { numRuns: 50 },
  );
});
