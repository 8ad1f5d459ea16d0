import { modes } from '../../shared/contracts/trailseal/compliance-policy';
import { type Severity, severities } from '../../shared/contracts/trailseal/finding';
import { controls } from '../../shared/controls';
import type { Control } from '../../shared/controls/control';
import { nearestWord } from '../../shared/policy/nearest-word';
import { Failure } from '../failure';
import { frameworksNamed, frameworksOf } from '../frameworks';
import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import { paintedBySeverity } from '../severity';
import type { ExitCode, Shell } from '../shell';
import { type Column, styleOf, type TextStyle, tableText, tally } from '../table';
import { controlRecord, settingsOf } from './control-record';
import { type PolicyHere, policyHere } from './policy-here';

export interface RulesOptions {
  readonly service?: readonly string[];
  readonly severity?: readonly Severity[];
  readonly framework?: readonly string[];
  readonly config?: string;
  readonly format: Format;
}

/** Lists the controls that there are, worst first, with what compliance.yml does about each. */
export async function rules(options: RulesOptions, shell: Shell): Promise<ExitCode> {
  const frameworks = wantedFrameworks(options.framework);
  const selected = bySeverity(select(options, frameworks));
  const here = policyHere(options.config, shell);
  switch (options.format) {
    case 'json':
      shell.out.write(
        jsonText({
          controls: selected.map((control) => controlRecord(control, here.policy)),
          summary: summaryRecord(selected, here),
        }),
      );
      break;
    case 'ndjson':
      for (const control of selected) shell.out.write(jsonLine(controlRecord(control, here.policy)));
      shell.out.write(jsonLine(summaryRecord(selected, here)));
      break;
    case 'text':
      shell.out.write(rulesText(selected, here, frameworks, styleOf(shell.out, shell.env)));
  }
  return here.isInvalid ? 2 : 0;
}

/** The services whose resources a control judges: `AWS::EC2::SecurityGroup` is one of `ec2`. */
const servicesOf = ({ resourceTypes }: Control): string[] => [
  ...new Set(resourceTypes.map((type) => (type.split('::')[1] || 'account').toLowerCase())),
];

/** @throws Failure for a service that no control judges, so that a misspelt one doesn't look like a safe one */
function select({ service, severity }: RulesOptions, frameworks: readonly string[] | undefined): Control[] {
  const services = service?.map((name) =>
    known(
      name.toLowerCase(),
      [...new Set(controls.flatMap(servicesOf))].sort(),
      '--service',
      'judges anything of',
    ),
  );
  return controls.filter(
    (control) =>
      (services === undefined || servicesOf(control).some((own) => services.includes(own))) &&
      (severity === undefined || severity.includes(control.severity)) &&
      (frameworks === undefined || frameworksOf(control).some(({ key }) => frameworks.includes(key))),
  );
}

function wantedFrameworks(given: readonly string[] | undefined): string[] | undefined {
  const keys = [...new Set(controls.flatMap(frameworksOf).map(({ key }) => key))].sort();
  return given?.flatMap((name) => {
    const found = frameworksNamed(name, keys);
    return found.length > 0 ? found : [known(name, keys, '--framework', 'answers to')];
  });
}

function known(name: string, names: readonly string[], option: string, verb: string): string {
  if (names.includes(name)) return name;
  const near = nearestWord(name, names);
  throw new Failure(`${option}: no control ${verb} ${name}`, [
    near === undefined ? `There are: ${names.join(', ')}` : `Did you mean ${near}?`,
  ]);
}

const bySeverity = (selected: readonly Control[]): Control[] =>
  selected.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));

const modeOf = (control: Control, { policy }: PolicyHere): string => settingsOf(control, policy)?.mode ?? '?';

const summaryRecord = (selected: readonly Control[], here: PolicyHere) => ({
  kind: 'summary',
  controls: selected.length,
  ofAll: controls.length,
  bySeverity: countsOf(selected.map(({ severity }) => severity)),
  ...(here.policy === undefined
    ? {}
    : { byMode: countsOf(selected.map((control) => modeOf(control, here))) }),
});

const countsOf = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]),
  );

/** One line each where they fit, then the totals. */
function rulesText(
  selected: readonly Control[],
  here: PolicyHere,
  frameworks: readonly string[] | undefined,
  style: TextStyle,
): string {
  if (selected.length === 0) return 'No control is all of that.\n';
  const severity: Column<Control> = { title: 'SEVERITY', text: (control) => control.severity };
  const id: Column<Control> = { title: 'CONTROL', text: (control) => control.id };
  const mode: Column<Control> = { title: 'MODE', text: (control) => modeOf(control, here) };
  const title: Column<Control> = { title: 'WHAT HOLDS', text: (control) => control.title };
  const types: Column<Control> = {
    title: 'RESOURCE TYPES',
    text: ({ resourceTypes }) => resourceTypes.join(', '),
  };
  // Whoever asks for a framework wants to know which of its items a control answers to.
  const items: Column<Control>[] =
    frameworks === undefined ? [] : [{ title: 'ITEMS', text: (control) => itemsOf(control, frameworks) }];
  const table = tableText(
    selected,
    [
      { columns: [severity, id, mode, ...items, title, types] },
      { columns: [severity, id, mode, ...items, types], below: title.text },
      { columns: [severity, id, mode], below: title.text },
    ],
    style,
    paintedBySeverity(style.paint),
  );
  return `${table}\n\n${totalsText(selected, here)}\n`;
}

const itemsOf = (control: Control, frameworks: readonly string[]): string =>
  frameworksOf(control)
    .filter(({ key }) => frameworks.includes(key))
    .map(({ key, items }) => (frameworks.length === 1 ? items.join(' ') : `${key}: ${items.join(' ')}`))
    .join(', ');

function totalsText(selected: readonly Control[], here: PolicyHere): string {
  const ofAll = selected.length === controls.length ? '' : ` of ${controls.length}`;
  const inModes = tally(
    selected.map((control) => modeOf(control, here)),
    modes,
  );
  const said = [
    `${selected.length}${ofAll} ${controls.length === 1 ? 'control' : 'controls'}: ${tally(
      selected.map(({ severity }) => severity),
      severities,
    )}`,
    ...(here.policy === undefined ? [] : [`by ${here.file}: ${inModes}`]),
  ];
  return `${said.join('; ')}. All about one: trailseal explain CONTROL`;
}
