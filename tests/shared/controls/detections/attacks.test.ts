import { type Severity, severities } from '../../../../shared/contracts/trailseal/finding';
import { detections } from '../../../../shared/controls';
import { detector, type Hit, parametersOf } from '../../../../shared/controls/detections/detector';
import { type CountedEvent, countedEvent, episodes } from '../../../../shared/controls/detections/episodes';
import { fixtureLines } from '../../../support/judge-rule';
import type { Raw } from './detecting';

const policy = { controls: {}, trails: { buckets: [], topics: [], lookbackDays: 30 } };
const { inRaw } = detector(detections, policy);

describe('what each technique of Stratus Red Team leaves behind', () => {
  const byTechnique = new Map<string, Set<string>>();
  for (const { technique, event } of fixtureLines<{ technique: string; event: Raw }>(
    'cloudtrail-attacks/stratus.jsonl',
  )) {
    const found = byTechnique.get(technique) ?? new Set();
    byTechnique.set(technique, found);
    for (const { detection, detected } of inRaw(event)) found.add(`${detection.id} ${detected?.severity}`);
  }

  test.each([
    ['aws.initial-access.console-login-without-mfa', ['activity-console-signin-no-mfa high']],
    [
      'aws.defense-evasion.organizations-leave',
      ['activity-organizations-change high', 'activity-unauthorized-api-calls medium'],
    ],
    ['aws.persistence.iam-create-admin-user', ['activity-iam-policy-change high']],
    ['aws.persistence.iam-create-backdoor-role', ['activity-iam-policy-change high']],
    ['aws.defense-evasion.cloudtrail-stop', ['activity-cloudtrail-change critical']],
    ['aws.credential-access.ec2-get-password-data', ['activity-unauthorized-api-calls medium']],
    ['aws.execution.ec2-launch-unusual-instances', ['activity-unauthorized-api-calls medium']],
  ])('%s', (technique, expected) => {
    expect([...(byTechnique.get(technique) ?? [])].sort()).toEqual(expected);
  });

  test('the others are of controls that are not among these', () => {
    const silent = [...byTechnique].filter(([, found]) => found.size === 0).map(([technique]) => technique);
    expect(silent.sort()).toEqual([
      'aws.credential-access.secretsmanager-batch-retrieve-secrets',
      'aws.credential-access.secretsmanager-retrieve-secrets',
      'aws.execution.ec2-user-data',
      'aws.execution.ssm-send-command',
      'aws.exfiltration.ec2-share-ami',
      'aws.persistence.iam-backdoor-user',
      'aws.persistence.lambda-layer-extension',
      'aws.persistence.lambda-overwrite-code',
      'aws.persistence.sts-federation-token',
    ]);
  });
});

/** Findings of many records, by control and resource, each with its worst severity. */
function folded(hits: readonly Hit[]): Map<string, Severity> {
  const findings = new Map<string, Severity>();
  const counted = new Map<string, { hit: Hit; events: CountedEvent[] }>();
  const add = (key: string, severity: Severity) => {
    const known = findings.get(key);
    if (known === undefined || severities.indexOf(severity) < severities.indexOf(known))
      findings.set(key, severity);
  };
  for (const hit of hits) {
    const { detection, detected, record } = hit;
    if (detected === undefined) throw hit.crash;
    for (const under of detected.counts ?? [{ resource: detected.resource }]) {
      const key = `${detection.id} ${under.resource.resourceType} ${under.resource.resourceId}`;
      if (detected.counts === undefined) add(key, detected.severity);
      else {
        const set = counted.get(key) ?? { hit, events: [] };
        counted.set(key, set);
        set.events.push(countedEvent(record, under));
      }
    }
  }
  for (const [key, { hit, events }] of counted) {
    const rate = hit.detection.rate?.(parametersOf(hit.detection, policy));
    if (rate !== undefined && episodes(events, rate).length > 0) add(key, hit.detected?.severity ?? 'medium');
  }
  return findings;
}

describe('an hour of one account, in which some thirty attacks were played', () => {
  const records = fixtureLines<{ event: Raw }>('cloudtrail-attacks/invictus.jsonl').map(({ event }) => event);
  const findings = folded(records.flatMap(inRaw));
  const bySeverity = (severity: Severity) =>
    [...findings].filter(([, own]) => own === severity).map(([key]) => key);

  test('1,620 records are 45 findings, of which 8 are of calls that change nothing by themselves', () => {
    expect(records).toHaveLength(1620);
    expect(findings.size).toBe(45);
    expect(severities.map((severity) => bySeverity(severity).length)).toEqual([1, 5, 23, 8, 8]);
  });

  test('the worst are the attacks', () => {
    expect([...bySeverity('critical'), ...bySeverity('high')].sort()).toEqual([
      'activity-cloudtrail-change AWS::CloudTrail::Trail stratus-red-team-ctes-trail-qyxyekjbtk',
      'activity-console-signin-no-mfa AWS::IAM::User stratus-red-team-nmfalu-gfjyeaypjt',
      'activity-iam-policy-change AWS::IAM::Role stratus-red-team-backdoor-r-role',
      'activity-iam-policy-change AWS::IAM::User malicious-iam-user',
      'activity-log-group-tamper AWS::Logs::LogGroup /stratus-red-team/vpc-flow-logs',
      'activity-organizations-change AWS::::Account 123837392027',
    ]);
  });

  test('what counts is three episodes, and not the 51 calls in them', () => {
    expect([...findings.keys()].filter((key) => key.startsWith('activity-unauthorized'))).toEqual([
      'activity-unauthorized-api-calls AWS::IAM::User user-two',
      'activity-unauthorized-api-calls AWS::IAM::Role stratus-red-team-get-usr-data-role',
      'activity-unauthorized-api-calls AWS::IAM::Role stratus-red-team-ec2-get-password-data-role',
    ]);
  });

  test('the rest is what CIS asks to be told: changes of policies, buckets and networks', () => {
    const others = [...bySeverity('medium'), ...bySeverity('low'), ...bySeverity('informational')];
    const kinds = new Set(others.map((key) => key.split(' ')[0]));
    expect([...kinds].sort()).toEqual([
      'activity-iam-policy-change',
      'activity-network-gateway-change',
      'activity-route-table-change',
      'activity-s3-bucket-policy-change',
      'activity-security-group-change',
      'activity-unauthorized-api-calls',
      'activity-vpc-change',
    ]);
  });

  test('in whichever order, and however often, the records are the same findings', () => {
    const turned = folded([...records, ...records].reverse().flatMap(inRaw));
    expect([...turned].sort()).toEqual([...findings].sort());
  });
});
