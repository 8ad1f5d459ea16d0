import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../../contracts/aws/configuration-item';
import type { Reason, Severity } from '../../../contracts/trailseal/finding';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { hasFailed } from '../outcome';
import { isFalse, isTrue, objectsAt, textAt, valueAt } from '../reading';
import { resourceAt } from '../resource';

const PARAMETERS = 'requestParameters';

interface Judged {
  readonly severity: Severity;
  readonly because?: readonly Reason[];
}

/** What each call does to the record of what happens; calls that aren't here are worth knowing. */
const effects: Readonly<Record<string, (record: CloudTrailRecord) => Judged>> = {
  StopLogging: () => ({ severity: 'critical' }),
  DeleteTrail: () => ({ severity: 'critical' }),
  DeleteEventDataStore: () => ({ severity: 'high' }),
  StopEventDataStoreIngestion: () => ({ severity: 'high' }),
  UpdateTrail(record) {
    const critical = [
      ['enableLogFileValidation', 'log file validation was switched off'],
      ['isMultiRegionTrail', 'the trail no longer covers all Regions'],
      ['includeGlobalServiceEvents', 'events of IAM and STS are left out'],
    ] as const;
    const because = critical
      .filter(([name]) => isFalse(valueAt(record, `${PARAMETERS}.${name}`)))
      .map(([name, says]) => reasonAt(record, `${PARAMETERS}.${name}`, 'true', says));
    if (because.length > 0) return { severity: 'critical', because };
    const bucket = `${PARAMETERS}.s3BucketName`;
    return textAt(record, bucket) === undefined
      ? { severity: record.requestParameters === undefined ? 'critical' : 'informational' }
      : {
          severity: 'high',
          because: [reasonAt(record, bucket, 'the bucket as before', 'logs go to the bucket that is named')],
        };
  },
  PutEventSelectors(record) {
    if (record.requestParameters === undefined) return { severity: 'critical' };
    const basic = objectsAt(record, `${PARAMETERS}.eventSelectors`);
    const advanced = objectsAt(record, `${PARAMETERS}.advancedEventSelectors`);
    if (basic.some(keepsWrites) || advanced.some(keepsWritesByFields)) return { severity: 'informational' };
    return {
      severity: 'critical',
      because: [
        {
          says: 'no selector records management events that change something',
          path:
            basic.length > 0
              ? `${PARAMETERS}.eventSelectors[0].includeManagementEvents`
              : `${PARAMETERS}.advancedEventSelectors`,
          value: null,
          expected: 'a selector of all management events',
        },
      ],
    };
  },
};

const keepsWrites = ({ includeManagementEvents, readWriteType }: JsonObject): boolean =>
  !isFalse(includeManagementEvents) && readWriteType !== 'ReadOnly';

/** A selector of management events that doesn't keep to those that read only. */
function keepsWritesByFields({ fieldSelectors }: JsonObject): boolean {
  const fields = (Array.isArray(fieldSelectors) ? fieldSelectors : []) as readonly Partial<JsonObject>[];
  const holds = (field: string, accepts: (value: unknown) => boolean) =>
    fields.some(
      (selector) =>
        selector['field'] === field && Array.isArray(selector['equals']) && selector['equals'].some(accepts),
    );
  return (
    holds('eventCategory', (value) => value === 'Management') &&
    !holds('readOnly', (value) => isTrue(value as boolean))
  );
}

export default defineDetection({
  id: 'activity-cloudtrail-change',
  version: 1,
  title: 'CloudTrail configuration changes are detected',
  severity: 'critical',
  rationale:
    'A trail is the record of who did what. Whoever stops it, deletes it or narrows what it records works unseen from then on.',
  whatToDo: [
    'Turn logging on again at once, and restore the settings of the trail: aws cloudtrail start-logging, then compare trail and event selectors with your code.',
    'Find out who called, and from where; the alert names principal, address and session. If nobody owns it, treat the account as taken over.',
    'Look at what the same principal did before, and at what happened since in the event history of each Region, which nobody can stop.',
    'Verify what was delivered until then: trailseal verify s3://BUCKET.',
    'Deny these calls to all but one role by a service control policy.',
  ],
  exemptible: false,
  frameworks: {
    cis: { '1.4.0': '4.5', '3.0.0': '4.5', '4.0.0': '4.5', '5.0.0': '4.5', '6.0.0': '5.5', '7.0.0': '5.5' },
    securityHub: ['CloudWatch.5'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2'],
  },
  resourceTypes: ['AWS::CloudTrail::Trail'],
  attack: ['T1562.008'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'cloudtrail.amazonaws.com': [
        'CreateTrail',
        'UpdateTrail',
        'DeleteTrail',
        'StartLogging',
        'StopLogging',
        'PutEventSelectors',
        'PutInsightSelectors',
        'RemoveTags',
        'DeleteEventDataStore',
        'StopEventDataStoreIngestion',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const { severity, because } = effects[record.eventName]?.(record) ?? { severity: 'informational' };
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::CloudTrail::Trail', [
        'requestParameters.name',
        'requestParameters.trailName',
        'requestParameters.resourceId',
        'requestParameters.eventDataStore',
        'responseElements.name',
        'responseElements.trailARN',
      ]),
      severity,
      noun: 'trail',
      detail:
        because?.[0]?.says ??
        (record.requestParameters === undefined ? 'its parameters were not recorded' : undefined),
      expected: 'no change of a trail',
      ...(because === undefined ? {} : { because }),
    });
  },
});
