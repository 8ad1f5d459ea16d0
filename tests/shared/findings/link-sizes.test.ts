import { parseCloudTrailRecord } from '../../../shared/contracts/aws/cloudtrail-record';
import type {
  Call,
  EventProof,
  Judgement,
  ObservationLinks,
} from '../../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import { findingId } from '../../../shared/findings/finding';
import {
  type RecordNeeds,
  recordJudgement,
  recordOutcome,
  relinkFinding,
} from '../../../shared/findings/record';
import { activityOf } from '../../../shared/proof/actor/activity';
import { changeLink } from '../../../shared/proof/change';
import { alertOf } from '../../../shared/tell/alerts/alert';
import { notificationOf } from '../../../shared/tell/alerts/notification';
import { at, control, fine, inMemory, open, outcome, reason, subject } from '../../support/findings';

const ITEM_BYTES = 400 * 1024;
const MESSAGE_BYTES = 256 * 1024;
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const long = (mark: string, length: number): string => mark.repeat(length);
/** As long as AWS lets names be, and longer where callers choose. */
const isLong = (text: string): boolean => text.length > 500;
const arnOf = (path: string): string => `arn:aws:iam::123456789012:role/${path}admin`;
const callOf = (eventID: string, text: string): Call => ({
  ...activityOf(
    parseCloudTrailRecord({
      eventID,
      eventName: 'AuthorizeSecurityGroupIngress',
      eventSource: 'ec2.amazonaws.com',
      eventTime: at(8, 59),
      awsRegion: 'eu-central-1',
      errorCode: text,
      sourceIPAddress: text,
      userAgent: text,
      userIdentity: {
        type: 'AssumedRole',
        arn: arnOf(isLong(text) ? `${long('p', 512)}/${long('n', 59)}` : ''),
        accountId: '123456789012',
        principalId: `AROA:${text}`,
        accessKeyId: text,
        invokedBy: text,
        onBehalfOf: { userId: text },
        sessionContext: {
          sessionIssuer: {
            arn: arnOf(isLong(text) ? `${long('p', 512)}/${long('n', 59)}` : ''),
            userName: text,
          },
        },
      },
    }),
  ),
  proof: { state: 'pending', says: 'not yet' },
});

const file = (kind: string, prefix: string) => {
  const key = `${prefix}AWSLogs/123456789012/CloudTrail${kind}/eu-central-1/2026/01/31/123456789012_CloudTrail_eu-central-1_20260131T0900Z_${prefix.slice(0, 128)}.json.gz`;
  return {
    bucket: long('b', 63),
    key,
    sha256: long('a', 64),
    copy: { bucket: long('c', 63), key: `${long('b', 63)}/${key}` },
  };
};
const provenIn = (prefix: string): EventProof => ({
  state: 'proven',
  says: `its record is entry 1 of the verified log file s3://${file('', prefix).bucket}/${file('', prefix).key}`,
  at: at(11),
  log: file('', prefix),
  index: 1,
  digest: file('-Digest', prefix),
  key: { fingerprint: long('f', 32), from: 'cloudtrail', where: 'ListPublicKeys in eu-central-1' },
});

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What a remediation can tell at most, and far more than it is let. */
const outcomeOf = (kind: RemediationOutcome['kind'], id: string, minute: number, text: string) =>
  outcome({
    kind,
    id: id.padEnd(26, 'A'),
    at: at(9, minute),
    calls: many(100, (index) => `${index} ${text}`),
    diff: many(50, (index) => ({ path: `${index}${text}`, before: text, after: text })),
    notes: many(20, () => text),
    refusals: many(20, () => ({ code: 'cannot', says: text, instead: text })),
    steps: many(150, (index) => ({
      state: 'applying',
      at: at(9, 10),
      call: index,
      requestId: text,
      result: 'refused',
      error: { code: text, says: text },
      refusal: { code: 'cannot', says: text, instead: text },
      says: text,
    })),
    says: text,
    asks: { nonce: 'n'.repeat(43), expiresAt: at(23) },
    approvedBy: text,
    askedBy: text,
    overrides: many(50, (index) => ({ path: `${index}${text}`, captured: text, left: text, live: text })),
  });
const told = ['RemediationProposed', 'Refused', 'Unconfirmed', 'Failed', 'Applied', 'Undone'] as const;

const heavy = (judged: Judgement, text: string): Judgement => ({
  ...judged,
  annotation: text,
  change: changeLink(
    many(50, (index) => ({
      path: `configuration.a${index}.${text}`,
      changeType: 'UPDATE' as const,
      before: text,
      after: text,
    })),
    ['configuration'],
  ),
  because: Array.from({ length: 25 }, (_, index) => reason({ says: `${index} ${text}`, value: text })),
  activity: callOf('own', text),
});

