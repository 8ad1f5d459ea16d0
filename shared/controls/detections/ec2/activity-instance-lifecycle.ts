import * as z from 'zod/mini';
import { matchesAny } from '../../glob';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, lockOutTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed, isByService } from '../outcome';
import { textAt, textsAt } from '../reading';
import { principalOf } from '../resource';

const INSTANCES = 'instancesSet';
const TYPE = 'requestParameters.instanceType';

const instance = (resourceId: string) => ({ resourceType: 'AWS::EC2::Instance', resourceId });

export default defineDetection({
  id: 'activity-instance-lifecycle',
  version: 1,
  title: 'Instance start, stop, reboot and terminate calls are recorded',
  severity: 'informational',
  rationale:
    'Stopping or terminating a machine that others rely on is an outage; large machines that nobody ordered are mining, at your expense.',
  whatToDo: [
    askTheCaller,
    'Look at what the machine is for and who uses it; start it again if it was stopped.',
    'For a machine that nobody ordered, keep a snapshot of its disk as evidence, then terminate it and look for more in all Regions.',
    lockOutTheCaller,
  ],
  exemptible: true,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::EC2::Instance'],
  attack: ['T1496', 'T1578.002', 'T1529'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'RunInstances',
        'StartInstances',
        'StopInstances',
        'RebootInstances',
        'TerminateInstances',
      ],
    },
  },

  parameters: z.object({
    protectedInstances: z._default(
      z
        .array(z.string())
        .check(
          z.describe(
            'Ids of instances whose every start, stop, reboot and end is told; "*" stands for any text.',
          ),
        ),
      [],
    ),
    unusualTypes: z._default(
      z
        .array(z.string())
        .check(z.describe('Types of instances that nobody should launch; "*" stands for any text.')),
      ['p*', 'g*', 'inf*', 'trn*', 'dl*', 'vt*', 'f*', 'u-*', 'u7*', 'x*', 'hpc*', '*.metal*'],
    ),
    everyCall: z._default(
      z
        .boolean()
        .check(z.describe('Whether each call that no service of AWS makes is told, of whichever instance.')),
      false,
    ),
  }),
  quietHours: 24,
  detect(record, { protectedInstances, unusualTypes, everyCall }) {
    if (hasFailed(record)) return undefined;
    const { eventName } = record;
    const isLaunch = eventName === 'RunInstances';
    const ids = textsAt(
      record,
      `${isLaunch ? 'responseElements' : 'requestParameters'}.${INSTANCES}`,
      'instanceId',
    );
    const guarded = ids.filter((id) => matchesAny(protectedInstances, id));
    const launched = isLaunch ? (textAt(record, TYPE) ?? textAt(record, `${TYPE}.value`)) : undefined;
    const isUnusual = launched !== undefined && matchesAny(unusualTypes, launched);
    if (guarded.length === 0 && !isUnusual && !(everyCall && !isByService(record))) return undefined;
    const [first] = guarded.length > 0 ? guarded : ids;
    return detectedCall(record, {
      resource: first === undefined ? principalOf(record) : instance(first),
      severity: guarded.length > 0 || isUnusual ? 'medium' : 'informational',
      noun: first === undefined ? 'called by' : 'instance',
      detail:
        [
          ...(launched === undefined ? [] : [launched]),
          ...(ids.length > 1 ? [`${ids.length} instances`] : []),
        ].join(', ') || undefined,
      expected: 'no such call on instances of this kind',
      because: isUnusual
        ? [
            {
              says: 'the type is unusual here',
              path: TYPE,
              value: launched,
              expected: 'a type that is not under unusualTypes',
            },
          ]
        : [],
    });
  },
});
