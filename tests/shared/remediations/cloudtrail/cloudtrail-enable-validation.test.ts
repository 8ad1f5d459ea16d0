import remediation from '../../../../shared/remediations/cloudtrail/cloudtrail-enable-validation';
import { TRAIL, trailCase } from '../cases';
import { type Case, planOf, REGION, said, sceneOf } from '../scene';

const trail = (more: object) =>
  trailCase({ trail: { TrailARN: TRAIL, HomeRegion: REGION, LogFileValidationEnabled: false, ...more } });

const rows: [name: string, one: Case, expected: string[]][] = [
  ['off', trail({}), ['Turn log file validation of trail main on']],
  ['on', trail({ LogFileValidationEnabled: true }), ['nothing-to-do: Log file validation is on.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('names nothing else, so that nothing else changes', () => {
  expect(planOf(remediation, trail({})).calls[0]?.input).toEqual({
    Name: TRAIL,
    EnableLogFileValidation: true,
  });
});

test.each([
  [REGION, true],
  ['us-east-1', 'its home Region is us-east-1'],
])('needs nobody in its home Region: %s', (HomeRegion, expected) => {
  const scene = sceneOf(remediation, trail({ HomeRegion }));
  expect(scene.autoHolds(scene.capture())).toBe(expected);
});
