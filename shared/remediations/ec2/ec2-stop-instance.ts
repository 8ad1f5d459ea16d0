import * as z from 'zod/mini';
import { cannot, defineRemediation, nothingToDo } from '../remediation';
import {
  AutoScaling,
  type CapturedInstance,
  Instances,
  instanceCall,
  instanceTags,
  instanceTarget,
  isGone,
  observedInstance,
  readAutoScaling,
  readInstance,
  theInstance,
  withInstance,
} from '../resources/instance';

/** An address of AWS's pool goes when the instance stops; an Elastic IP address stays. */
const AMAZON = 'amazon';

const meaning = (captured: CapturedInstance) => {
  const instance = theInstance(captured);
  return instance === undefined ? null : { state: instance.State.Name };
};

export default defineRemediation({
  id: 'ec2-stop-instance',
  version: 1,
  title: 'Stop an instance',
  fixes: ['ec2-instance-no-public-ip'],
  restoresEvidence: false,
  cap: 5,
  settleSeconds: 120,
  autoWhen: { never: 'What runs on an instance, and who needs it, can not be seen from outside.' },
  permissions: {
    capture: ['autoscaling:DescribeAutoScalingInstances', 'ec2:DescribeInstances'],
    apply: ['ec2:StopInstances'],
    undo: ['ec2:StartInstances'],
  },
  settings: z.object({}),
  captured: z.object({ instance: Instances, autoScaling: AutoScaling }),
  exposesAgain: 'The instance runs again, with a public address.',
  target: instanceTarget,
  reads: (target) => [readInstance(target), readAutoScaling(target)],
  tags: instanceTags,
  meaning,
  observed: observedInstance,
  plan({ captured, target, occasion }) {
    const instance = theInstance(captured);
    if (!instance || isGone(instance)) return nothingToDo('the instance is gone');
    if (['stopped', 'stopping'].includes(instance.State.Name))
      return nothingToDo(`the instance is ${instance.State.Name}`);
    if (instance.State.Name !== 'running') return cannot(`the instance is ${instance.State.Name}`);
    const [member] = captured.autoScaling.AutoScalingInstances;
    if (member)
      return cannot(
        `it belongs to Auto Scaling group ${member.AutoScalingGroupName}, which would replace it`,
      );
    if (instance.RootDeviceType !== 'ebs')
      return cannot('without an EBS root volume it can only be terminated');
    if (instance.InstanceLifecycle === 'spot')
      return cannot('it is a Spot Instance, which may not come back');
    const { NetworkInterfaces = [], PublicIpAddress: _, ...rest } = instance;
    const stays = NetworkInterfaces.find(
      ({ Association }) => Association && Association.IpOwnerId !== AMAZON,
    );
    if (stays && occasion.control === 'ec2-instance-no-public-ip')
      return cannot(`its Elastic IP address ${stays.Association?.PublicIp} would stay`);
    return {
      outcome: 'change',
      calls: [
        instanceCall(target, 'StopInstances', { InstanceIds: [target.id] }, `Stop instance ${target.id}`),
      ],
      after: withInstance(captured, {
        ...rest,
        State: { Name: 'stopped' },
        NetworkInterfaces: NetworkInterfaces.map(({ Association, ...one }) =>
          Association === undefined || Association.IpOwnerId === AMAZON ? one : { ...one, Association },
        ),
      }),
      notes: ['What is on instance store volumes or in memory is lost.'],
    };
  },
  undo: ({ target }) => ({
    reversible: true,
    calls: [
      instanceCall(target, 'StartInstances', { InstanceIds: [target.id] }, `Start instance ${target.id}`),
    ],
    sameMeaning: 'AWS gives the instance another public address, unless it has an Elastic IP address.',
    leaves: ['What was on instance store volumes or in memory does not come back.'],
  }),
});
