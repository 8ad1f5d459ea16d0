import detection from '../../../../../shared/controls/detections/cloudtrail/activity-cloudtrail-change';
import { call, denied, testDetection } from '../detecting';

const stopped = call('cloudtrail', 'StopLogging', {
  name: 'arn:aws:cloudtrail:eu-west-1:123456789012:trail/main',
});
const selectors = (eventSelectors: object[]) =>
  call('cloudtrail', 'PutEventSelectors', { trailName: 'main', eventSelectors });
const advanced = (equals: string[], readOnly?: string[]) =>
  call('cloudtrail', 'PutEventSelectors', {
    trailName: 'main',
    advancedEventSelectors: [
      {
        fieldSelectors: [
          { field: 'eventCategory', equals },
          ...(readOnly === undefined ? [] : [{ field: 'readOnly', equals: readOnly }]),
        ],
      },
    ],
  });

testDetection(detection, {
  fires: [
    [
      'logging stopped, by ARN',
      stopped,
      { severity: 'critical', resourceId: 'main', says: 'StopLogging: trail main' },
    ],
    [
      'a trail deleted',
      call('cloudtrail', 'DeleteTrail', { name: 'main' }),
      { severity: 'critical', resourceId: 'main' },
    ],
    [
      'validation off',
      call('cloudtrail', 'UpdateTrail', { name: 'main', enableLogFileValidation: false }),
      { severity: 'critical', resourceId: 'main', because: ['requestParameters.enableLogFileValidation'] },
    ],
    [
      'fewer Regions',
      call('cloudtrail', 'UpdateTrail', { name: 'main', isMultiRegionTrail: false }),
      { severity: 'critical', resourceId: 'main' },
    ],
    [
      'another bucket',
      call('cloudtrail', 'UpdateTrail', { name: 'main', s3BucketName: 'b' }),
      { severity: 'high', resourceId: 'main', because: ['requestParameters.s3BucketName'] },
    ],
    [
      'another change',
      call('cloudtrail', 'UpdateTrail', { name: 'main', snsTopicName: 't' }),
      { severity: 'informational', resourceId: 'main' },
    ],
    [
      'parameters that CloudTrail left out',
      call('cloudtrail', 'UpdateTrail'),
      { severity: 'critical', resourceId: 'Ops', says: 'not recorded' },
    ],
    [
      'no management events',
      selectors([{ readWriteType: 'All', includeManagementEvents: false }]),
      { severity: 'critical', resourceId: 'main' },
    ],
    [
      'no writing management events',
      selectors([{ readWriteType: 'ReadOnly', includeManagementEvents: true }]),
      { severity: 'critical', resourceId: 'main' },
    ],
    [
      'management events kept',
      selectors([{ readWriteType: 'All', includeManagementEvents: true }]),
      { severity: 'informational', resourceId: 'main' },
    ],
    ['no management events, the newer way', advanced(['Data']), { severity: 'critical', resourceId: 'main' }],
    [
      'only reading ones, the newer way',
      advanced(['Management'], ['true']),
      { severity: 'critical', resourceId: 'main' },
    ],
    [
      'management events kept, the newer way',
      advanced(['Management']),
      { severity: 'informational', resourceId: 'main' },
    ],
    [
      'a trail created',
      call('cloudtrail', 'CreateTrail', { name: 'new' }),
      { severity: 'informational', resourceId: 'new' },
    ],
    [
      'an event data store deleted',
      call('cloudtrail', 'DeleteEventDataStore', {
        eventDataStore: 'arn:aws:cloudtrail:eu-west-1:1:eventdatastore/e-1',
      }),
      { severity: 'high', resourceId: 'e-1' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...stopped, eventSource: 'redshift.amazonaws.com' }],
    ['failed', 'there is no such trail', { ...stopped, errorCode: 'TrailNotFoundException' }],
    ['failed', 'refused', denied(stopped)],
    [
      'neighbour',
      'looking',
      call('cloudtrail', 'GetEventSelectors', { trailName: 'main' }, { readOnly: true }),
    ],
  ],
});
