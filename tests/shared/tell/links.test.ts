import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import * as z from 'zod';
import {
  type Call,
  type EventProof,
  type FindingRemediation,
  type ObservationLinks,
  proofReasons,
  type Transition,
} from '../../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import type { Control } from '../../../shared/controls/control';
import { addOutcome } from '../../../shared/findings/outcome';
import { alertOf } from '../../../shared/tell/alerts/alert';
import { Alert } from '../../../shared/tell/alerts/alert-schema';
import { asReported } from '../../../shared/tell/alerts/as-reported';
import { notificationOf } from '../../../shared/tell/alerts/notification';
import { emailOf, smsOf, subjectOf } from '../../../shared/tell/alerts/texts';
import {
  at,
  control,
  exemptUntil,
  fine,
  joined,
  open,
  outcome,
  transitionEvent,
} from '../../support/findings';
import { hostileText } from './hostile-text';

const sealed: EventProof = {
  state: 'proven',
  says: 'the record stands in a verified log file',
  at: at(10, 20),
  log: {
    bucket: 'trail-logs',
    key: 'AWSLogs/123456789012/CloudTrail/eu-central-1/2026/01/31/123456789012_CloudTrail_x.json.gz',
    sha256: 'a'.repeat(64),
  },
  index: 12,
  digest: {
    bucket: 'trail-logs',
    key: 'AWSLogs/123456789012/CloudTrail-Digest/eu-central-1/2026/01/31/x.json.gz',
    sha256: 'b'.repeat(64),
  },
  key: {
    fingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
    from: 'CloudTrail',
    where: 'ListPublicKeys in eu-central-1',
  },
};
const pending: EventProof = { state: 'pending', says: 'the digest has not been verified yet' };
const missing = (reason: EventProof['reason']): EventProof => ({
  state: 'missing',
  says: 'what was found in detail',
  ...(reason ? { reason } : {}),
});
const otherContent: EventProof = {
  ...sealed,
  state: 'contradicted',
  reason: 'other-content',
  says: 'the log file holds it with other content',
  differs: ['userIdentity', 'sourceIPAddress'],
};
const notLogged: EventProof = { state: 'contradicted', reason: 'not-logged', says: 'no log file holds it' };

const call = (proof: EventProof, name = 'alice', parts: Partial<Call> = {}): Call => ({
  eventID: `event-of-${name}`,
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: at(8, 58),
  awsRegion: 'eu-central-1',
  actor: {
    type: 'AssumedRole',
    principal: `arn:aws:sts::123456789012:assumed-role/Ops/${name}`,
    mfa: true,
    sourceIp: '198.51.100.7',
    console: false,
  },
  proof,
  ...parts,
});
const links = (calls: readonly Call[], parts: Partial<ObservationLinks> = {}): ObservationLinks => ({
  observedAt: at(9),
  configurationStateId: '1',
  actor: calls.length === 0 ? 'missing' : calls.length === 1 ? 'named' : 'candidates',
  calls: [...calls],
  ...parts,
});

const alertWith = (
  known: ObservationLinks | undefined,
  parts: Partial<Transition> = {},
  kind?: Control['kind'],
) =>
  alertOf(transitionEvent({ ...(known ? { links: known } : {}), ...parts }), {
    control: kind === undefined ? control : { ...control, kind },
    mode: 'notify',
  });

/** The lines below a title of an e-mail. */
function below(email: string, title: RegExp): string[] {
  const section = email.split('\n\n').find((part) => title.test(part)) ?? '';
  return section.trimEnd().split('\n');
}
const who = (alert: Alert) => below(emailOf(alert), /^Who /);
const proof = (alert: Alert) => below(emailOf(alert), /^Is the record true/);

