import { API_CALL } from '../shared/controls/detections/detection';
import { services } from '../shared/proof/activity/resources';

/**
 * The calls that may have changed a resource of a type that some table of calls covers: without those that failed, and,
 * as the rule is in the state ENABLED, without those that only read.
 */
export const indexedActivity = {
  source: [{ prefix: 'aws.' }],
  'detail-type': [API_CALL],
  detail: {
    eventSource: [...new Set(services.map(({ eventSource }) => eventSource))].sort(),
    errorCode: [{ exists: false }],
  },
};
