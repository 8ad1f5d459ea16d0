import { glanceLines } from '../../../cli/show/glance';
import { cardSections } from '../../../cli/show/links';
import { pageText } from '../../../cli/show/page';
import type { Paint } from '../../../cli/terminal';
import type { Finding, FindingRemediation } from '../../../shared/contracts/trailseal/finding';
import type { Run } from '../../../shared/remediations/run';
import { at, joined, open } from '../../support/findings';
import { findingOf, opening, provenBy, trailWithCall } from '../evidence/proven-finding';

const plain: Paint = (_, text) => text;
const RUN = 'R'.repeat(26);
const FIX = 'F'.repeat(26);
const APPROVER = 'arn:aws:sts::123456789012:assumed-role/security/ann';
const story = joined([open(at(9))], at(12)).finding;

const remediation = (parts: Partial<FindingRemediation> = {}): FindingRemediation => ({
  outcome: 'O'.repeat(26),
  kind: 'Applied',
  run: RUN,
  does: 'fix',
  remediation: 'sg-revoke-world-rule',
  mode: 'approve',
  at: at(11),
  planHash: 'a'.repeat(64),
  refusals: [],
  says: 'It was fixed: read again, it is as planned, and the control holds.',
  approvedBy: APPROVER,
  told: [],
  ...parts,
});

const run = (parts: Partial<Run> = {}): Run => ({
  findingId: story.id,
  id: RUN,
  does: 'fix',
  remediation: 'sg-revoke-world-rule',
  control: story.control,
  accountId: story.accountId,
  since: at(9),
  planHash: 'a'.repeat(64),
  state: 'applied',
  mode: 'approve',
  steps: [
    { state: 'captured', at: at(10, 59) },
    { state: 'applying', at: at(11), call: 0, result: 'done', requestId: 'req-1' },
    { state: 'applied', at: at(11, 1) },
  ],
  answers: {},
  approval: { approver: APPROVER, planHash: 'a'.repeat(64), nonce: 'n', at: at(10, 58), expiresAt: at(12) },
  outbox: [],
  seq: 5,
  ...parts,
});

const shown = (finding: Finding, runs: readonly Run[] = [run()], now = at(12)) => {
  const sections = cardSections(finding, 'rule', { runs, now: new Date(now) });
  return pageText([sections.at(-1) ?? { title: '', lines: [] }], {
    width: Number.POSITIVE_INFINITY,
    paint: plain,
  });
};

test('a fix that was applied: who let it be, each step, how to check it and how to put it back', () => {
  const text = shown({ ...story, remediation: remediation() });
  expect(text.split('\n')).toEqual([
    'What was done: applied',
    '  It was fixed: read again, it is as planned, and the control holds.',
    `  The fix sg-revoke-world-rule is applied, mode approve: run ${RUN}.`,
    `  Its plan has the hash ${'a'.repeat(64)}.`,
    `  Approved by ${APPROVER} at 2026-01-31 10:58:00 UTC.`,
    '  2026-01-31 10:59:00  begun',
    '  2026-01-31 11:00:00  being made  call 1: done; request req-1',
    '  2026-01-31 11:01:00  applied',
    '  Check it, in account 123456789012: every call that the role of remediations made for this finding, with the ids of its requests.',
    `    aws cloudtrail lookup-events --region eu-central-1 --lookup-attributes AttributeKey=Username,AttributeValue=trailseal.${story.id} \\`,
    "      --query 'Events[].CloudTrailEvent' --output json | jq -c '.[] | fromjson | [.eventTime, .eventName, .requestID, .errorCode]'",
    `  Put it back: trailseal undo ${story.id}`,
  ]);
});

test('records of our own calls come with who, proof and commands, apart from who did it', () => {
  const proof = provenBy(trailWithCall());
  const calls = findingOf(proof).links?.[0]?.calls ?? [];
  const own = { observedAt: at(11), configurationStateId: '0', actor: 'named' as const, calls, omitted: 3 };
  const finding = { ...story, remediation: remediation({ calls: own }) };
  const text = shown(finding);
  expect(text).toContain("CloudTrail's records of it: of the session, which names who approved which plan");
  expect(text).toContain(`AttributeKey=EventId,AttributeValue=${opening.eventID} \\\n`);
  expect(text).toContain(`event ${opening.eventID}: proven since 2026-01-31 10:00:00 UTC`);
  expect(text).toContain('And 3 more.');
  const [, who] = cardSections(finding, 'rule', { runs: [], now: new Date(at(12)) });
  expect(who?.lines.map((line) => line.text).join('\n')).not.toContain(opening.eventID);
});