describe('who did it', () => {
  test('is named with the one call that did it', () => {
    const alert = alertWith(links([call(pending)]));
    expect(who(alert)).toEqual([
      'Who did it: named',
      '  arn:aws:sts::123456789012:assumed-role/Ops/alice (AssumedRole), with MFA, from 198.51.100.7: AuthorizeSecurityGroupIngress of ec2[.]amazonaws[.]com at 2026-01-31 08:58:00 UTC; event event-of-alice.',
    ]);
    expect(alert.links.actor).toMatchObject({ state: 'named', activity: { eventID: 'event-of-alice' } });
    expect(alert.links.actor.activity).not.toHaveProperty('proof');
  });

  test('of several is said to be one of these, each in its line, and how many more', () => {
    const alert = alertWith(links([call(pending), call(pending, 'bob')], { omitted: 3 }));
    expect(who(alert)).toEqual([
      'Who did it: candidates',
      '  One of these 5 calls may have done it, and which one is not certain:',
      expect.stringMatching(/^ {2}- arn:aws:sts::123456789012:assumed-role\/Ops\/alice /),
      expect.stringMatching(/^ {2}- arn:aws:sts::123456789012:assumed-role\/Ops\/bob /),
      '  - and 3 more',
    ]);
    expect(alert.links.actor).toMatchObject({ candidates: [{}, {}], omitted: 3 });
    expect(alert.links.actor.activity).toBeUndefined();
  });

  test('is not certain of a call either of which nothing is known but that it names the resource', () => {
    const alert = alertWith(links([call(pending)], { actor: 'candidates' }));
    expect(who(alert)[1]).toBe('  This call may have done it, and it is not certain that it did:');
  });

  test.each<[string, ObservationLinks | undefined, string, RegExp]>([
    ['nothing is known', undefined, 'not-yet', /is known yet.* Trailseal tells you when one arrives/],
    ['it may still come', links([], { reason: 'not-yet' }), 'not-yet', /is known yet/],
    [
      'every source was searched',
      links([], { reason: 'not-found' }),
      'not-found',
      /event history of CloudTrail/,
    ],
  ])('is missing while %s', (_, known, reason, says) => {
    const alert = alertWith(known);
    expect(alert.links.actor).toMatchObject({ state: 'missing', reason });
    expect(who(alert)).toEqual(['Who did it: missing', expect.stringMatching(says)]);
    expect(alert.links.proof).toMatchObject({ state: 'missing', reason: 'no-call' });
  });

  test('of what is over is who ended it', () => {
    const parts = { kind: 'Resolved', judgement: fine(at(11)), was: open(at(9)) } as const;
    expect(who(alertWith(links([call(pending)]), parts))[0]).toBe('Who ended it: named');
    expect(who(alertWith(links([call(pending)]), { ...parts, late: true }))[0]).toBe('Who did it: named');
  });

  test.each<[string, Partial<Transition>, Control['kind'] | undefined, string]>([
    ['an operator sent', { judgement: open(at(9), { origin: 'operator' }) }, undefined, 'operator-test'],
    ['another service found', {}, 'partner', 'word-of-another-service'],
    ['files of CloudTrail show', {}, 'verification', 'about-the-record'],
  ])('is no question of what %s', (_, parts, kind, reason) => {
    const alert = alertWith(links([call(sealed)]), parts, kind);
    expect(alert.links.actor).toMatchObject({ state: 'not-applicable', reason });
    expect(alert.links.proof).toMatchObject({ state: 'not-applicable', reason });
    expect(emailOf(alert)).not.toContain('alice');
  });

  const { proof: _, ...activity } = call(pending);
  test('is the caller of what a detection found, before anything is known of the record, too', () => {
    const judgement = open(at(9), { activity });
    expect(alertWith(undefined, { judgement }, 'detection').links).toMatchObject({
      actor: { state: 'named', reason: 'the-event-itself', activity },
      proof: { state: 'missing', reason: 'not-watched' },
    });
    expect(alertWith(links([call(sealed)]), { judgement }, 'detection').links).toMatchObject({
      actor: { state: 'named', reason: 'the-event-itself', activity },
      proof: { state: 'proven' },
    });
  });
});

const FINDING = 'DPNPKBOOP7XQAGUSTH3BPK7QLI';

