import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText, lastSegment, textAt } from '../reading';
import { resourceAt } from '../resource';

const STORE = 'requestParameters.customKeyStoreId';

export default defineDetection({
  id: 'activity-cmk-disable-or-delete',
  version: 1,
  title: 'Disabling or scheduling deletion of KMS keys is detected',
  severity: 'high',
  rationale:
    "Without its key, data is gone: a disabled key is an outage at once, and a deleted one can't be brought back by anybody.",
  whatToDo: [
    'Cancel at once: aws kms cancel-key-deletion, then aws kms enable-key; a deletion takes effect only after 7 to 30 days.',
    askTheCaller,
    'Find out what is encrypted by the key before you agree to its end: look for Decrypt calls of the last months.',
    'Deny ScheduleKeyDeletion and DisableKey to all but two people, by the key policy.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.7', '3.0.0': '4.7', '4.0.0': '4.7', '5.0.0': '4.7', '6.0.0': '5.7', '7.0.0': '5.7' },
    securityHub: ['CloudWatch.7'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::KMS::Key', 'AWS::KMS::CustomKeyStore'],
  attack: ['T1485', 'T1486'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'kms.amazonaws.com': [
        'DisableKey',
        'ScheduleKeyDeletion',
        'DeleteImportedKeyMaterial',
        'DisconnectCustomKeyStore',
        'DeleteCustomKeyStore',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const store = textAt(record, STORE);
    // The request may name an alias: what the record says of its resources is the key itself.
    const arn = record.resources?.find(({ ARN }) => ARN?.includes(':key/'))?.ARN;
    const days = firstText(record, ['responseElements.deletionDate']);
    return detectedCall(record, {
      resource:
        store !== undefined
          ? { resourceType: 'AWS::KMS::CustomKeyStore', resourceId: store }
          : arn !== undefined
            ? { resourceType: 'AWS::KMS::Key', resourceId: lastSegment(arn), arn }
            : resourceAt(record, 'AWS::KMS::Key', ['requestParameters.keyId', 'responseElements.keyId']),
      severity: 'high',
      noun: store === undefined ? 'key' : 'key store',
      detail: days === undefined ? undefined : `gone on ${days}`,
      expected: 'no end of a key that was not planned',
    });
  },
});
