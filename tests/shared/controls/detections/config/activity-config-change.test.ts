import detection from '../../../../../shared/controls/detections/config/activity-config-change';
import { call, denied, testDetection } from '../detecting';

const stopped = call('config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' });

testDetection(detection, {
  parameters: { deploymentRoles: ['arn:aws:iam::*:role/Deploy'] },
  fires: [
    [
      'the recorder stopped',
      stopped,
      { severity: 'high', resourceId: 'default', says: 'StopConfigurationRecorder: AWS Config default' },
    ],
    [
      'the recorder changed',
      call('config', 'PutConfigurationRecorder', { configurationRecorder: { name: 'default' } }),
      { severity: 'medium', resourceId: 'default' },
    ],
    [
      'a rule deleted',
      call('config', 'DeleteConfigRule', { configRuleName: 'r' }),
      { severity: 'medium', resourceId: 'r' },
    ],
    [
      'nothing but the name of the call',
      call('config', 'DeleteConfigurationRecorder'),
      { severity: 'high', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'the same name in another service', { ...stopped, eventSource: 'ssm.amazonaws.com' }],
    [
      'field',
      'by the deployment',
      {
        ...stopped,
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::1:assumed-role/Deploy/x',
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/Deploy' } },
        },
      },
    ],
    [
      'failed',
      'there is no such recorder',
      { ...stopped, errorCode: 'NoSuchConfigurationRecorderException' },
    ],
    ['failed', 'refused', denied(stopped)],
    [
      'neighbour',
      'the recorder started',
      call('config', 'StartConfigurationRecorder', { configurationRecorderName: 'default' }),
    ],
  ],
});