describe('is the record true', () => {
  test('pending says until when to expect it', () => {
    expect(proof(alertWith(links([call(pending)])))).toEqual([
      'Is the record true: pending',
      '  Not known yet. CloudTrail signs its log files by digests that come hourly: expect the proof by 2026-01-31 10:58 UTC, about two hours after the call.',
      '  - AuthorizeSecurityGroupIngress, event event-of-alice: pending; the digest has not been verified yet',
      `  By e-mail you hear of it again only if the record says otherwise; trailseal show ${FINDING} says how it stands.`,
    ]);
  });

  test('proven says which files, and how to check it', () => {
    expect(proof(alertWith(links([call(sealed)])))).toEqual([
      'Is the record true: proven',
      '  Yes. The record of this call stands in a log file of CloudTrail whose hash a signed and verified digest holds.',
      '  - AuthorizeSecurityGroupIngress, event event-of-alice: proven',
      '    log      s3://trail-logs/AWSLogs/123456789012/CloudTrail/eu-central-1/2026/01/31/123456789012_CloudTrail_x.json.gz Records[12]',
      `    sha256   ${'a'.repeat(64)}`,
      '    digest   s3://trail-logs/AWSLogs/123456789012/CloudTrail-Digest/eu-central-1/2026/01/31/x.json.gz',
      `    sha256   ${'b'.repeat(64)}`,
      '    key      31e8b5433410dfb61a9dc45cc65b22ff from CloudTrail (ListPublicKeys in eu-central-1)',
      `  Check it yourself: trailseal show ${FINDING} prints the commands, trailseal evidence ${FINDING} writes all files.`,
    ]);
  });

  test.each([
    [
      'other-content',
      otherContent,
      /^ {2}NO\. A verified log file of CloudTrail holds this very event with other content/,
    ],
    ['not-logged', notLogged, /^ {2}NO\. CloudTrail itself knows this call/],
  ])('contradicted (%s) is alarming', (reason, proofOf, says) => {
    const alert = alertWith(links([call(proofOf)]));
    expect(alert.links.proof).toMatchObject({ state: 'contradicted', reason });
    expect(proof(alert)[1]).toMatch(says);
  });

  test('contradicted says which fields differ', () => {
    expect(proof(alertWith(links([call(otherContent)])))).toContain(
      '    differs  userIdentity, sourceIPAddress',
    );
  });

  const reasons = proofReasons.filter((reason) => reason !== 'not-logged' && reason !== 'other-content');
  test.each(reasons)('missing says why: %s', (reason) => {
    const alert = alertWith(links([call(missing(reason))]));
    expect(alert.links.proof).toMatchObject({ state: 'missing', reason });
    expect(proof(alert)).toHaveLength(3);
    expect(proof(alert)[2]).toContain('missing; what was found in detail');
  });

  test('each reason for which it is missing has words of its own', () => {
    const said = reasons.map((reason) => alertWith(links([call(missing(reason))])).links.proof.says);
    expect(new Set(said).size).toBe(reasons.length);
  });

  test('of several calls is as true as the least of them', () => {
    const alert = alertWith(links([call(sealed), call(pending, 'bob')]));
    expect(alert.links.proof.state).toBe('pending');
    expect(alert.links.proof.calls?.map(({ eventID, state }) => [eventID, state])).toEqual([
      ['event-of-alice', 'proven'],
      ['event-of-bob', 'pending'],
    ]);
  });
});

describe('a call that a remediation of the finding made', () => {
  const own = call(pending, 'trailseal.FINDING', {
    eventName: 'RevokeSecurityGroupIngress',
    eventTime: at(9, 9),
  });
  const done = (parts: Partial<RemediationOutcome> = {}, calls: readonly Call[] = [own]) => {
    const { remediation } = addOutcome(joined([open(at(9))], at(10)).finding, outcome(parts)).finding;
    return { remediation: { ...remediation, calls: links(calls) } as FindingRemediation };
  };
  const ended = (about: object, calls: readonly Call[] = [own]) =>
    alertOf(
      transitionEvent(
        {
          kind: 'Resolved',
          judgement: fine(at(9, 20)),
          was: open(at(9)),
          exposure: { from: at(9), to: at(9, 20) },
          links: links(calls),
        },
        { state: 'resolved', ...about },
      ),
      { control, mode: 'approve' },
    );
  const ofRun =
    'Trailseal itself, by its fix, run RUNAAAAAAAAAAAAAAAAAAAAAAA, approved by arn:aws:sts::123456789012:assumed-role/Lead/bob: ';

  test.each<[string, object, RegExp]>([
    ['is told as that, with who approved it', done(), new RegExp(`^${ofRun}arn:aws:sts`)],
    [
      'that nobody had to approve',
      { remediation: { ...done().remediation, approvedBy: undefined } },
      /^Trailseal itself, by its fix, run RUNA{23}: arn/,
    ],
    [
      'in another run than the one that was told of last',
      done({ kind: 'Undone', does: 'undo', run: 'UNDOAAAAAAAAAAAAAAAAAAAAAA' }),
      /^Trailseal itself, by a remediation of this finding: arn/,
    ],
    [
      'after what was told of last',
      done({ at: at(9, 8) }),
      /^Trailseal itself, by a remediation of this finding: arn/,
    ],
    [
      'only where its request is ours: a session may call itself what it likes',
      done({}, [{ ...own, eventID: 'another' }]),
      /^arn:aws:sts::123456789012:assumed-role\/Ops\/trailseal\[\.\]FINDING/,
    ],
    ['and not where nothing was done', {}, /^arn:aws:sts/],
  ])('%s', (_name, about, says) => {
    const alert = ended(about);
    expect(alert.links.actor.says).toMatch(says);
    expect(alert.links.actor.reason).toBe(
      says.source.includes('itself') ? 'own-remediation' : 'the-one-call',
    );
    expect(emailOf(alert)).toContain(`Who ended it: named\n  ${alert.links.actor.says}`);
  });

  test('is told so in a line, too, when it becomes known', () => {
    const event = transitionEvent({ kind: 'Attributed', links: links([own]) }, done());
    const alert = alertOf(event, { control, mode: 'approve' });
    expect(alert.summary).toMatch(/ was RevokeSecurityGroupIngress by Trailseal itself: /);
  });

  test('is not told in one breath with a plan that waits', () => {
    const {
      judged: _judged,
      approvedBy: _approvedBy,
      ...proposed
    } = outcome({
      kind: 'RemediationProposed',
      asks: { nonce: 'NONCE', expiresAt: at(23) },
      at: at(9, 2),
    });
    const waiting = joined([open(at(9))], at(10)).finding;
    const { remediation } = addOutcome(waiting, proposed).finding;
    const told = (calls: readonly Call[]) =>
      ended({ remediation: { ...remediation, calls: links(calls) } }).links.remediation;
    expect(told([own]).says).toMatch(/^What was proposed is being made: /);
    // Of an earlier run.
    expect(told([{ ...own, eventTime: at(9, 1) }]).says).toMatch(
      /^At 2026-01-31 09:02:00 UTC: A fix is planned, and waits/,
    );
  });

  test('whoever approved it, what is shown is clean', () => {
    fc.assert(
      fc.property(hostileText, (approvedBy) => {
        const { says } = ended({ remediation: { ...done().remediation, approvedBy } }).links.actor;
        expect(says).toContain(`approved by ${asReported(approvedBy, 200)}: arn`);
      }),
    );
  });
});

