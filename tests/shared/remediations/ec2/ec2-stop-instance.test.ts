import remediation from '../../../../shared/remediations/ec2/ec2-stop-instance';
import { INSTANCE, instance, instanceCase } from '../cases';
import { type Case, said } from '../scene';

const like = (more: Parameters<typeof instance>[0]) => instanceCase({ instances: [instance(more)] });
const elastic = {
  NetworkInterfaces: [
    { NetworkInterfaceId: 'eni-1', Association: { IpOwnerId: '123456789012', PublicIp: '198.51.100.9' } },
  ],
};

const rows: [name: string, one: Case, expected: string[]][] = [
  ['one that runs', instanceCase({}), [`Stop instance ${INSTANCE}`]],
  ['one that is stopped', like({ State: { Name: 'stopped' } }), ['nothing-to-do: The instance is stopped.']],
  ['one that is gone', like({ State: { Name: 'terminated' } }), ['nothing-to-do: The instance is gone.']],
  ['one that is not there', instanceCase({ instances: [] }), ['nothing-to-do: The instance is gone.']],
  ['one that starts', like({ State: { Name: 'pending' } }), ['cannot: The instance is pending.']],
  [
    'one that Auto Scaling would replace',
    instanceCase({ autoScaling: [{ InstanceId: INSTANCE, AutoScalingGroupName: 'web' }] }),
    ['cannot: It belongs to Auto Scaling group web, which would replace it.'],
  ],
  [
    'one without EBS root volume',
    like({ RootDeviceType: 'instance-store' }),
    ['cannot: Without an EBS root volume it can only be terminated.'],
  ],
  [
    'a Spot Instance',
    like({ InstanceLifecycle: 'spot' }),
    ['cannot: It is a Spot Instance, which may not come back.'],
  ],
  [
    'one with an Elastic IP address',
    like(elastic),
    ['cannot: Its Elastic IP address 198.51.100.9 would stay.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));
