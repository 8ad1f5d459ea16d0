import * as z from 'zod/mini';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, cannot, defineRemediation, locate, nothingToDo, read, tagMap } from '../remediation';
import { Tags } from '../resources/answers';

// Changes that wait for the maintenance window are not read: a new password stands among them.
const Instances = z.nullable(
  z.object({
    DBInstances: z.array(
      z.object({
        DBInstanceIdentifier: z.string(),
        DBInstanceStatus: z.optional(z.string()),
        PubliclyAccessible: z.boolean(),
        TagList: Tags,
      }),
    ),
    Marker: z.optional(z.nullable(z.literal(''))),
  }),
);

/**
 * RDS changes this one at once whatever `ApplyImmediately` says, while true would bring everything else forward that
 * waits for the maintenance window: restarts, new classes, new versions.
 *
 * Source: RDS API reference, ModifyDBInstance, PubliclyAccessible.
 */
const setPublic = (target: Target, isPublic: boolean): AwsCall => ({
  service: 'rds',
  action: 'ModifyDBInstance',
  region: target.region,
  input: { DBInstanceIdentifier: target.id, PubliclyAccessible: isPublic, ApplyImmediately: false },
  allows: [allow('rds:ModifyDBInstance', target.arn)],
  says: `Set PubliclyAccessible of ${target.id} to ${isPublic}`,
  again: 'harmless',
});

export default defineRemediation({
  id: 'rds-disable-public-access',
  version: 1,
  title: 'Take the public address of an RDS instance away',
  fixes: ['rds-no-public-access'],
  restoresEvidence: false,
  cap: 5,
  settleSeconds: 300,
  autoWhen: { never: 'Who connects from outside of the VPC can not be seen from the instance.' },
  permissions: {
    capture: ['rds:DescribeDBInstances'],
    apply: ['rds:ModifyDBInstance'],
    undo: ['rds:ModifyDBInstance'],
  },
  settings: z.object({}),
  captured: z.object({ instance: Instances }),
  exposesAgain: 'The instance has a public address again.',
  target: locate({
    resourceTypes: ['AWS::RDS::DBInstance'],
    id: /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
    // The resource id (db-ABC…) of AWS Config is not what calls take.
    idOf: ({ resourceName, arn }) => resourceName ?? arn?.split(':db:')[1],
    arnOf: (target) => arnIn(target, 'rds', `db:${target.id}`),
  }),
  reads: (target) => [
    read(
      'instance',
      {
        service: 'rds',
        action: 'DescribeDBInstances',
        region: target.region,
        input: { DBInstanceIdentifier: target.id },
        allows: [allow('rds:DescribeDBInstances', target.arn)],
      },
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    ),
  ],
  tags: ({ instance }) => tagMap(instance?.DBInstances[0]?.TagList),
  meaning: ({ instance }) => {
    const [found] = instance?.DBInstances ?? [];
    return found === undefined ? null : { publiclyAccessible: found.PubliclyAccessible };
  },
  observed: ({ instance }) => {
    const [found] = instance?.DBInstances ?? [];
    return found === undefined
      ? null
      : {
          resourceType: 'AWS::RDS::DBInstance',
          configuration: {
            dBInstanceIdentifier: found.DBInstanceIdentifier,
            publiclyAccessible: found.PubliclyAccessible,
          },
        };
  },
  plan({ captured, target }) {
    const [found] = captured.instance?.DBInstances ?? [];
    if (!found) return nothingToDo('the instance is gone');
    if (!found.PubliclyAccessible) return nothingToDo('the instance is not publicly accessible');
    if (found.DBInstanceStatus !== 'available')
      return cannot(
        `the instance is ${found.DBInstanceStatus ?? 'in an unknown state'}, and takes no change now`,
      );
    return {
      outcome: 'change',
      calls: [setPublic(target, false)],
      after: { instance: { DBInstances: [{ ...found, PubliclyAccessible: false }] } },
      notes: ['Clients outside of the VPC lose the instance at once.'],
    };
  },
  undo: ({ captured, target }) => ({
    reversible: true,
    calls: [setPublic(target, captured.instance?.DBInstances[0]?.PubliclyAccessible ?? false)],
    sameMeaning: 'The public address may be another: clients find it by the same name.',
  }),
});
