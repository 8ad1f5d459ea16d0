import { modes } from '../../shared/contracts/trailseal/compliance-policy';
import { type Severity, severities } from '../../shared/contracts/trailseal/finding';
import { rules as controls } from '../../shared/controls';
import type { AnyRule } from '../../shared/controls/control';
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
          controls: selected.map((rule) => controlRecord(rule, here.policy)),
          summary: summaryRecord(selected, here),
        }),
      );
      break;
    case 'ndjson':
      for (const rule of selected) shell.out.write(jsonLine(controlRecord(rule, here.policy)));
      shell.out.write(jsonLine(summaryRecord(selected, here)));
      break;
    case 'text':
      shell.out.write(rulesText(selected, here, frameworks, styleOf(shell.out, shell.env)));
  }
  return here.isInvalid ? 2 : 0;
}

/** The services whose resources a control judges: `AWS::EC2::SecurityGroup` is one of `ec2`. */
const servicesOf = ({ resourceTypes }: AnyRule): string[] => [
  ...new Set(resourceTypes.map((type) => (type.split('::')[1] ?? '').toLowerCase())),
];

/** @throws Failure for a service that no control judges, so that a misspelt one doesn't look like a safe one */
function select({ service, severity }: RulesOptions, frameworks: readonly string[] | undefined): AnyRule[] {
  const services = service?.map((name) =>
    known(
      name.toLowerCase(),
      [...new Set(controls.flatMap(servicesOf))].sort(),
      '--service',
      'judges anything of',
    ),
  );
  return controls.filter(
    (rule) =>
      (services === undefined || servicesOf(rule).some((own) => services.includes(own))) &&
      (severity === undefined || severity.includes(rule.severity)) &&
      (frameworks === undefined || frameworksOf(rule).some(({ key }) => frameworks.includes(key))),
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

const bySeverity = (selected: readonly AnyRule[]): AnyRule[] =>
  selected.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));

const modeOf = (rule: AnyRule, { policy }: PolicyHere): string => settingsOf(rule, policy)?.mode ?? '?';

const summaryRecord = (selected: readonly AnyRule[], here: PolicyHere) => ({
  kind: 'summary',
  controls: selected.length,
  ofAll: controls.length,
  bySeverity: countsOf(selected.map(({ severity }) => severity)),
  ...(here.policy === undefined ? {} : { byMode: countsOf(selected.map((rule) => modeOf(rule, here))) }),
});

const countsOf = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]),
  );

/** One line each where they fit, then the totals. */
function rulesText(
  selected: readonly AnyRule[],
  here: PolicyHere,
  frameworks: readonly string[] | undefined,
  style: TextStyle,
): string {
  if (selected.length === 0) return 'No control is all of that.\n';
  const severity: Column<AnyRule> = { title: 'SEVERITY', text: (rule) => rule.severity };
  const id: Column<AnyRule> = { title: 'CONTROL', text: (rule) => rule.id };
  const mode: Column<AnyRule> = { title: 'MODE', text: (rule) => modeOf(rule, here) };
  const title: Column<AnyRule> = { title: 'WHAT HOLDS', text: (rule) => rule.title };
  const types: Column<AnyRule> = {
    title: 'RESOURCE TYPES',
    text: ({ resourceTypes }) => resourceTypes.join(', '),
  };
  // Whoever asks for a framework wants to know which of its items a control answers to.
  const items: Column<AnyRule>[] =
    frameworks === undefined ? [] : [{ title: 'ITEMS', text: (rule) => itemsOf(rule, frameworks) }];
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

const itemsOf = (rule: AnyRule, frameworks: readonly string[]): string =>
  frameworksOf(rule)
    .filter(({ key }) => frameworks.includes(key))
    .map(({ key, items }) => (frameworks.length === 1 ? items.join(' ') : `${key}: ${items.join(' ')}`))
    .join(', ');

function totalsText(selected: readonly AnyRule[], here: PolicyHere): string {
  const ofAll = selected.length === controls.length ? '' : ` of ${controls.length}`;
  const inModes = tally(
    selected.map((rule) => modeOf(rule, here)),
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