test.each<[string, Partial<FindingRemediation>, Run[], RegExp, RegExp]>([
  [
    'a proposal that waits',
    { kind: 'RemediationProposed', says: 'A fix is planned.' },
    [run({ state: 'planned', steps: [], asks: { nonce: 'n', expiresAt: at(13) } })],
    /^What was done: proposed/,
    /It waits for an approval until 2026-01-31 13:00:00 UTC: trailseal approve [A-Z2-7]{26}\n/,
  ],
  [
    'one for which it is too late',
    { kind: 'RemediationProposed', says: 'A fix is planned.' },
    [run({ state: 'planned', steps: [], asks: { nonce: 'n', expiresAt: at(11) } })],
    /^What was done: proposed/,
    /Nobody approved it until 2026-01-31 11:00:00 UTC\. Ask again: trailseal remediate \S+ --apply\n/,
  ],
  [
    'a refusal',
    { kind: 'Refused', says: 'Nothing was changed.', refusals: ['protected'] },
    [
      run({
        state: 'refused',
        steps: [
          {
            state: 'refused',
            at: at(11),
            refusal: { code: 'protected', says: 'Its tag keeps it away.', instead: 'Take it off.' },
          },
        ],
      }),
    ],
    /^What was done: refused/,
    /refused {2}protected: Its tag keeps it away\.; Take it off\./,
  ],
  [
    'an undo, with the fix that it undid',
    { kind: 'Undone', does: 'undo', of: FIX, askedBy: APPROVER },
    [
      run({ id: FIX }),
      run({ does: 'undo', of: FIX, state: 'undone', asked: { by: APPROVER, at: at(11), forced: true } }),
    ],
    /^What was done: undone/,
    /is applied, .*: run F{26}\.[\s\S]*is undone, .*which undoes run F{26}\.\n.*\n {2}Asked for by \S+ at 2026-01-31 11:00:00 UTC, forced\./,
  ],
  [
    'a failure after a lost answer',
    { kind: 'Failed', says: 'The fix failed.' },
    [
      run({
        state: 'failed',
        steps: [
          { state: 'applying', at: at(11), call: 1, result: 'unknown', error: { code: 'E', says: 'gone' } },
          { state: 'applying', at: at(11), call: 1 },
        ],
      }),
    ],
    /^What was done: failed/,
    /call 2: no answer came, so it may have worked; E: gone\n.*call 2: no answer is recorded\n/,
  ],
  [
    'a run that is no longer stored',
    { kind: 'Refused', refusals: ['protected', 'mode'] },
    [],
    /^What was done: refused/,
    /The fix sg-revoke-world-rule, mode approve, at .* UTC: run R{26}\.\n[\s\S]*Refused: protected, mode\.\n {2}Approved by /,
  ],
])('%s', (_name, parts, runs, title, body) => {
  const text = shown({ ...story, remediation: remediation(parts) }, runs);
  expect(text).toMatch(title);
  expect(text).toMatch(body);
});

test.each<[Partial<FindingRemediation>, boolean]>([
  [{ kind: 'Applied' }, true],
  [{ kind: 'Unconfirmed' }, true],
  [{ kind: 'Failed' }, true],
  [{ kind: 'Refused' }, false],
  [{ kind: 'Undone', does: 'undo' }, false],
  [{ kind: 'Applied', does: 'undo' }, false],
])('%j: is there a way back %s', (parts, isOffered) => {
  expect(shown({ ...story, remediation: remediation(parts) }).includes('trailseal undo')).toBe(isOffered);
});

test('at a glance', () => {
  const lines = glanceLines({ ...story, remediation: remediation() }, 'rule');
  expect(lines.at(-1)).toEqual({
    mark: 'What was done       applied  ',
    text: 'It was fixed: read again, it is as planned, and the control holds.',
    colour: 'green',
  });
});

test('what AWS and people chose moves no terminal and makes no command', () => {
  const hostile = 'x\u001b[2J\u202e`id`\ny';
  const text = shown(
    { ...story, region: 'x; id', remediation: remediation({ says: hostile, approvedBy: hostile }) },
    [
      run({
        mode: hostile,
        steps: [
          {
            state: 'applying',
            at: at(11),
            call: 0,
            result: 'refused',
            requestId: hostile,
            error: { code: hostile, says: hostile },
          },
        ],
        approval: { approver: hostile, planHash: '', nonce: '', at: at(11), expiresAt: at(12) },
      }),
    ],
  );
  for (const moving of ['\u001b', '\u202e', '`', 'aws cloudtrail']) expect(text).not.toContain(moving);
  expect(text).not.toMatch(/^y/m);
});
