import * as z from 'zod/mini';
import { timeOf } from '../plan';
import { allow, cannot, defineRemediation, nothingToDo, read } from '../remediation';
import {
  type CapturedInstance,
  Instances,
  instanceCall,
  instanceTags,
  instanceTarget,
  isGone,
  observedInstance,
  readInstance,
  theInstance,
  withInstance,
} from '../resources/instance';

const DAY = 86_400_000;
const WATCHED_DAYS = 14;

const Metric = z.object({
  Datapoints: z.array(z.object({ Timestamp: z.string(), Sum: z.number() })),
});

interface Captured extends CapturedInstance {
  readonly versionOne: z.infer<typeof Metric>;
}

const callsOfVersionOne = ({ versionOne }: Captured) =>
  versionOne.Datapoints.reduce((sum, { Sum }) => sum + Sum, 0);

/** Why it can't be said that nobody uses version 1, if it can't. CloudWatch has the figure of each day. */
function mayStillBeUsed(captured: Captured, at: string): string | undefined {
  const times = captured.versionOne.Datapoints.map(({ Timestamp }) => Date.parse(Timestamp));
  const calls = callsOfVersionOne(captured);
  if (calls > 0) return `${calls} calls of IMDSv1 were made in the last ${WATCHED_DAYS} days`;
  // The first of the days may have begun before the time that was asked for.
  const since = Date.parse(at) - (WATCHED_DAYS - 1) * DAY;
  // Written so that a time that is none fails closed.
  if (!(Math.min(...times) <= since))
    return `CloudWatch does not know the calls of IMDSv1 for ${WATCHED_DAYS} days`;
  return undefined;
}

export default defineRemediation({
  id: 'ec2-require-imdsv2',
  version: 1,
  title: 'Require IMDSv2 on an instance that uses nothing else',
  fixes: ['ec2-instance-imdsv2'],
  restoresEvidence: false,
  cap: 20,
  settleSeconds: 15,
  autoWhen: {
    says: 'CloudWatch knows of no call of IMDSv1 in 14 days.',
    holds: ({ captured, occasion }) => mayStillBeUsed(captured, occasion.at) ?? true,
  },
  permissions: {
    capture: ['cloudwatch:GetMetricStatistics', 'ec2:DescribeInstances'],
    apply: ['ec2:ModifyInstanceMetadataOptions'],
    undo: ['ec2:ModifyInstanceMetadataOptions'],
  },
  settings: z.object({}),
  captured: z.object({ instance: Instances, versionOne: Metric }),
  exposesAgain: 'The metadata of the instance, with its credentials, answers requests without a token again.',
  target: instanceTarget,
  reads: (target, { at }) => [
    readInstance(target),
    read('versionOne', {
      service: 'cloudwatch',
      action: 'GetMetricStatistics',
      region: target.region,
      input: {
        Namespace: 'AWS/EC2',
        MetricName: 'MetadataNoToken',
        Dimensions: [{ Name: 'InstanceId', Value: target.id }],
        StartTime: timeOf(new Date(Date.parse(at) - WATCHED_DAYS * DAY).toISOString()),
        EndTime: timeOf(at),
        Period: DAY / 1000,
        Statistics: ['Sum'],
      },
      allows: [allow('cloudwatch:GetMetricStatistics', '*')],
    }),
  ],
  tags: instanceTags,
  meaning: (captured) => {
    const instance = theInstance(captured);
    if (!instance) return null;
    const {
      HttpTokens = null,
      HttpEndpoint = null,
      HttpPutResponseHopLimit = null,
    } = instance.MetadataOptions ?? {};
    return { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit };
  },
  observed: observedInstance,
  plan({ captured, target, occasion }) {
    const instance = theInstance(captured);
    if (!instance || isGone(instance)) return nothingToDo('the instance is gone');
    const options = instance.MetadataOptions;
    if (options?.HttpTokens === undefined) return cannot('AWS does not say how the metadata is set');
    if (options.HttpTokens === 'required') return nothingToDo('IMDSv2 is required already');
    const used = mayStillBeUsed(captured, occasion.at);
    if (used !== undefined) return cannot(used);
    return {
      outcome: 'change',
      calls: [
        instanceCall(
          target,
          'ModifyInstanceMetadataOptions',
          { InstanceId: target.id, HttpTokens: 'required' },
          `Require IMDSv2 on ${target.id}`,
        ),
      ],
      after: withInstance(captured, { ...instance, MetadataOptions: { ...options, HttpTokens: 'required' } }),
    };
  },
  undo({ captured, target }) {
    const tokens = theInstance(captured)?.MetadataOptions?.HttpTokens ?? 'optional';
    return {
      reversible: true,
      calls: [
        instanceCall(
          target,
          'ModifyInstanceMetadataOptions',
          { InstanceId: target.id, HttpTokens: tokens },
          `Set HttpTokens of ${target.id} to ${tokens} again`,
        ),
      ],
    };
  },
});