describe('a follow-up', () => {
  const followUp = (kind: Transition['kind'], known: ObservationLinks, about = {}) =>
    alertOf(transitionEvent({ kind, links: known }, about), { control, mode: 'notify' });
  const alice = 'AuthorizeSecurityGroupIngress by arn:aws:sts::123456789012:assumed-role/Ops/alice';
  const complaint = 'port 22 (tcp) is open to 0.0.0.0/0';

  test.each<[string, Alert, string]>([
    [
      'Attributed',
      followUp('Attributed', links([call(pending)])),
      `who did it - what was observed at 2026-01-31 09:00:00 UTC was ${alice}: `,
    ],
    [
      'Attributed to several',
      followUp(
        'Attributed',
        links([call(pending), call(pending, 'bob'), call(pending, 'eve')], { omitted: 1 }),
      ),
      `who did it - what was observed at 2026-01-31 09:00:00 UTC may have been ${alice}; ${alice.replace('alice', 'bob')}; or 2 more: `,
    ],
    [
      'Sealed',
      followUp('Sealed', links([call(sealed)])),
      `record proven - the record of ${alice} is proven: `,
    ],
    [
      'Unproven',
      followUp('Unproven', links([call(missing('late')), call(sealed, 'bob')])),
      `record not proven - the record of ${alice} will not be proven (late): `,
    ],
    [
      'Contradicted',
      followUp('Contradicted', links([call(otherContent)])),
      `RECORD CONTRADICTED - the record of ${alice} is CONTRADICTED (other-content): `,
    ],
    [
      'Attributed to nobody any more',
      followUp('Attributed', links([], { actor: 'missing', reason: 'not-yet' })),
      'who did it - the call that an earlier alert names no longer explains what was observed at 2026-01-31 09:00:00 UTC: ',
    ],
  ])('%s names the call, who, and what was found out', (_, alert, says) => {
    expect(emailOf(alert).split('\n')[0]).toBe(`HIGH - ${says}${complaint}`);
  });

  test('of a finding that holds again has nothing to complain of', () => {
    const parts = { kind: 'Sealed', links: links([call(sealed)]), judgement: fine(at(11)) } as const;
    const over = alertOf(transitionEvent(parts, { state: 'resolved' }), { control, mode: 'notify' });
    expect(over.summary).toBe(`the record of ${alice} is proven`);
  });

  test('says where the finding stands, whichever state that is', () => {
    for (const state of ['open', 'resolved'] as const)
      expect(followUp('Sealed', links([call(sealed)]), { state }).status).toBe(state);
  });

  test('says what to do only when there is something to do', () => {
    const steps = (kind: Transition['kind'], state: 'open' | 'resolved') =>
      followUp(kind, links([call(otherContent)]), { state }).whatToDo.length > 0;
    expect(steps('Attributed', 'open')).toBe(true);
    expect(steps('Attributed', 'resolved')).toBe(false);
    expect(steps('Sealed', 'open')).toBe(false);
    expect(steps('Unproven', 'open')).toBe(false);
    expect(steps('Contradicted', 'resolved')).toBe(true);
  });

  test.each([
    ['low', 'high'],
    ['high', 'high'],
    ['critical', 'critical'],
  ] as const)('that contradicts a %s finding is %s, in the thread of the finding', (severity, told) => {
    const alert = followUp('Contradicted', links([call(notLogged)]), { severity });
    expect(alert.severity).toBe(told);
    expect(notificationOf(alert).attributes['severity']).toBe(told);
    expect(subjectOf(alert)).toBe(subjectOf(followUp('Sealed', links([call(sealed)]), { severity })));
    expect(alert.whatToDo.join('\n')).toContain(`trailseal evidence ${FINDING}`);
  });
});

