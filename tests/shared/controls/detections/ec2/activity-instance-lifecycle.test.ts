import detection from '../../../../../shared/controls/detections/ec2/activity-instance-lifecycle';
import { call, denied, testDetection } from '../detecting';

const instances = (...ids: string[]) => ({
  instancesSet: { items: ids.map((instanceId) => ({ instanceId })) },
});
const stopped = call('ec2', 'StopInstances', instances('i-0other', 'i-0guard1'));
const launched = call(
  'ec2',
  'RunInstances',
  { instanceType: 'p4d.24xlarge', instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 1 }] } },
  { responseElements: instances('i-0new') },
);

testDetection(detection, {
  parameters: { protectedInstances: ['i-0guard*'] },
  fires: [
    [
      'a protected instance stopped',
      stopped,
      {
        severity: 'medium',
        resourceId: 'i-0guard1',
        says: 'StopInstances: instance i-0guard1 (2 instances)',
      },
    ],
    [
      'an unusual type launched',
      launched,
      {
        severity: 'medium',
        resourceId: 'i-0new',
        says: '(p4d.24xlarge)',
        because: ['requestParameters.instanceType'],
      },
    ],
    [
      'the same, in the other form',
      call('ec2', 'RunInstances', { instanceType: { value: 'p2.xlarge' } }),
      { severity: 'medium', resourceId: 'Ops' },
    ],
    [
      'any, where each is asked for',
      call('ec2', 'TerminateInstances', instances('i-0other')),
      { severity: 'informational', resourceId: 'i-0other' },
      { everyCall: true },
    ],
  ],
  misses: [
    ['field', 'another instance', { ...stopped, requestParameters: instances('i-0other') }],
    ['field', 'a usual type', { ...launched, requestParameters: { instanceType: 't3.micro' } }],
    ['failed', 'refused', denied(stopped)],
    ['neighbour', 'an attribute', call('ec2', 'ModifyInstanceAttribute', { instanceId: 'i-0guard1' })],
  ],
});
