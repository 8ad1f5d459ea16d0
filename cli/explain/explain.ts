import { isDeepStrictEqual } from 'node:util';
import { eventPatterns } from '../../resources/event-patterns';
import { objectCreated } from '../../resources/trails';
import type {
  CompliancePolicy,
  Exemption,
  Mode,
  ResourceScope,
} from '../../shared/contracts/trailseal/compliance-policy';
import { controls } from '../../shared/controls';
import { type Control, isDetection, isPartner, isRule } from '../../shared/controls/control';
import { heardBy } from '../../shared/controls/detections/heard';
import { activityRules } from '../../shared/controls/detections/patterns';
import { eventPattern, findingsTaken } from '../../shared/controls/partners/partner';
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
import { mendingLines, remediationOf } from './mending';

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

/** A control's part of the patterns that are deployed for all of them; of a verification, the arrival of files here. */
function eventPatternsOf(control: Control, policy: CompliancePolicy | undefined): readonly object[] {
  // What evaluate-account reads by its schedule is brought by no event.
  if (isRule(control)) return control.ofSnapshots ? [] : [eventPatterns([control]).configurationItemChange];
  if (isPartner(control)) return [eventPattern(control)];
  if (!isDetection(control)) return [objectCreated(policy?.trails.buckets ?? [])];
  const settings = policy?.controls[control.id];
  const on = settings === undefined ? {} : { [control.id]: { ...settings, mode: 'notify' as const } };
  return activityRules([control], {
    controls: on,
    trails: policy?.trails ?? { buckets: [], topics: [], lookbackDays: 0 },
  }).map(({ pattern }) => pattern);
}

/** As it is deployed; a list where it takes several rules, none where nothing is listened for. */
function eventPatternOf(control: Control, policy: CompliancePolicy | undefined): object {
  const [pattern = {}, ...others] = eventPatternsOf(control, policy);
  return others.length === 0 ? pattern : [pattern, ...others];
}

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
  { title: 'What Trailseal can do about it', lines: mendingLines(remediationOf(control, here.policy)) },
  { title: 'What you can do when it fails', lines: control.whatToDo.map(step) },
  {
    title: 'Frameworks',
    lines: columnLines(frameworkRows(control)),
  },
  { title: 'Also known as', lines: aliasesOf(control).map(listed) },
  {
    title: `EventBridge pattern that brings it ${brought[control.kind]}`,
    lines: patternLines(control, here),
  },
];

const brought: Readonly<Record<Control['kind'], string>> = {
  rule: 'items',
  verification: 'files',
  detection: 'calls',
  partner: 'findings',
};

function readLines(control: Control): Line[] {
  if (isRule(control))
    return [paragraph(`Of ${control.resourceTypes.join(', ')}:`), ...pathsRead(control).map(listed)];
  if (isPartner(control)) return [paragraph(findingsTaken(control))];
  if (!isDetection(control)) return [paragraph(control.verifies)];
  return [
    paragraph('Of the records of CloudTrail:'),
    ...heardBy(control).map(listed),
    paragraph(
      `MITRE ATT&CK: ${control.attack.join(', ')}. Its finding closes after ${control.quietHours} quiet hours.`,
    ),
  ];
}

const patternLines = (control: Control, { policy }: PolicyHere): Line[] => {
  const patterns = eventPatternsOf(control, policy).filter((pattern) => Object.keys(pattern).length > 0);
  if (patterns.length > 0) return patterns.map((pattern) => ({ text: JSON.stringify(pattern) }));
  if (isRule(control)) return [paragraph('None: evaluate-account reads AWS by its schedule.')];
  return [
    paragraph(
      isDetection(control)
        ? 'None: its parameters leave nothing to listen for.'
        : 'None: compliance.yml names no bucket under trails.buckets.',
    ),
  ];
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
  auto: 'people are told, and it is changed at once where that harms nobody',
};

function hereLines(control: Control, { policy }: PolicyHere): Line[] {
  const settings = settingsOf(control, policy);
  if (policy === undefined || settings === undefined)
    return [paragraph('Mode and exemptions are not known.')];
  const exemptions = exemptionsOf(control, policy);
  return [
    paragraph(`Mode ${settings.mode}: ${effects[settings.mode]}.`),
    ...(settings.scopes ?? []).map(({ mode, ...scope }) =>
      listed(`Mode ${mode} for ${scopeText(scope)}: ${effects[mode]}.`),
    ),
    ...(exemptions.length > 0
      ? exemptions.map((exemption) => listed(exemptionText(exemption)))
      : [paragraph(control.exemptible ? 'No exemptions.' : notExemptible)]),
  ];
}

const notExemptible = "It can't be exempted: it guards the evidence that every other alert rests on.";

function exemptionText({ scope, owner, reason, expiresAt }: Exemption): string {
  // It ends with the last day, so the instant of its end is of the day after.
  const lastDay = new Date(Date.parse(expiresAt) - 1).toISOString().slice(0, 10);
  return `Exempt through ${lastDay} (UTC) for ${scopeText(scope)}. ${owner}: ${reason}`;
}

const scopeText = (scope: ResourceScope): string =>
  Object.entries(scope)
    .map(([kind, values]: [string, readonly string[]]) => `${kind} ${values.join(', ')}`)
    .join('; ');
