import * as z from 'zod/mini';
import { SNAPSHOT_PATH } from '../../../contracts/aws/account-snapshot';
import { compliantUnless, defineRule, insufficientData } from '../../control';

const DAY_MS = 86_400_000;

const text = z.nullable(z.string());

export default defineRule({
  id: 'iam-access-key-rotation',
  version: 1,
  title: 'Active access keys are younger than 90 days',
  severity: 'medium',
  rationale: 'A key that was copied once, by whomever, works until it is replaced.',
  whatToDo: [
    'Look at when and for which service each key was last used, and ask its owner.',
    'Create a second key, move what uses the old one, then deactivate the old one; delete it when nothing broke.',
    'Better do without: roles, and IAM Identity Center for people, hand out keys that expire by themselves.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '1.14',
      '3.0.0': '1.14',
      '4.0.0': '1.14',
      '5.0.0': '1.13',
      '6.0.0': '2.13',
      '7.0.0': '2.12',
    },
    securityHub: ['IAM.3'],
    awsConfig: ['ACCESS_KEYS_ROTATED'],
    nist80053r5: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)'],
    pciDss4: ['8.3.10.1', '8.3.5', '8.3.7', '8.3.9', '8.6.3'],
    soc2: [],
  },
  resourceTypes: ['AWS::IAM::User'],
  ofSnapshots: true,
  parameters: z.object({
    maxDays: z._default(
      z.int().check(z.minimum(1), z.describe('How old an active access key may be, in days.')),
      90,
    ),
  }),
  reads: z.object({
    configurationItemCaptureTime: z.string(),
    supplementaryConfiguration: z.object({
      Snapshot: z.object({
        accessKeys: z.array(z.object({ accessKeyId: text, status: text, createDate: text })),
      }),
    }),
  }),
  judge({ configurationItemCaptureTime, supplementaryConfiguration }, { maxDays }) {
    const active = [...supplementaryConfiguration.Snapshot.accessKeys.entries()].filter(
      ([, { status }]) => status === 'Active',
    );
    const oldest = Date.parse(configurationItemCaptureTime) - maxDays * DAY_MS;
    const old = active.filter(([, { createDate }]) => Date.parse(createDate ?? '') < oldest);
    if (old.length === 0 && active.some(([, { createDate }]) => createDate === null))
      return insufficientData('AWS does not say when an active access key was made');
    return compliantUnless(
      old.map(([index, { accessKeyId, createDate }]) => ({
        says: `access key ${accessKeyId ?? ''} is older than ${maxDays} days`,
        path: `${SNAPSHOT_PATH}.accessKeys[${index}].createDate`,
        value: createDate,
        expected: `at most ${maxDays} days ago`,
      })),
    );
  },
});
