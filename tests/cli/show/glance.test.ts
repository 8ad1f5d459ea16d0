import fc from 'fast-check';
import { glanceLines } from '../../../cli/show/glance';
import { pageText } from '../../../cli/show/page';
import type { Paint } from '../../../cli/terminal';
import type {
  Call,
  EventProof,
  Finding,
  ObservationLinks,
} from '../../../shared/contracts/trailseal/finding';
import type { Control } from '../../../shared/controls/control';
import { hostileText } from '../../shared/tell/hostile-text';
import { at, joined, noChange, open } from '../../support/findings';
import { findingOf } from '../evidence/proven-finding';

const paint: Paint = (colour, text) => (colour === 'bold' ? text : `<${colour}>${text}`);
const glance = (finding: Finding, kind: Control['kind'] = 'rule', width = Number.POSITIVE_INFINITY) =>
  pageText([{ title: 'T', lines: glanceLines(finding, kind) }], { width, paint })
    .split('\n')
    .slice(1);

const pending: EventProof = { state: 'pending', says: '' };
const proven: EventProof = { state: 'proven', says: '' };
const late: EventProof = { state: 'missing', reason: 'late', says: '' };
const other: EventProof = { state: 'contradicted', reason: 'other-content', says: '' };

const call = (proof: EventProof, eventID: string): Call => ({
  ...(findingOf(proof).links?.[0]?.calls[0] as Call),
  eventID,
});
const calls = (...proofs: EventProof[]): Call[] => proofs.map((proof, index) => call(proof, `e-${index}`));
const story = joined([open(at(9), { change: { ...noChange, state: 'reported' } })], at(12)).finding;
const linked = (parts: Partial<ObservationLinks>): Finding => ({
  ...story,
  links: [{ observedAt: at(9), configurationStateId: '1', actor: 'named', calls: [], ...parts }],
});
const who = `${call(proven, '').actor.principal}: AuthorizeSecurityGroupIngress at 2026-01-31 08:59:00 UTC`;

test('the four questions, a line each', () => {
  expect(glance(linked({ calls: calls(proven) }))).toEqual([
    "  What changed        reported  AWS Config's word, which is not signed",
    `  Who did it          named     ${who}`,
    '<green>  Is the record true  proven    1 of 1 call proven',
    '  What was done       none      Trailseal changed nothing',
  ]);
});

test.each<[string, Partial<ObservationLinks>, RegExp, RegExp]>([
  [
    'one call of two',
    { calls: calls(proven, pending) },
    /named .*UTC; 1 more call below$/,
    /pending +1 of 2 calls/,
  ],
  ['late', { calls: calls(late) }, /named/, /^<yellow>.*missing +late; 0 of 1 call proven$/],
  [
    'contradicted',
    { calls: calls(proven, other) },
    /named/,
    /^<red>.*contradicted +other-content; 1 of 2 calls/,
  ],
  [
    'candidates',
    { actor: 'candidates', calls: calls(proven, proven), omitted: 2 },
    /candidates +one of 4 calls may have done it$/,
    /proven +2 of 2/,
  ],
  ['one candidate', { actor: 'candidates', calls: calls(proven) }, /one call may have done it$/, /proven/],
  [
    'nobody yet',
    { actor: 'missing', reason: 'not-yet' },
    /missing +no call that explains it is known yet$/,
    /missing +no call is known$/,
  ],
  ['nobody', { actor: 'missing', reason: 'not-found' }, /missing +no call .* was found$/, /missing +no call/],
])('%s', (_name, parts, actor, proof) => {
  const [, second, third] = glance(linked(parts));
  expect([second, third]).toEqual([expect.stringMatching(actor), expect.stringMatching(proof)]);
});

test.each<[string, Finding, Control['kind'], string]>([
  ['files of CloudTrail', story, 'verification', 'this is about files of CloudTrail'],
  ['another service', story, 'partner', 'another service found this'],
  ['a test', joined([open(at(9), { origin: 'operator' })], at(12)).finding, 'rule', 'an operator sent this'],
])('nothing to prove: %s', (_name, finding, kind, why) => {
  for (const line of glance(finding, kind).slice(1, 3)) expect(line).toContain(`not-applicable  ${why}`);
});

test('what callers chose stays within its lines and its columns', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const [only] = calls(proven) as [Call];
      const hostile = { ...only, eventName: text, actor: { ...only.actor, principal: text } };
      const lines = glance(linked({ calls: [hostile] }), 'rule', 80);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may come out
      expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(lines.filter((line) => /^(<\w+>)? {2}\S/.test(line))).toHaveLength(4);
    }),
  );
});
