import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileEventPattern } from '../../../../local/event-pattern';
import type { AwsEvent } from '../../../../shared/contracts/aws/event';
import type {
  ControlSettings,
  Mode,
  ResourceScope,
} from '../../../../shared/contracts/trailseal/compliance-policy';
import { eventPattern, mapEvent, partnerRules } from '../../../../shared/controls/partners/partner';
import { partners, settings } from './all';
import {
  ACCOUNT,
  accessAnalyzer,
  advisorItem,
  alarm,
  complianceChange,
  guardDuty,
  inspector,
  published,
  publishedEvent,
  reachability,
  securityHub,
} from './events';

const answers = (event: AwsEvent, controls = settings) =>
  mapEvent(partners, event, { controls }).map(
    ({ partner, mapped }) => `${partner.id} ${mapped.state === 'ignored' ? mapped.because : mapped.state}`,
  );

const off = (id: string) => ({ ...settings, [id]: { mode: 'off' as const, parameters: {} } });

const backdoor = guardDuty({ type: 'Backdoor:EC2/C&CActivity.B' });
const exposedKey = publishedEvent('ev-31c0fd6406ac');

test.each<[string, AwsEvent, string[]]>([
  ['a finding that one mapping knows more about', backdoor, ['guardduty-ec2-compromise open']],
  ['a finding that none knows more about', guardDuty(), ['guardduty-high-finding open']],
  [
    'a stopped trail',
    guardDuty({ type: 'Stealth:IAMUser/CloudTrailLoggingDisabled', severity: 2 }),
    ['guardduty-cloudtrail-disabled open', 'guardduty-high-finding closed'],
  ],
  ['an archived finding', guardDuty({ 'service.archived': true }), ['guardduty-high-finding archived']],
  ['an exposed key', exposedKey, ['trusted-advisor-exposed-keys open']],
  [
    'an exposed key that is gone',
    advisorItem('Exposed Access Keys', 'OK', {}),
    ['trusted-advisor-exposed-keys closed', 'trusted-advisor-status closed'],
  ],
  ['a vulnerability', inspector({ severity: 'CRITICAL' }), ['inspector-critical-finding open']],
  ['a network path', reachability(), ['inspector-network-reachability open']],
  ['a finding of Security Hub', securityHub(), ['securityhub-critical-finding open']],
  ['a custom action of Security Hub', publishedEvent('ev-ce692695213a'), []],
  ['access from outside', accessAnalyzer(), ['access-analyzer-finding open']],
  ['a compliance change', complianceChange(), ['config-conformance-open open']],
  ['an alarm', alarm(), ['cloudwatch-alarm-state not-chosen']],
])('%s', (_name, event, expected) => {
  expect(answers(event)).toEqual(expected);
});

test('exfiltration from a bucket by a stolen key is told of the key and of the bucket', () => {
  const event = guardDuty({
    type: 'Exfiltration:S3/AnomalousBehavior',
    'resource.resourceType': 'AccessKey',
  });
  expect(answers(event)).toEqual(['guardduty-credential-compromise open', 'guardduty-s3-exposure open']);
});

test('a general mapping speaks where the one that knows more is off', () => {
  expect(answers(backdoor, off('guardduty-ec2-compromise'))).toEqual(['guardduty-high-finding open']);
  expect(answers(exposedKey, off('trusted-advisor-exposed-keys'))).toEqual(['trusted-advisor-status open']);
});

test('a general mapping speaks where the one that knows more finds it not bad enough', () => {
  const stricter = {
    ...settings,
    'guardduty-high-finding': { mode: 'notify' as const, parameters: { minSeverity: 4 } },
  };
  const event = guardDuty({ type: 'Backdoor:EC2/C&CActivity.B', severity: 4.5 });
  expect(answers(event, stricter)).toEqual([
    'guardduty-high-finding open',
    'guardduty-ec2-compromise closed',
  ]);
});

