import * as z from 'zod';
import { severities } from '../../shared/contracts/trailseal/finding';
import { type Control, type Frameworks, isDetection, isPartner, isRule } from '../../shared/controls/control';
import { heardBy } from '../../shared/controls/detections/heard';
import { findingsTaken } from '../../shared/controls/partners/partner';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import frameworkItemsKnown from './framework-items.json';
import { code, GENERATED, page, table } from './markdown';

/** docs/reference/controls.md: each control, and which control answers to each item of a framework. */
export const renderCatalogue = (controls: readonly Control[]): string => page(paragraphs(controls));

function paragraphs(controls: readonly Control[]): string[] {
  return [
    GENERATED('shared/controls'),
    '# Controls',
    `What Trailseal judges: ${controls.length} controls. Settings of each stand in \`compliance.yml\` under its id.`,
    table(
      ['control', 'severity', 'what holds', 'resource types'],
      bySeverity(controls).map((control) => [
        link(control),
        control.severity,
        control.title,
        control.resourceTypes.map(code).join(', '),
      ]),
    ),
    ...controls.map(section),
    '## Framework items',
    'Which control answers to an item. Items of CIS AWS Foundations and of AWS Foundational Security Best Practices that a check could answer to, and none does yet, are listed as not covered.',
    ...frameworkItems(controls),
  ];
}

const link = ({ id }: Control) => `[${id}](#${id})`;
const list = (entries: readonly string[]) => (entries.length === 0 ? 'none' : entries.map(code).join(', '));

const bySeverity = (controls: readonly Control[]) =>
  controls.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));

const section = (control: Control): string =>
  [
    `## ${control.id}`,
    `**${control.title}.** ${control.rationale}`,
    table(
      ['', ''],
      [
        ['severity', control.severity],
        ['version', String(control.version)],
        ['judges', list(control.resourceTypes)],
        ['reads', readBy(control)],
        ...(isDetection(control) ? [['ATT&CK', control.attack.join(', ')]] : []),
        [
          'can be exempted',
          control.exemptible ? 'yes' : 'no: it guards the evidence that every other alert rests on',
        ],
        ['also known as', list(aliasesOf(control))],
        ...frameworks(control.frameworks).map(({ name, items }) => [name, items.join(', ')]),
      ],
    ),
    'What to do:',
    control.whatToDo.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    parameters(control),
  ].join('\n\n');

function readBy(control: Control): string {
  if (isRule(control)) return list(pathsRead(control));
  if (isPartner(control)) return findingsTaken(control);
  return isDetection(control) ? list(heardBy(control)) : control.verifies;
}

function parameters(control: Control): string {
  const { properties = {} } = z.toJSONSchema(control.parameters, { io: 'input' });
  const rows = Object.entries(properties).map(([name, schema]) =>
    typeof schema === 'object'
      ? [code(name), code(JSON.stringify(schema.default)), schema.description ?? '']
      : [code(name), '', ''],
  );
  return rows.length === 0 ? 'It has no parameters.' : table(['parameter', 'default', 'meaning'], rows);
}

/** The items of each framework that a control answers to, those without any left out. */
const frameworks = ({ cis, securityHub, awsConfig, nist80053r5, pciDss4, soc2 }: Frameworks) =>
  [
    ...Object.entries(cis).map(([version, item]) => ({
      name: `CIS AWS Foundations ${version}`,
      items: [item],
    })),
    { name: 'AWS Security Hub', items: securityHub },
    { name: 'AWS Config managed rules', items: awsConfig },
    { name: 'NIST SP 800-53 r5', items: nist80053r5 },
    { name: 'PCI DSS 4.0', items: pciDss4 },
    { name: 'SOC 2', items: soc2 },
  ].filter(({ items }) => items.length > 0);

function frameworkItems(controls: readonly Control[]): string[] {
  const answers = new Map<string, Map<string, Control[]>>();
  for (const control of controls) {
    for (const { name, items } of frameworks(control.frameworks)) {
      const byItem = answers.get(name) ?? new Map<string, Control[]>();
      for (const item of items) byItem.set(item, [...(byItem.get(item) ?? []), control]);
      answers.set(name, byItem);
    }
  }
  const natural = new Intl.Collator('en', { numeric: true });
  return [...answers]
    .sort(([a], [b]) => natural.compare(a, b))
    .flatMap(([name, byItem]) => [
      `### ${name}`,
      table(
        ['item', 'controls'],
        [...answered(byItem), ...notCovered(name, byItem)].sort(([a], [b]) => natural.compare(a, b)),
      ),
    ]);
}

/** What each framework asks for that can be checked, in our words, by item. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(
    Object.entries(frameworkItemsKnown.cis).map(([version, items]) => [
      `CIS AWS Foundations ${version}`,
      items,
    ]),
  ),
  'AWS Security Hub': frameworkItemsKnown.securityHub,
};

type Answers = ReadonlyMap<string, readonly Control[]>;

const answered = (byItem: Answers): [string, string][] =>
  [...byItem].map(([item, answering]) => [item, answering.map(link).join(', ')]);

const notCovered = (framework: string, byItem: Answers): [string, string][] =>
  Object.entries(known[framework] ?? {})
    .filter(([item]) => !byItem.has(item))
    .map(([item, what]) => [item, `not covered: ${what}`]);
