import * as z from 'zod/mini';
import { recordersSnapshot, SNAPSHOT } from '../../contracts/aws/account-snapshot';
import {
  allow,
  arnIn,
  cannot,
  defineRemediation,
  keepsEvidence,
  locate,
  nothingToDo,
  read,
} from '../remediation';

const Recorders = z.object({
  ConfigurationRecorders: z.array(
    z.object({
      name: z.string(),
      roleARN: z.optional(z.string()),
      recordingGroup: z.optional(
        z.object({
          allSupported: z.optional(z.boolean()),
          includeGlobalResourceTypes: z.optional(z.boolean()),
          exclusionByResourceTypes: z.optional(z.object({ resourceTypes: z.optional(z.array(z.string())) })),
          recordingStrategy: z.optional(z.object({ useOnly: z.optional(z.string()) })),
        }),
      ),
    }),
  ),
});
const Statuses = z.object({
  ConfigurationRecordersStatus: z.array(
    z.object({
      name: z.optional(z.string()),
      recording: z.optional(z.boolean()),
      lastStatus: z.optional(z.string()),
    }),
  ),
});

export default defineRemediation({
  id: 'config-start-recorder',
  version: 1,
  title: 'Start the recorder of AWS Config again',
  fixes: ['config-recorder-enabled', 'activity-config-change'],
  restoresEvidence: true,
  cap: 5,
  settleSeconds: 15,
  autoWhen: {
    says: 'The recorder is there with its role, and was only stopped.',
    holds: ({ captured: { recorders } }) =>
      recorders.ConfigurationRecorders[0]?.roleARN !== undefined || 'the recorder has no role',
  },
  permissions: {
    capture: ['config:DescribeConfigurationRecorderStatus', 'config:DescribeConfigurationRecorders'],
    apply: ['config:StartConfigurationRecorder'],
    undo: [],
  },
  settings: z.object({}),
  captured: z.object({ recorders: Recorders, statuses: Statuses }),
  exposesAgain: false,
  target: locate({
    resourceTypes: ['AWS::Config::ConfigurationRecorder', 'AWS::::Account'],
    id: /^\d{12}$/,
    // An account has one of its own in each Region; its name is read.
    idOf: ({ accountId }) => accountId,
    arnOf: (target) => arnIn(target, 'config', 'configuration-recorder/*'),
  }),
  reads: (target) => [
    read('recorders', {
      service: 'config',
      action: 'DescribeConfigurationRecorders',
      region: target.region,
      input: {},
      allows: [allow('config:DescribeConfigurationRecorders', target.arn)],
    }),
    read('statuses', {
      service: 'config',
      action: 'DescribeConfigurationRecorderStatus',
      region: target.region,
      input: {},
      allows: [allow('config:DescribeConfigurationRecorderStatus', target.arn)],
    }),
  ],
  tags: () => 'none',
  meaning: ({ recorders, statuses }) => ({
    recorders: recorders.ConfigurationRecorders.map(({ name }) => name).sort(),
    recording: statuses.ConfigurationRecordersStatus.some(({ recording }) => recording === true),
  }),
  observed: ({ recorders, statuses }) => ({
    resourceType: 'AWS::::Account',
    configuration: {},
    supplementaryConfiguration: {
      [SNAPSHOT]: recordersSnapshot(recorders.ConfigurationRecorders, statuses.ConfigurationRecordersStatus),
    },
  }),
  plan({ captured, target }) {
    const [recorder] = captured.recorders.ConfigurationRecorders;
    if (!recorder)
      return cannot('there is no recorder: AWS Config has to be set up with a role and a bucket');
    const status = captured.statuses.ConfigurationRecordersStatus.find(({ name }) => name === recorder.name);
    if (status?.recording) return nothingToDo('the recorder is recording');
    return {
      outcome: 'change',
      calls: [
        {
          service: 'config',
          action: 'StartConfigurationRecorder',
          region: target.region,
          input: { ConfigurationRecorderName: recorder.name },
          allows: [allow('config:StartConfigurationRecorder', target.arn)],
          says: `Start configuration recorder ${recorder.name}`,
          again: 'harmless',
        },
      ],
      after: {
        ...captured,
        statuses: { ConfigurationRecordersStatus: [{ ...status, name: recorder.name, recording: true }] },
      },
      notes: ['Items are billed.'],
    };
  },
  undo: () => keepsEvidence('What AWS Config records'),
});
