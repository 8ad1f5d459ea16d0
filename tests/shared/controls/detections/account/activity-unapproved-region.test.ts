import detection from '../../../../../shared/controls/detections/account/activity-unapproved-region';
import type { AnyDetection } from '../../../../../shared/controls/detections/detection';
import { detector } from '../../../../../shared/controls/detections/detector';
import { activityRules } from '../../../../../shared/controls/detections/patterns';
import { call, denied, policyWith, testDetection, user } from '../detecting';

const launched = call('ec2', 'RunInstances', {}, { awsRegion: 'ap-east-1' });
const asIs = detection as unknown as AnyDetection;

test('an old record that does not say whether it changed something is judged by its name', () => {
  const { inRaw } = detector(
    [asIs],
    policyWith(detection.id, { regions: ['eu-west-1'], globalServices: [] }),
  );
  expect(inRaw({ ...launched, readOnly: undefined })).toHaveLength(1);
});

test('without Regions there is no rule, and nothing to tell', () => {
  const none = policyWith(detection.id, detection.parameters.parse({}));
  expect(activityRules([asIs], none)).toEqual([]);
  expect(detector([asIs], none).inRaw(launched)).toEqual([]);
});

test('so many Regions that no pattern holds them are refused', () => {
  const regions = Array.from({ length: 200 }, (_, index) => `xx-somewhere-${index}`);
  expect(() => activityRules([asIs], policyWith(detection.id, { regions, globalServices: [] }))).toThrow(
    '2048 at most',
  );
});

testDetection(detection, {
  parameters: { regions: ['eu-west-1', 'us-east-1'] },
  fires: [
    [
      'a machine far away',
      launched,
      {
        severity: 'high',
        resourceId: 'Ops',
        says: 'RunInstances of ec2.amazonaws.com was called in ap-east-1',
      },
    ],
    ['by a user', { ...launched, userIdentity: user('bob') }, { severity: 'high', resourceId: 'bob' }],
  ],
  misses: [
    ['field', 'an approved Region', { ...launched, awsRegion: 'us-east-1' }],
    ['field', 'a read-only call', { ...launched, readOnly: true }],
    [
      'field',
      'one of an old record, which does not say so',
      { ...launched, eventName: 'DescribeInstances', readOnly: undefined },
    ],
    ['field', 'a service that exists once', { ...launched, eventSource: 'iam.amazonaws.com' }],
    ['field', 'a service of AWS', { ...launched, sourceIPAddress: 'config.amazonaws.com' }],
    ['failed', 'refused', denied(launched)],
    ['neighbour', 'looking, at home', call('ec2', 'DescribeInstances', null, { readOnly: true })],
  ],
});
