import * as z from 'zod/mini';
import { matchesAny } from '../../glob';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller } from '../metadata';
import { callerArns, hasFailed } from '../outcome';
import { resourceAt } from '../resource';

/** They end the recording, or what becomes of it; the others change a part. */
const blinding = ['StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel'];

export default defineDetection({
  id: 'activity-config-change',
  version: 1,
  title: 'AWS Config recorder and channel changes are detected',
  severity: 'high',
  rationale:
    'AWS Config records how resources change; while the recorder is stopped, nothing that reads its items sees anything, this product included.',
  whatToDo: [
    'Start the recorder again, and compare it and the delivery channel with your code: aws configservice start-configuration-recorder.',
    askTheCaller,
    'Read all resources anew for the time that was missed: what changed meanwhile has no item.',
    'Deny these calls to all but the deployment role, and name that role under deploymentRoles.',
  ],
  exemptible: false,
  frameworks: {
    cis: { '1.4.0': '4.9', '3.0.0': '4.9', '4.0.0': '4.9', '5.0.0': '4.9', '6.0.0': '5.9', '7.0.0': '5.9' },
    securityHub: ['CloudWatch.9'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2'],
  },
  resourceTypes: ['AWS::Config::ConfigurationRecorder'],
  attack: ['T1562.001', 'T1562.008'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'config.amazonaws.com': [
        'StopConfigurationRecorder',
        'DeleteDeliveryChannel',
        'PutDeliveryChannel',
        'PutConfigurationRecorder',
        'DeleteConfigurationRecorder',
        'DeleteConfigRule',
        'DeleteConformancePack',
        'DeleteEvaluationResults',
        'DeleteRemediationConfiguration',
        'DeleteRetentionConfiguration',
      ],
    },
  },

  parameters: z.object({
    deploymentRoles: z._default(
      z
        .array(z.string())
        .check(z.describe('ARNs of the principals that set AWS Config up; "*" stands for any text.')),
      [],
    ),
  }),
  quietHours: 24,
  detect(record, { deploymentRoles }) {
    if (hasFailed(record)) return undefined;
    if (callerArns(record).some((arn) => matchesAny(deploymentRoles, arn))) return undefined;
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::Config::ConfigurationRecorder', [
        'requestParameters.configurationRecorderName',
        'requestParameters.configurationRecorder.name',
        'requestParameters.deliveryChannelName',
        'requestParameters.deliveryChannel.name',
        'requestParameters.configRuleName',
        'requestParameters.conformancePackName',
        'requestParameters.retentionConfigurationName',
      ]),
      severity: blinding.includes(record.eventName) ? 'high' : 'medium',
      noun: 'AWS Config',
      expected: 'no change of AWS Config but by its deployment',
    });
  },
});