test('a mapping that is off for a resource says nothing of it, and the general one speaks', () => {
  const id = 'guardduty-ec2-compromise';
  const scoped = (scope: ResourceScope, mode: Mode, elsewhere: Mode) => ({
    ...settings,
    [id]: { mode: elsewhere, scopes: [{ ...scope, mode }], parameters: {} },
  });
  const own = ['guardduty-ec2-compromise open'];
  const general = ['guardduty-high-finding open'];
  expect(answers(backdoor, scoped({ resources: ['i-*'] }, 'off', 'notify'))).toEqual(general);
  expect(answers(backdoor, scoped({ resources: ['x-*'] }, 'off', 'notify'))).toEqual(own);
  expect(answers(backdoor, scoped({ accounts: [ACCOUNT] }, 'approve', 'off'))).toEqual(own);
  expect(answers(backdoor, scoped({ regions: ['xx-west-1'] }, 'approve', 'off'))).toEqual(general);
});

test('the rule of a service stays while a mapping of it is on somewhere', () => {
  const some = {
    mode: 'off' as const,
    scopes: [{ mode: 'notify' as const, resources: ['*'] }],
    parameters: {},
  };
  const none = { mode: 'off' as const, parameters: {} };
  const rulesWith = (given: ControlSettings) =>
    partnerRules(partners, {
      controls: Object.fromEntries(
        partners.map(({ id }) => [id, id === 'cloudwatch-alarm-state' ? given : none]),
      ),
    }).map(({ name }) => name);
  expect(rulesWith(some)).toEqual(['Cloudwatch']);
  expect(rulesWith(none)).toEqual([]);
});

test('a mapping that is off says nothing', () => {
  expect(answers(guardDuty(), off('guardduty-high-finding'))).toEqual([]);
});

test('the same from another source is for none', () => {
  expect(answers({ ...backdoor, source: 'custom.guardduty' })).toEqual([]);
});

describe.each(partners)('$id', (partner) => {
  test('stands on the shelf of its source, and its test too', () => {
    const shelf = partner.listensTo.source.replace(/^aws\./, '');
    const root = join(__dirname, '..', '..', '..', '..');
    expect(existsSync(join(root, 'shared/controls/partners', shelf, `${partner.id}.ts`))).toBe(true);
    expect(existsSync(join(root, 'tests/shared/controls/partners', shelf, `${partner.id}.test.ts`))).toBe(
      true,
    );
  });

  test('has a pattern that EventBridge takes', () => {
    expect(JSON.stringify(eventPattern(partner)).length).toBeLessThanOrEqual(2048);
    expect(() => compileEventPattern(eventPattern(partner))).not.toThrow();
  });

  test('gets by its pattern every event that it maps', () => {
    const reaches = compileEventPattern(eventPattern(partner));
    const events = [
      backdoor,
      exposedKey,
      guardDuty(),
      inspector(),
      reachability(),
      securityHub(),
      accessAnalyzer(),
      complianceChange(),
      alarm(),
    ];
    for (const event of events.filter((candidate) => candidate.source === partner.listensTo.source))
      if (partner.map(event, partner.parameters.parse({}))) expect(reaches(event)).toBe(true);
  });
});

test('no published example makes a mapping say what is not there', () => {
  const told = published.flatMap(([, value]) => {
    const event = value as AwsEvent;
    if (!/^\d{12}$/.test(event.account ?? '')) return [];
    return mapEvent(partners, event, { controls: settings });
  });
  expect(told.length).toBeGreaterThan(50);
  expect(JSON.stringify(told)).not.toMatch(/undefined|\[object |NaN/);
});

test.each(partners)('$id takes hostile text for text', (partner) => {
  const hostile = `\u0000\u202e<script>alert(1)</script>${'A'.repeat(100_000)}\n${ACCOUNT}`;
  const poison = (value: unknown, key = ''): unknown =>
    typeof value === 'string' && /title|(?<!check-)name$|annotation|reason$|^api$|location|user/i.test(key)
      ? hostile
      : Array.isArray(value)
        ? value.map((entry) => poison(entry))
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, poison(member, name)]))
          : value;
  const events = [
    backdoor,
    exposedKey,
    guardDuty(),
    inspector(),
    reachability(),
    securityHub(),
    accessAnalyzer(),
    complianceChange(),
    alarm(),
  ];
  const mine = events.filter(({ source }) => source === partner.listensTo.source);
  expect(mine).not.toEqual([]);
  const began = process.cpuUsage().user;
  for (const event of mine) {
    const detail = poison(event.detail) as AwsEvent['detail'];
    expect(() => partner.map({ ...event, detail }, partner.parameters.parse({}))).not.toThrow();
  }
  expect(process.cpuUsage(undefined).user - began).toBeLessThan(1_000_000);
});
