import type {
  ChangeLink,
  Compliance,
  Finding,
  FindingEventDetail,
  Judgement,
  Reason,
  Transition,
} from '../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import type { ControlMetadata } from '../../shared/controls/control';
import { addJudgement, type Change, findingId, type Subject } from '../../shared/findings/finding';
import type { RecordNeeds, StoredFinding } from '../../shared/findings/record';

/** An instant of the day on which the tests' stories play: `at(9, 30)`. */
export const at = (hours: number, minutes = 0): string =>
  new Date(Date.UTC(2026, 0, 31, hours, minutes)).toISOString();

/** A policy version in force since an instant; the hash tells two of the same instant apart. */
export const policySince = (since: string, hash = 'abcdef123456'): string => `${since}.${hash}`;

export const subject: Subject = {
  control: 'sg-no-world-admin-ipv4',
  severity: 'high',
  accountId: '123456789012',
  region: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  resourceName: 'bastion',
  arn: 'arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0',
};

export const noChange: ChangeLink = { state: 'none', properties: [], otherPaths: [] };

export const reason = (parts: Partial<Reason> = {}): Reason => ({
  says: 'port 22 (tcp) is open to 0.0.0.0/0',
  path: 'configuration.ipPermissions[0].ipv4Ranges[0].cidrIp',
  value: '0.0.0.0/0',
  expected: 'no source with a prefix length of 0',
  ...parts,
});

const annotations: Readonly<Record<Compliance, string>> = {
  COMPLIANT: '',
  NON_COMPLIANT: 'port 22 (tcp) is open to 0.0.0.0/0',
  NOT_APPLICABLE: 'the resource is gone (ResourceDeleted)',
  INSUFFICIENT_DATA: 'configuration.ipPermissions: expected an array',
};

/** What the control said about the configuration that was observed then. */
export function judgement(
  compliance: Compliance,
  observedAt: string,
  parts: Partial<Judgement> = {},
): Judgement {
  return {
    observedAt,
    configurationStateId: '1',
    policyVersion: policySince('2026-01-01T00:00:00.000Z'),
    compliance,
    annotation: annotations[compliance],
    because: compliance === 'NON_COMPLIANT' ? [reason()] : [],
    change: noChange,
    ...parts,
  };
}

export const open = (observedAt: string, parts: Partial<Judgement> = {}): Judgement =>
  judgement('NON_COMPLIANT', observedAt, parts);
export const fine = (observedAt: string, parts: Partial<Judgement> = {}): Judgement =>
  judgement('COMPLIANT', observedAt, parts);
export const gone = (observedAt: string, parts: Partial<Judgement> = {}): Judgement =>
  judgement('NOT_APPLICABLE', observedAt, parts);
export const unclear = (observedAt: string, parts: Partial<Judgement> = {}): Judgement =>
  judgement('INSUFFICIENT_DATA', observedAt, parts);
export const exemptUntil = (
  expiresAt: string,
  observedAt: string,
  parts: Partial<Judgement> = {},
): Judgement =>
  open(observedAt, { exemption: { owner: 'platform team', reason: 'migration', expiresAt }, ...parts });

/** Judgements that join a finding one by one, and what each brought about. */
export function joined(judgements: readonly Judgement[], now: string): { finding: Finding; steps: Change[] } {
  const steps: Change[] = [];
  for (const next of judgements) steps.push(addJudgement(steps.at(-1)?.finding, subject, next, now));
  const finding = steps.at(-1)?.finding;
  if (finding === undefined) throw new Error('a finding takes at least one judgement');
  return { finding, steps };
}

