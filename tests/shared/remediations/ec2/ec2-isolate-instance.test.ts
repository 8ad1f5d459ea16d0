import remediation from '../../../../shared/remediations/ec2/ec2-isolate-instance';
import { INSTANCE, instance, isolateCase, quarantine, rule } from '../cases';
import { type Case, FINDING, planOf, said, sceneOf } from '../scene';

const inQuarantine = {
  NetworkInterfaces: [{ NetworkInterfaceId: 'eni-0a1b2c3d', Groups: [{ GroupId: 'sg-0c0ffee0000000000' }] }],
};
const snapshot = {
  SnapshotId: 'snap-1',
  VolumeId: 'vol-0a1b2c3d',
  Tags: [{ Key: 'trailseal:finding', Value: FINDING }],
};
const alone = { autoScaling: [] };

const rows: [name: string, one: Case, expected: string[]][] = [
  [
    'snapshots, then out of Auto Scaling, then the groups',
    isolateCase(),
    [
      'Take snapshots of vol-0a1b2c3d',
      `Detach ${INSTANCE} from Auto Scaling group web, which replaces it`,
      'Put eni-0a1b2c3d into sg-0c0ffee0000000000 alone',
    ],
  ],
  [
    'takes no second snapshots for the same finding',
    isolateCase({ ...alone, snapshots: [snapshot] }),
    ['Put eni-0a1b2c3d into sg-0c0ffee0000000000 alone'],
  ],
  [
    'isolated already',
    isolateCase({ ...alone, snapshots: [snapshot], instances: [instance(inQuarantine)] }),
    ['nothing-to-do: The instance is isolated.'],
  ],
  [
    'no quarantine group in the VPC',
    isolateCase({ groups: [{ ...quarantine, VpcId: 'vpc-0ffffffff' }] }),
    ['cannot: VPC vpc-0a1b2c3d has no security group trailseal-quarantine.'],
  ],
  [
    'a quarantine group that lets something through',
    isolateCase({ rules: [rule('a', { GroupId: 'sg-0c0ffee0000000000', IsEgress: true })] }),
    ['cannot: The quarantine group sg-0c0ffee0000000000 lets traffic through.'],
  ],
  [
    'an interface in another VPC',
    isolateCase({
      instances: [
        instance({
          NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', VpcId: 'vpc-0ffffffff', Groups: [] }],
        }),
      ],
    }),
    ['cannot: eni-1 is in another VPC, vpc-0ffffffff.'],
  ],
  ['one that is gone', isolateCase({ instances: [] }), ['nothing-to-do: The instance is gone.']],
  [
    'more volumes than the rights of one session can name',
    isolateCase({
      instances: [
        instance({
          BlockDeviceMappings: Array.from({ length: 40 }, (_, index) => ({
            DeviceName: `/dev/sd${index}`,
            Ebs: { VolumeId: `vol-0a1b2c3d4e5f6${String(index).padStart(4, '0')}` },
          })),
        }),
      ],
    }),
    [expect.stringMatching(/^cannot: The rights that it needs take \d+ characters, and a session has 2048/)],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('says that open connections go on', () => {
  expect(planOf(remediation, isolateCase()).notes.join()).toMatch(/Connections that are open/);
});

test('the undo says what does not come back', () => {
  const scene = sceneOf(remediation, isolateCase());
  const before = scene.capture();
  const proposal = scene.propose(before);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  expect(scene.undo(before, scene.capture())).toMatchObject({
    reversible: true,
    leaves: ['The snapshots stay: they are evidence.', expect.stringContaining('Auto Scaling group web')],
  });
});

test('there is no way back for an instance that was terminated', () => {
  const scene = sceneOf(remediation, isolateCase());
  const before = scene.capture();
  scene.cloud.instances = [];
  expect(scene.undo(before, before, scene.capture())).toEqual({
    reversible: false,
    because: 'The instance is gone.',
  });
});
