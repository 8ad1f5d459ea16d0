import remediation from '../../../../shared/remediations/ec2/ec2-enable-detailed-monitoring';
import { INSTANCE, instance, instanceCase } from '../cases';
import { type Case, said, sceneOf } from '../scene';

const like = (more: Parameters<typeof instance>[0]) => instanceCase({ instances: [instance(more)] });

const rows: [name: string, one: Case, expected: string[]][] = [
  ['off', instanceCase({}), [`Turn detailed monitoring of ${INSTANCE} on`]],
  [
    'on its way off',
    like({ Monitoring: { State: 'disabling' } }),
    [`Turn detailed monitoring of ${INSTANCE} on`],
  ],
  ['on', like({ Monitoring: { State: 'enabled' } }), ['nothing-to-do: Detailed monitoring is on.']],
  [
    'on its way on',
    like({ Monitoring: { State: 'pending' } }),
    ['nothing-to-do: Detailed monitoring is on.'],
  ],
  [
    'a terminated instance',
    like({ State: { Name: 'terminated' } }),
    ['nothing-to-do: The instance is gone.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test.each([
  ['running', true],
  ['stopped', 'the instance is stopped'],
])('needs nobody while it is running: %s', (Name, expected) => {
  const scene = sceneOf(remediation, like({ State: { Name } }));
  expect(scene.autoHolds(scene.capture())).toBe(expected);
});
