import detection from '../../../../../shared/controls/detections/guardduty/activity-guardduty-tamper';
import { call, denied, testDetection } from '../detecting';

const off = call('guardduty', 'UpdateDetector', { detectorId: 'd', enable: false });

testDetection(detection, {
  fires: [
    [
      'the detector deleted',
      call('guardduty', 'DeleteDetector', { detectorId: 'd' }),
      { severity: 'critical', resourceId: 'd' },
    ],
    [
      'the detector switched off',
      off,
      { severity: 'critical', resourceId: 'd', because: ['requestParameters.enable'], says: 'switched off' },
    ],
    [
      'findings archived unseen',
      call('guardduty', 'CreateFilter', { detectorId: 'd', action: 'ARCHIVE' }),
      { severity: 'high', resourceId: 'd' },
    ],
    [
      'addresses trusted',
      call('guardduty', 'UpdateIPSet', { detectorId: 'd', activate: true }),
      { severity: 'high', resourceId: 'd' },
    ],
    [
      'a member lost',
      call('guardduty', 'DisassociateMembers', { detectorId: 'd' }),
      { severity: 'critical', resourceId: 'd' },
    ],
    [
      'nothing but the name of the call',
      call('guardduty', 'DeleteDetector'),
      { severity: 'critical', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'the detector switched on', { ...off, requestParameters: { detectorId: 'd', enable: true } }],
    [
      'field',
      'another setting',
      { ...off, requestParameters: { detectorId: 'd', findingPublishingFrequency: 'SIX_HOURS' } },
    ],
    [
      'field',
      'a filter that only shows',
      call('guardduty', 'UpdateFilter', { detectorId: 'd', action: 'NOOP' }),
    ],
    [
      'field',
      'a list that is not used',
      call('guardduty', 'CreateIPSet', { detectorId: 'd', activate: false }),
    ],
    ['failed', 'refused', denied(off)],
    ['neighbour', 'a detector created', call('guardduty', 'CreateDetector', { enable: true })],
  ],
});
