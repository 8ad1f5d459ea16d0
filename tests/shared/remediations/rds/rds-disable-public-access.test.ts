import remediation from '../../../../shared/remediations/rds/rds-disable-public-access';
import { databaseCase } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const rows: [name: string, one: Case, expected: string[]][] = [
  ['public', databaseCase(), ['Set PubliclyAccessible of orders to false']],
  [
    'private',
    databaseCase({ PubliclyAccessible: false }),
    ['nothing-to-do: The instance is not publicly accessible.'],
  ],
  [
    'in the middle of a change',
    databaseCase({ DBInstanceStatus: 'modifying' }),
    ['cannot: The instance is modifying, and takes no change now.'],
  ],
  ['gone', databaseCase({}, { cloud: {} }), ['nothing-to-do: The instance is gone.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('brings forward nothing that waits for the maintenance window', () => {
  const scene = sceneOf(remediation, databaseCase());
  const pending = structuredClone(scene.cloud.databases[0]?.['PendingModifiedValues']);
  const captured = scene.capture();
  scene.apply(planOf(remediation, databaseCase()));
  scene.undo(captured, scene.capture());
  expect(scene.cloud.databases[0]).toMatchObject({
    PubliclyAccessible: true,
    PendingModifiedValues: pending,
  });
  expect([...scene.calls.apply, ...scene.calls.undo].map(({ input }) => input['ApplyImmediately'])).toEqual([
    false,
    false,
  ]);
});

test('goes by the name of the instance, not by the id that AWS Config gives it', () => {
  const finding = {
    accountId: '123456789012',
    region: 'eu-central-1',
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: 'db-ABC',
  };
  expect(remediation.target(finding)).toHaveProperty('cannot');
  expect(
    remediation.target({ ...finding, arn: 'arn:aws:rds:eu-central-1:123456789012:db:orders' }),
  ).toMatchObject({
    target: { id: 'orders' },
  });
});