const isAlert = new Ajv2020({ strict: false }).compile(z.toJSONSchema(Alert, { io: 'input' }));
const states = [pending, sealed, otherContent, notLogged, missing('no-witness')];

test('every state of every link is valid by the published schema', () => {
  for (const proofOf of states) {
    for (const known of [links([call(proofOf)]), links([call(proofOf), call(sealed)], { omitted: 2 })]) {
      expect([isAlert(JSON.parse(JSON.stringify(alertWith(known)))), isAlert.errors]).toEqual([true, null]);
    }
  }
});

/** Calls in which everything that somebody can choose says the same. */
function saying(text: string, proofOf: EventProof, kind: Transition['kind']) {
  const file = (key: string) => ({ bucket: text, key, sha256: text, copy: { bucket: text, key } });
  const hostile = call(
    {
      ...proofOf,
      says: text,
      log: file(text),
      digest: file(`${text}x`),
      differs: [text],
      key: { fingerprint: text, from: text, where: text },
    },
    text,
    {
      eventID: text,
      eventName: text,
      eventSource: text,
      errorCode: text,
      actor: {
        type: text,
        principal: text,
        issuer: text,
        session: text,
        userAgent: text,
        sourceIp: text,
        accessKeyId: text,
        console: true,
      },
    },
  );
  const known = links([hostile, hostile], { omitted: 1 });
  return alertWith(known, { kind, judgement: exemptUntil(at(22), at(9)) });
}

test('nothing that a call says adds a line, a link, or a character that misleads', () => {
  const kinds = ['Opened', 'Resolved', 'Attributed', 'Sealed', 'Unproven', 'Contradicted'] as const;
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...states), fc.constantFrom(...kinds), (text, proofOf, kind) => {
      const alert = saying(text, proofOf, kind);
      const [email, sms] = [emailOf(alert), smsOf(alert)];
      const ours = 'configuration.ipPermissions[0].ipv4Ranges[0].cidrIp';
      expect(email.replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]/u,
      );
      expect(email.replaceAll(ours, '').replaceAll('trails.buckets', '')).not.toMatch(
        /https?:\/|(?<!\[):\/\/|[^\s.][.。][\p{L}\p{M}]{2}|\\\\|mailto:\S|javascript:\S/iu,
      );
      expect(email.split('\n').length).toBe(emailOf(saying('plain', proofOf, kind)).split('\n').length);
      expect(email.length).toBeLessThan(16_000);
      expect(sms).toMatch(/^[\x20-\x7e]{1,140}$/);
      expect(isAlert(JSON.parse(JSON.stringify(alert)))).toBe(true);
    }),
    { numRuns: 800 },
  );
});

test('five candidates with the longest texts stay below what SNS takes', () => {
  const long = '\u0001"ä\\'.repeat(128);
  const actor = {
    type: long,
    principal: long,
    account: long,
    issuer: long,
    session: long,
    onBehalfOf: long,
    userAgent: long,
    sourceIp: long,
    accessKeyId: long,
    invokedBy: long,
    console: true,
  };
  const file = { bucket: 'b'.repeat(63), key: 'k'.repeat(1024), sha256: 'a'.repeat(64) };
  const proofOf = { ...otherContent, says: 's'.repeat(300), log: file, digest: file };
  const calls = Array.from({ length: 5 }, (_, index) => call(proofOf, `${index}`, { actor }));
  const { message } = notificationOf(alertWith(links(calls, { omitted: 1000 })));
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(128 * 1024);
});
