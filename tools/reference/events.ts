import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument } from 'yaml';
import { eventPatterns } from '../../resources/event-patterns';
import { indexedActivity } from '../../resources/indexed-activity';
import { ownActivity } from '../../resources/own-activity';
import { findingsPattern } from '../../resources/remediation';
import { objectCreated } from '../../resources/trails';
import { TransitionKind } from '../../shared/contracts/trailseal/finding';
import { type AnyRule, type Control, isDetection, isPartner, isRule } from '../../shared/controls/control';
import { activityRules } from '../../shared/controls/detections/patterns';
import { partnerRules } from '../../shared/controls/partners/partner';
import { code, GENERATED, page, table } from './markdown';

/** docs/reference/events.md: what each function is brought by, what it sends, and the schemas of that. */
export function renderEvents(
  root: string,
  controls: readonly Control[],
  functionNames: readonly string[],
): string {
  const rules = controls.filter(isRule);
  return page([
    GENERATED('functions/*/function.yml, shared/controls and shared/contracts'),
    '# Events',
    '## What brings events to each function',
    'Patterns as they are with all controls on; `mode: off` in compliance.yml takes a type out that no other control judges, without `trails.buckets` no file is listened for, and without a remediation neither findings nor own calls.',
    table(
      ['function', 'rule', 'bus', 'pattern or schedule'],
      functionNames.flatMap((name) => rulesOf(root, name, controls).map((cells) => [code(name), ...cells])),
    ),
    'Each function takes the bare event as well as a batch of its queue. Samples of each are in `local/samples`.',
    '## What Trailseal sends',
    table(
      ['where', 'what', 'schema'],
      [
        [
          'bus `trailseal-<stage>`',
          `source \`trailseal\`, detail-type ${TransitionKind.options.map((kind) => code(`Finding ${kind}`)).join(', ')}`,
          '[finding-event](../schemas/finding-event.schema.json)',
        ],
        ['topic `trailseal-<stage>-alerts`', 'default message', '[alert](../schemas/alert.schema.json)'],
        [
          'queue `trailseal-<stage>-dead-letters`',
          'the message as it came; attributes `reason`, `error`, `stage`',
          '',
        ],
      ],
    ),
    '## Which resource types are judged',
    table(
      ['resource type', 'controls'],
      [...new Set(rules.flatMap(({ resourceTypes }) => resourceTypes))].sort().map((type) => [
        code(type),
        rules
          .filter(({ resourceTypes }) => resourceTypes.includes(type))
          .map(({ id }) => `[${id}](controls.md#${id})`)
          .join(', '),
      ]),
    ),
  ]);
}

/** Name, bus and pattern of each EventBridge rule in a function.yml. */
function rulesOf(root: string, name: string, controls: readonly Control[]): string[][] {
  const file = join('functions', name, 'function.yml');
  // CloudFormation's tags (!Ref, !GetAtt) are read as what they are put on.
  const document = parseDocument(readFileSync(join(root, file), 'utf8'), { logLevel: 'error' });
  const schedule = document.getIn(['function', 'events', 0, 'eventBridge', 'schedule']);
  if (typeof schedule === 'string') return [['', 'default', code(schedule)]];
  const declared = document.get('rules');
  if (typeof declared === 'string') return generated(declared, controls);
  if (!isMap(declared)) return [];
  return declared.items.map(({ key, value }) => {
    const { EventPattern, EventBusName = 'default' } = isMap(value) ? value.toJSON() : {};
    const pattern =
      typeof EventPattern === 'string' ? derived(EventPattern, controls.filter(isRule)) : EventPattern;
    return [
      code(isScalar(key) ? String(key.value) : ''),
      buses[String(EventBusName)] ?? String(EventBusName),
      code(JSON.stringify(pattern)),
    ];
  });
}

const indexed = [
  { name: 'IndexedActivity', state: 'ENABLED', pattern: indexedActivity },
  {
    name: 'OwnActivity',
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    pattern: ownActivity('trailseal-<stage>-remediation'),
  },
];

/** Rules that a function has by what its controls listen to. Each is on the intake bus as well. */
function generated(variable: string, controls: readonly Control[]): string[][] {
  const anyPolicy = { controls: {}, trails: { buckets: [], topics: [], lookbackDays: 30 } };
  const rules = variable.includes('activity-rules.cjs):indexed')
    ? indexed
    : variable.includes('activity-rules')
      ? activityRules(controls.filter(isDetection), anyPolicy)
      : partnerRules(controls.filter(isPartner), anyPolicy);
  return rules.map(({ name, pattern, ...rest }) => [
    `\`${name}\`${'state' in rest && rest.state !== 'ENABLED' ? ', with read-only calls' : ''}`,
    `default and ${buses['IntakeBus']}`,
    code(JSON.stringify(pattern)),
  ]);
}

const buses: Readonly<Record<string, string>> = {
  default: 'default',
  IntakeBus: '`trailseal-<stage>-intake`',
  FindingsBus: '`trailseal-<stage>`',
};

/** `${file(resources/event-patterns.cjs):NAME}`, or the same of trails.cjs and remediation.cjs. */
function derived(variable: string, rules: readonly AnyRule[]): unknown {
  const [, name = ''] = /(?:event-patterns|trails|remediation)\.cjs\):(\w+)/.exec(variable) ?? [];
  const patterns: Readonly<Record<string, unknown>> = {
    ...eventPatterns(rules),
    objectCreated: objectCreated([{ name: '<each of trails.buckets>' }]),
    findings: findingsPattern(['<each control that compliance.yml lets remediate>']),
  };
  if (!(name in patterns)) throw new Error(`no event pattern ${variable}`);
  return patterns[name];
}
