import { isDeepStrictEqual } from 'node:util';
import { eventPatterns } from '../../resources/event-patterns';
import { objectCreated } from '../../resources/trails';
import type { CompliancePolicy, Exemption, Mode } from '../../shared/contracts/trailseal/compliance-policy';
import { controls } from '../../shared/controls';
import { type Control, isRule } from '../../shared/controls/control';
import { pathsRead } from '../../shared/controls/reads';
import { aliasesOf } from '../../shared/policy/control-names';
import { controlNamed } from '../control-named';
import { frameworkRows } from '../frameworks';
import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import { controlRecord, parameterSchema, settingsOf } from '../rules/control-record';
import { type PolicyHere, policyHere } from '../rules/policy-here';
import type { ExitCode, Shell } from '../shell';
import { columnLines, type Line, listed, pageText, paragraph, type Section, step } from '../show/page';
import { styleOf } from '../table';

export interface ExplainOptions {
  readonly config?: string;
  readonly format: Format;
}

/** Says all about one control, and what compliance.yml makes of it here. */
export async function explain(name: string, options: ExplainOptions, shell: Shell): Promise<ExitCode> {
  const control = controlNamed(name, controls, 'ID');
  const here = policyHere(options.config, shell);
  if (options.format === 'text') {
    const { out, env } = shell;
    out.write(`${pageText(sections(control, here), styleOf(out, env))}\n`);
  } else {
    const write = options.format === 'json' ? jsonText : jsonLine;
    shell.out.write(write(explanationRecord(control, here.policy)));
  }
  return here.isInvalid ? 2 : 0;
}

/** A rule's part of the pattern that is deployed for all of them; of a verification, the arrival of files here. */
const eventPatternOf = (control: Control, policy: CompliancePolicy | undefined): object =>
  isRule(control)
    ? eventPatterns([control]).configurationItemChange
    : objectCreated(policy?.trails.buckets ?? []);

const exemptionsOf = ({ id }: Control, policy: CompliancePolicy | undefined): readonly Exemption[] =>
  policy?.exemptions.filter(({ control }) => control === id) ?? [];

/** `exemptions` is null where compliance.yml is not known. */
const explanationRecord = (control: Control, policy: CompliancePolicy | undefined) => ({
  ...controlRecord(control, policy),
  eventPattern: eventPatternOf(control, policy),
  exemptions: policy === undefined ? null : exemptionsOf(control, policy),
});

const sections = (control: Control, here: PolicyHere): Section[] => [
  {
    title: control.id,
    lines: [
      paragraph(`${control.title}.`),
      paragraph(`Severity ${control.severity}, version ${control.version}.`),
    ],
  },
  { title: 'Why it matters', lines: [paragraph(control.rationale)] },
  { title: 'What it reads', lines: readLines(control) },
  { title: 'Parameters', lines: parameterLines(control, here) },
  { title: `Here${here.file === undefined ? '' : `, by ${here.file}`}`, lines: hereLines(control, here) },
  { title: 'What you can do when it fails', lines: control.whatToDo.map(step) },
  {
    title: 'Frameworks',
    lines: columnLines(frameworkRows(control)),
  },
  { title: 'Also known as', lines: aliasesOf(control).map(listed) },
  {
    title: `EventBridge pattern that brings it ${isRule(control) ? 'items' : 'files'}`,
    lines: patternLines(control, here),
  },
];

const readLines = (control: Control): Line[] =>
  isRule(control)
    ? [paragraph(`Of ${control.resourceTypes.join(', ')}:`), ...pathsRead(control).map(listed)]
    : [paragraph(control.verifies)];

const patternLines = (control: Control, { policy }: PolicyHere): Line[] => {
  const pattern = eventPatternOf(control, policy);
  return Object.keys(pattern).length === 0
    ? [paragraph('None: compliance.yml names no bucket under trails.buckets.')]
    : [{ text: JSON.stringify(pattern) }];
};

function parameterLines(control: Control, { policy, file }: PolicyHere): Line[] {
  const { properties = {} } = parameterSchema(control);
  const set = settingsOf(control, policy)?.parameters;
  return Object.entries(properties).flatMap(([name, schema]): Line[] => {
    const { default: fallback, description = '' } = typeof schema === 'object' ? schema : {};
    const differs = set !== undefined && !isDeepStrictEqual(set[name], fallback);
    return [
      { mark: '- ', text: `${name}: ${description}` },
      { mark: '  ', text: `Default: ${JSON.stringify(fallback)}` },
      ...(differs
        ? [{ mark: '  ', text: `By ${file}: ${JSON.stringify(set[name])}`, colour: 'yellow' as const }]
        : []),
    ];
  });
}

/** What a mode comes to, for a person. */
const effects: Readonly<Record<Mode, string>> = {
  off: 'it is not judged',
  notify: 'people are told',
  'dry-run': 'people are told, and what would be changed is shown',
  approve: 'people are told, and it is changed when one of them approves',
  auto: 'people are told, and it is changed at once',
};

function hereLines(control: Control, { policy }: PolicyHere): Line[] {
  const mode = settingsOf(control, policy)?.mode;
  if (policy === undefined || mode === undefined) return [paragraph('Mode and exemptions are not known.')];
  const exemptions = exemptionsOf(control, policy);
  return [
    paragraph(`Mode ${mode}: ${effects[mode]}.`),
    ...(exemptions.length > 0
      ? exemptions.map((exemption) => listed(exemptionText(exemption)))
      : [paragraph(control.exemptible ? 'No exemptions.' : notExemptible)]),
  ];
}

const notExemptible = "It can't be exempted: it guards the evidence that every other alert rests on.";

function exemptionText({ scope, owner, reason, expiresAt }: Exemption): string {
  const where = Object.entries(scope).map(
    ([kind, values]: [string, readonly string[]]) => `${kind} ${values.join(', ')}`,
  );
  // It ends with the last day, so the instant of its end is of the day after.
  const lastDay = new Date(Date.parse(expiresAt) - 1).toISOString().slice(0, 10);
  return `Exempt through ${lastDay} (UTC) for ${where.join('; ')}. ${owner}: ${reason}`;
}
