import remediation from '../../../../shared/remediations/cloudtrail/cloudtrail-start-logging';
import { TRAIL, trailCase } from '../cases';
import { ACCOUNT, type Case, said, sceneOf } from '../scene';

const rows: [name: string, one: Case, expected: string[]][] = [
  ['stopped', trailCase({}), ['Start the logging of trail main']],
  ['logging', trailCase({ status: { IsLogging: true } }), ['nothing-to-do: The trail is logging.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

const finding = {
  accountId: ACCOUNT,
  region: 'us-west-2',
  resourceType: 'AWS::CloudTrail::Trail',
  resourceId: 'main',
};

test('is called in the home Region of the trail', () => {
  expect(remediation.target({ ...finding, arn: TRAIL })).toMatchObject({
    target: { id: 'main', region: 'eu-central-1', arn: TRAIL },
  });
  expect(remediation.target(finding)).toMatchObject({
    target: { region: 'us-west-2', arn: `arn:aws:cloudtrail:us-west-2:${ACCOUNT}:trail/main` },
  });
  expect(remediation.target({ ...finding, resourceId: TRAIL })).toMatchObject({ target: { id: 'main' } });
});

test('leaves the trail of another account, and what is no trail', () => {
  const arn = TRAIL.replace(ACCOUNT, '210987654321');
  expect(remediation.target({ ...finding, arn })).toEqual({
    cannot: 'the trail belongs to account 210987654321',
  });
  expect(remediation.target({ ...finding, resourceId: '*' })).toHaveProperty('cannot');
});

test('needs somebody where the last delivery failed', () => {
  const scene = sceneOf(
    remediation,
    trailCase({ status: { IsLogging: false, LatestDeliveryError: 'NoSuchBucket' } }),
  );
  expect(scene.autoHolds(scene.capture())).toBe('its last delivery failed: NoSuchBucket');
});
