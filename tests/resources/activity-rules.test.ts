import path from 'node:path';
import { compileEventPattern } from '../../local/event-pattern';
import type { Template } from '../../local/template';
import { detections } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import { LONGEST_PATTERN } from '../../shared/controls/detections/patterns';
import { loadCompliancePolicy } from '../../tools/policy-loader';
import { call, delivered, type Raw } from '../shared/controls/detections/detecting';
import { compiledTemplate } from '../support/compiled-template';
import { fixtureLines } from '../support/judge-rule';

interface Rule {
  readonly State?: string;
  readonly EventBusName?: unknown;
  readonly EventPattern: object;
  readonly Targets: readonly { readonly Arn: unknown }[];
}

const WITH_READ_ONLY = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const INTAKE = 'Forwarded';

let all: readonly (readonly [id: string, rule: Rule])[];
let own: typeof all;
/** Of each bus, whether one of its rules brings a record to detect-activity. */
let reaches: Readonly<Record<'default' | 'intake', (record: Raw) => boolean>>;

beforeAll(() => {
  const { Resources }: Template = compiledTemplate();
  all = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Events::Rule')
    .map(([id, { Properties }]) => [id, Properties as unknown as Rule]);
  const queue = JSON.stringify({ 'Fn::GetAtt': ['DetectActivityQueue', 'Arn'] });
  own = all.filter(([, { Targets }]) => Targets.some(({ Arn }) => JSON.stringify(Arn) === queue));
  const on = (isIntake: boolean) => {
    const matchers = own
      .filter(([, { EventBusName }]) => (EventBusName !== undefined) === isIntake)
      .map(([, { EventPattern }]) => compileEventPattern(EventPattern));
    return (record: Raw) => matchers.some((matches) => matches(delivered(record)));
  };
  reaches = { default: on(false), intake: on(true) };
}, 60_000);

test('read-only calls come by the rules that need them, and by no other of the stack', () => {
  const withReadOnly = all.filter(([, { State }]) => State === WITH_READ_ONLY).map(([id]) => id);
  const needing = ['ActivityRootUsage', 'ActivityStsReadOnly', 'ActivityUnauthorizedApiCalls'];
  expect(withReadOnly.sort()).toEqual([...needing, ...needing.map((id) => INTAKE + id)].sort());
  expect(all.filter(([, { State }]) => ![WITH_READ_ONLY, 'ENABLED', undefined].includes(State))).toEqual([]);
  expect(own.filter(([, { State }]) => State === undefined)).toEqual([]);
});

test('EventBridge takes every pattern of the stack', () => {
  expect(own.length).toBeGreaterThan(20);
  for (const [id, { EventPattern }] of all)
    expect([id, JSON.stringify(EventPattern ?? {}).length <= LONGEST_PATTERN]).toEqual([id, true]);
});

test('what members and other Regions forward comes by the same rules', () => {
  const rules = new Map(own);
  const here = own.filter(([id]) => !id.startsWith(INTAKE));
  expect(own.length).toBe(2 * here.length);
  for (const [id, { EventBusName, ...rule }] of here) {
    expect(EventBusName).toBeUndefined();
    const { EventBusName: bus, ...forwarded } = rules.get(INTAKE + id) as Rule;
    expect(bus).toEqual({ Ref: 'IntakeBus' });
    expect(forwarded).toEqual(rule);
  }
});

const listening = detections.flatMap(({ id, listensTo: { calls = {}, failed = [] } }) =>
  Object.entries(calls).flatMap(([source, names]) =>
    names.map((name) => ({ id, source, name, failed: failed.includes(name) })),
  ),
);

test('every call that a detection listens to reaches it, failed only where that counts, and its neighbours not', () => {
  const said = listening.map(({ source, name }) => {
    const made = call(source.replace('.amazonaws.com', ''), name, {});
    const signIn = source === 'signin.amazonaws.com' ? { eventType: 'AwsConsoleSignIn' } : {};
    const ways = Object.values(reaches);
    return {
      source,
      name,
      worked: ways.map((reach) => reach({ ...made, ...signIn })),
      failed: ways.map((reach) => reach({ ...made, ...signIn, errorCode: 'InternalFailure' })),
      neighbour: ways.map((reach) => reach({ ...made, ...signIn, eventName: `${name}s` })),
    };
  });
  // One detection may count the failures of a call that another listens to as well.
  const counts = (source: string, name: string) =>
    listening.some((one) => one.source === source && one.name === name && one.failed);
  expect(said).toEqual(
    said.map(({ source, name }) => ({
      source,
      name,
      worked: [true, true],
      failed: [counts(source, name), counts(source, name)],
      neighbour: [false, false],
    })),
  );
});

interface Row {
  readonly event: Raw;
  readonly envelope?: string;
}

test('of published records all that is detected comes, and nothing comes that no detection listens to', () => {
  const policy = loadCompliancePolicy(path.join(__dirname, '..', '..', 'compliance.yml'));
  const { inRaw, wants } = detector(detections, policy);
  const records = ['cloudtrail-rules/records', 'cloudtrail-attacks/invictus', 'cloudtrail-attacks/stratus']
    .flatMap((file) => fixtureLines<Row>(`${file}.jsonl`))
    .map(({ event, envelope }) => (envelope === 'eventbridge' ? (event['detail'] as Raw) : event))
    .filter(({ eventTime, awsRegion }) => !Number.isNaN(Date.parse(String(eventTime))) && awsRegion);
  let detected = 0;
  for (const record of records) {
    const isDetected = inRaw(record).length > 0;
    if (isDetected) detected += 1;
    for (const [bus, reach] of Object.entries(reaches)) {
      const comes = reach(record);
      const { eventSource, eventName } = record;
      expect({ bus, eventSource, eventName, lost: isDetected && !comes }).toMatchObject({ lost: false });
      expect({ bus, eventSource, eventName, vain: comes && !wants(record) }).toMatchObject({ vain: false });
    }
  }
  expect(detected).toBeGreaterThan(200);
});