/** Of a fix that worked: one of two calls had to be made twice, and somebody had approved it. */
export function outcome(parts: Partial<RemediationOutcome> = {}): RemediationOutcome {
  return {
    id: 'OUTCOMEAAAAAAAAAAAAAAAAAAA',
    kind: 'Applied',
    findingId: findingId(subject),
    run: 'RUNAAAAAAAAAAAAAAAAAAAAAAA',
    does: 'fix',
    remediation: 'sg-close-world-ingress',
    control: subject.control,
    mode: 'approve',
    at: at(9, 10),
    planHash: 'c0ffee'.padEnd(64, '0'),
    calls: ['Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0', 'Revoke ingress rule sgr-0a1b'],
    diff: [{ path: 'rules.sgr-0a1b', before: '"tcp 22 0.0.0.0/0"', after: null }],
    notes: ['Connections that are open stay open.'],
    refusals: [],
    steps: [
      { state: 'planned', at: at(9, 2), says: 'It waits for an approval.' },
      { state: 'captured', at: at(9, 8) },
      { state: 'applying', at: at(9, 8), call: 0, requestId: 'request-0', result: 'done' },
      {
        state: 'applying',
        at: at(9, 8),
        call: 1,
        requestId: 'request-1',
        result: 'refused',
        error: { code: 'RequestLimitExceeded', says: 'too many requests' },
      },
      { state: 'applying', at: at(9, 9), call: 1, requestId: 'request-2', result: 'done' },
      { state: 'applied', at: at(9, 10) },
    ],
    judged: 'COMPLIANT',
    approvedBy: 'arn:aws:sts::123456789012:assumed-role/Lead/bob',
    ...parts,
  };
}

/** The event of a finding's transition, as the bus delivers it. */
export function transitionEvent(
  parts: Partial<Transition> = {},
  about: Partial<Omit<Finding, 'history'>> = {},
): FindingEventDetail {
  const now = open(at(9));
  const { finding } = joined([now], at(9, 1));
  const { history: _, ...summary } = finding;
  return {
    schemaVersion: '1',
    transition: {
      id: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      kind: 'Opened',
      findingId: finding.id,
      seq: 1,
      recordedAt: at(9, 1),
      cause: 'a judgement',
      judgement: now,
      exposure: { from: at(9) },
      ...parts,
    },
    finding: { ...summary, ...about },
  };
}

export const control: ControlMetadata = {
  id: 'sg-no-world-admin-ipv4',
  version: 1,
  title: 'No security group admits 0.0.0.0/0 to remote administration ports',
  severity: 'high',
  rationale: 'Open administration ports are found by scanners within minutes.',
  whatToDo: [
    'Find out who still needs the access.',
    'Let them in by Session Manager.',
    'Revoke the ingress rule of the world-open range.',
  ],
  frameworks: {
    cis: { '3.0.0': '5.2' },
    securityHub: ['EC2.53'],
    awsConfig: ['VPC_SG_PORT_RESTRICTION_CHECK'],
    nist80053r5: ['AC-17(1)', 'SC-7(21)'],
    pciDss4: ['1.3.1'],
    soc2: ['CC6.6'],
  },
  exemptible: true,
};

/** What a table has in it, and what the bus has delivered. */
export interface Memory extends RecordNeeds {
  readonly stored: Map<string, StoredFinding>;
  readonly published: FindingEventDetail[];
}

/** Copies as DynamoDB does: nothing that a caller holds is what is stored. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A table and a bus in memory, with the table's conditions kept. */
export function inMemory(now: () => string): Memory {
  const stored = new Map<string, StoredFinding>();
  const published: FindingEventDetail[] = [];
  return {
    stored,
    published,
    now,
    table: {
      async read(id) {
        const found = stored.get(id);
        return found && copy(found);
      },
      async write(next, expectedSeq) {
        if (stored.get(next.finding.id)?.seq !== expectedSeq) return false;
        stored.set(next.finding.id, copy(next));
        return true;
      },
      async clear({ finding, seq }, dueAt) {
        const found = stored.get(finding.id);
        if (found?.seq !== seq) return false;
        const { dueAt: _, ...rest } = found;
        stored.set(finding.id, { ...rest, outbox: [], ...(dueAt === undefined ? {} : { dueAt }) });
        return true;
      },
    },
    bus: {
      async publish(events) {
        published.push(...copy(events));
      },
    },
  };
}