/** Four openings and four closings, each with five calls that may have done it. */
async function fullFinding(text: string) {
  const needs = inMemory(() => at(12));
  const items: number[] = [];
  const details: number[] = [];
  let proof: EventProof = { state: 'pending', says: 'not yet' };
  const watched: RecordNeeds = {
    ...needs,
    table: {
      ...needs.table,
      write(next, seq) {
        items.push(bytes(next));
        return needs.table.write(next, seq);
      },
    },
    bus: {
      publish(events) {
        details.push(...events.map(bytes));
        return needs.bus.publish(events);
      },
    },
    link: async ({ history }) =>
      history.slice(-8).map(
        ({ observedAt, configurationStateId }): ObservationLinks => ({
          observedAt,
          configurationStateId,
          actor: 'candidates',
          calls: Array.from({ length: 5 }, (_, index) => ({ ...callOf(`call-${index}`, text), proof })),
        }),
      ),
  };
  for (let hour = 1; hour <= 8; hour += 1) {
    await recordJudgement(subject, heavy((hour % 2 ? open : fine)(at(hour)), text), watched);
  }
  proof = provenIn(isLong(text) ? `${long('x', 200)}/AWSLogs/o-${long('o', 32)}/` : '');
  for (let time = 0; time < 3; time += 1) await relinkFinding(findingId(subject), watched);
  let ownProof: EventProof = { state: 'pending', says: 'not yet' };
  const remediated: RecordNeeds = {
    ...watched,
    ownCalls: async () => ({
      observedAt: at(9, 8),
      configurationStateId: '0',
      actor: 'named',
      calls: many(20, (index) => ({ ...callOf(`own-${index}`, text), proof: ownProof })),
    }),
  };
  for (const [index, kind] of told.entries()) {
    if (kind === 'Failed') ownProof = proof;
    await recordOutcome(outcomeOf(kind, kind.toUpperCase(), index, text), remediated);
  }
  return { needs, items, details, stored: needs.stored.get(findingId(subject)) };
}

describe.each([
  ['what is common', 'curl/8.5'],
  ['long texts', long('x', 1024)],
  ['long texts of large characters', long('漢', 1024)],
])('a finding full of %s', (_name, text) => {
  let full: Awaited<ReturnType<typeof fullFinding>>;
  beforeAll(async () => {
    full = await fullFinding(text);
  });

  test('fits into one item and its events into one entry, and all its proofs come', () => {
    expect(Math.max(...full.items)).toBeLessThan(ITEM_BYTES);
    expect(Math.max(...full.details)).toBeLessThan(MESSAGE_BYTES);
    const links = full.stored?.finding.links ?? [];
    expect(links.at(-1)?.observedAt).toBe(at(8));
    for (const { calls, omitted = 0 } of links) {
      expect(calls.length + omitted).toBe(5);
      expect(calls.map(({ proof }) => proof.state)).toEqual(calls.map(() => 'proven'));
    }
    const sealed = full.needs.published.filter(({ transition }) => transition.kind === 'Sealed');
    const isOfFinding = (link: ObservationLinks | undefined) => link?.observedAt !== at(9, 8);
    const observed = sealed.map(({ transition }) => transition.links).filter(isOfFinding);
    expect(new Set(observed.map((link) => link?.observedAt)).size).toBe(links.length);
  });

  test('tells what became of its remediation, with the proofs of its own calls', () => {
    const kinds = full.needs.published.map(({ transition }) => transition.kind);
    expect(told.filter((kind) => !kinds.includes(kind))).toEqual([]);
    const { calls: own, kind } = full.stored?.finding.remediation ?? {};
    expect([kind, (own?.calls.length ?? 0) + (own?.omitted ?? 0)]).toEqual(['Undone', 20]);
    expect(new Set(own?.calls.map(({ proof }) => proof.state))).toEqual(new Set(['proven']));
    for (const { transition } of full.needs.published.filter((detail) => detail.transition.outcome)) {
      expect(transition.outcome?.calls.length).toBeGreaterThan(3);
      expect(transition.outcome?.steps.at(-1)).toMatchObject({ call: 149 });
      expect(transition.outcome?.diff.at(-1)?.path).toMatch(/^and \d\d more$/);
    }
  });

  test('has alerts that fit into one message', () => {
    for (const detail of full.needs.published) {
      const { message } = notificationOf(alertOf(detail, { control, mode: 'notify' }));
      expect(bytes(message)).toBeLessThan(MESSAGE_BYTES);
    }
  });
});

test('calls that are few enough are all kept', async () => {
  const { stored } = await fullFinding('curl/8.5');
  expect(stored?.finding.links?.map(({ calls }) => calls.length)).toEqual(Array(8).fill(5));
});
