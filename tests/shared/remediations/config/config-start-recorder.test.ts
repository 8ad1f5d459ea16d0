import remediation from '../../../../shared/remediations/config/config-start-recorder';
import { recorderCase, stoppedRecorder } from '../cases';
import { type Case, said, sceneOf } from '../scene';

const rows: [name: string, one: Case, expected: string[]][] = [
  ['stopped', recorderCase([stoppedRecorder]), ['Start configuration recorder default']],
  [
    'recording',
    recorderCase([{ ...stoppedRecorder, recording: true }]),
    ['nothing-to-do: The recorder is recording.'],
  ],
  [
    'none',
    recorderCase([]),
    ['cannot: There is no recorder: AWS Config has to be set up with a role and a bucket.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('needs somebody where the recorder has no role', () => {
  const scene = sceneOf(remediation, recorderCase([{ name: 'default', recording: false }]));
  expect(scene.autoHolds(scene.capture())).toBe('the recorder has no role');
});
