import * as z from 'zod/mini';
import type { CompliancePolicy } from '../../../shared/contracts/trailseal/compliance-policy';
import { type Control, compliant, defineRule } from '../../../shared/controls/control';
import { defineVerification } from '../../../shared/controls/verifications/verification';
import { compileCompliancePolicy } from '../../../shared/policy/compliance-yml';
import { type Mistake, printMistakes } from '../../../shared/policy/mistake';
import type { KnownRemediation, Rulebook } from '../../../shared/policy/rulebook';

export const now = new Date('2026-11-20T23:30:00Z');

const metadata = {
  version: 1,
  title: 'Something holds',
  severity: 'low' as const,
  rationale: 'It must.',
  whatToDo: ['Make it hold.'] as const,
  resourceTypes: ['AWS::S3::Bucket'] as const,
  reads: z.object({}),
  judge: () => compliant,
};
const frameworks = { cis: {}, securityHub: [], awsConfig: [], nist80053r5: [], pciDss4: [], soc2: [] };

/** Controls of these tests' own: a new one of the project must not be able to break them. */
export const testControls: readonly Control[] = [
  defineRule({
    ...metadata,
    id: 'door-is-shut',
    exemptible: true,
    frameworks: {
      ...frameworks,
      awsConfig: ['DOOR_CHECK'],
      securityHub: ['House.1'],
      cis: { '3.0.0': '5.2' },
    },
    parameters: z
      .object({
        least: z._default(z.int().check(z.minimum(0), z.describe('At least.')), 1),
        most: z._default(z.int().check(z.describe('At most.')), 9),
      })
      .check(z.refine(({ least, most }) => least <= most, { error: 'least up to most', path: ['least'] })),
  }),
  defineRule({
    ...metadata,
    id: 'window-is-shut',
    exemptible: true,
    frameworks: { ...frameworks, awsConfig: ['DOOR_CHECK'], securityHub: ['House.2'] },
    parameters: z.object({}),
  }),
  defineRule({
    ...metadata,
    id: 'lock-is-sealed',
    exemptible: false,
    frameworks: { ...frameworks, securityHub: ['House.3'] },
    parameters: z.object({}),
  }),
  defineVerification({
    id: 'inventory-is-true',
    version: 1,
    title: 'The inventory is true',
    severity: 'high',
    rationale: 'What is not listed is not missed.',
    whatToDo: ['Count again.'],
    exemptible: false,
    frameworks,
    resourceTypes: ['AWS::House::Inventory'],
    verifies: 'Each seal and its number.',
    judge: () => compliant,
  }),
];

/** Without any remediation. */
export const book: Rulebook = { controls: testControls, remediations: [] };

const nothing = z.object({});

export const testRemediations: readonly KnownRemediation[] = [
  {
    id: 'shut-the-door',
    title: 'Shut the door',
    fixes: ['door-is-shut'],
    autoWhen: { says: 'Nobody stands in it.' },
    settings: z.object({
      slam: z._default(z.boolean().check(z.describe('Whether it may be heard.')), false),
    }),
  },
  {
    id: 'shut-the-window',
    title: 'Shut the window',
    fixes: ['window-is-shut'],
    autoWhen: { never: 'Somebody may lean out of it.' },
    settings: z
      .object({
        key: z.string().check(z.regex(/^[a-z]+$/), z.describe('Where its key is.')),
        spare: z.optional(z.string().check(z.describe('Where the other one is.'))),
        turns: z._default(z.int().check(z.minimum(1), z.describe('How often it is turned.')), 2),
      })
      .check(
        z.refine(({ key, spare }) => key !== spare, { error: 'another place than key', path: ['spare'] }),
      ),
  },
  {
    id: 'call-the-porter',
    title: 'Call the porter',
    fixes: [],
    autoWhen: { never: 'Nobody knows what the porter does.' },
    settings: z.object({ number: z.string().check(z.describe('The number of the porter.')) }),
  },
  {
    id: 'ring-the-bell',
    title: 'Ring the bell',
    fixes: [],
    autoWhen: { says: 'It is day.' },
    settings: nothing,
  },
];

/** With these. */
export const bookOfFixes: Rulebook = { controls: testControls, remediations: testRemediations };

export function policyOf(text: string, rulebook = book): CompliancePolicy {
  const compiled = compileCompliancePolicy(text, { ...rulebook, now });
  if ('mistakes' in compiled) throw new Error(printMistakes('compliance.yml', compiled.mistakes));
  return compiled.policy;
}

export function mistakesIn(text: string, rulebook = book): readonly Mistake[] {
  const compiled = compileCompliancePolicy(text, { ...rulebook, now });
  return 'mistakes' in compiled ? compiled.mistakes : [];
}

export const printed = (text: string, rulebook = book) =>
  printMistakes('f', mistakesIn(text, rulebook)).split('\n');
