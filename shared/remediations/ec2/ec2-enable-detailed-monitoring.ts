import * as z from 'zod/mini';
import { cannot, defineRemediation, nothingToDo } from '../remediation';
import {
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

/** AWS is on its way to the state that was asked for. */
const settled: Readonly<Record<string, string>> = { pending: 'enabled', disabling: 'disabled' };

export default defineRemediation({
  id: 'ec2-enable-detailed-monitoring',
  version: 1,
  title: 'Turn detailed monitoring of an instance on',
  fixes: ['ec2-detailed-monitoring'],
  restoresEvidence: false,
  cap: 20,
  settleSeconds: 15,
  autoWhen: {
    says: 'The instance is running: nothing about it changes but that its metrics are billed by the minute.',
    holds: ({ captured }) => {
      const state = theInstance(captured)?.State.Name;
      return state === 'running' || `the instance is ${state ?? 'gone'}`;
    },
  },
  permissions: {
    capture: ['ec2:DescribeInstances'],
    apply: ['ec2:MonitorInstances'],
    undo: ['ec2:UnmonitorInstances'],
  },
  settings: z.object({}),
  captured: z.object({ instance: Instances }),
  exposesAgain: false,
  target: instanceTarget,
  reads: (target) => [readInstance(target)],
  tags: instanceTags,
  meaning: (captured) => {
    const state = theInstance(captured)?.Monitoring?.State;
    return state === undefined ? null : { monitoring: settled[state] ?? state };
  },
  observed: observedInstance,
  plan({ captured, target }) {
    const instance = theInstance(captured);
    if (!instance || isGone(instance)) return nothingToDo('the instance is gone');
    const state = instance.Monitoring?.State;
    if (state === undefined) return cannot('AWS does not say whether the instance is monitored');
    if (state === 'enabled' || state === 'pending') return nothingToDo('detailed monitoring is on');
    return {
      outcome: 'change',
      calls: [
        instanceCall(
          target,
          'MonitorInstances',
          { InstanceIds: [target.id] },
          `Turn detailed monitoring of ${target.id} on`,
        ),
      ],
      after: withInstance(captured, { ...instance, Monitoring: { State: 'enabled' } }),
      notes: ['One-minute metrics are billed.'],
    };
  },
  undo: ({ target }) => ({
    reversible: true,
    calls: [
      instanceCall(
        target,
        'UnmonitorInstances',
        { InstanceIds: [target.id] },
        `Turn detailed monitoring of ${target.id} off`,
      ),
    ],
  }),
});
