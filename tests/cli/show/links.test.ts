import { cardOf, cardSections, roleOf } from '../../../cli/show/links';
import { pageText } from '../../../cli/show/page';
import type { Paint } from '../../../cli/terminal';
import type {
  Call,
  EventProof,
  Finding,
  ObservationLinks,
} from '../../../shared/contracts/trailseal/finding';
import { at, fine, joined, open } from '../../support/findings';
import { findingOf, opening, provenBy, trailWithCall } from '../evidence/proven-finding';

const plain: Paint = (_, text) => text;
const text = (
  finding: Finding,
  kind: Parameters<typeof cardSections>[1] = 'rule',
  width = Number.POSITIVE_INFINITY,
) => pageText(cardSections(finding, kind, { runs: [], now: new Date(at(12)) }), { width, paint: plain });

const proven = provenBy(trailWithCall());
const pending: EventProof = { state: 'pending', says: 'the digest has not been verified yet' };
const call = (changes: Partial<Call> = {}): Call => ({
  ...(findingOf(pending).links?.[0]?.calls[0] as Call),
  ...changes,
});
const observed = (observedAt: string, parts: Partial<ObservationLinks>): ObservationLinks => ({
  observedAt,
  configurationStateId: '1',
  actor: 'named',
  calls: [],
  ...parts,
});
const story = joined([open(at(9)), open(at(10)), fine(at(11))], at(12)).finding;
const other = 'b1b2b3b4-c736-b9ec-d905-644e29994096';

test('one block for each observation: who opened it, who closed it', () => {
  const finding: Finding = {
    ...story,
    links: [
      observed(at(9), { calls: [call()] }),
      observed(at(10), { actor: 'candidates', calls: [call({ eventID: other })], omitted: 2 }),
      observed(at(11), { actor: 'missing', reason: 'not-found' }),
    ],
  };
  expect(finding.links?.map((link) => roleOf(finding, link))).toEqual(['Opened', 'Changed', 'Closed']);
  const shown = text(finding);
  expect(shown).toContain(
    'Who did it: named\n  Opened at 2026-01-31 09:00:00 UTC, who did it: named.\n  - arn:aws:sts::',
  );
  expect(shown).toContain(
    '  Changed at 2026-01-31 10:00:00 UTC, who did it: candidates.\n  One of these 3 calls may have done it',
  );
  expect(shown).toContain('  And 2 more.\n');
  expect(shown).toContain(
    '  Closed at 2026-01-31 11:00:00 UTC, who did it: missing.\n  No API call that explains it was found',
  );
  for (const id of [opening.eventID, other]) {
    expect(shown).toContain(`AttributeKey=EventId,AttributeValue=${id} \\\n`);
  }
});

test('what a detection found has happened', () => {
  const finding = joined([open(at(9), { quietUntil: at(23) })], at(10)).finding;
  expect(roleOf(finding, observed(at(9), {}))).toBe('Happened');
});

test.each<[string, EventProof[], string]>([
  ['proven only when each is', [proven, pending], 'pending'],
  ['proven', [proven, proven], 'proven'],
  ['as bad as the worst', [proven, { state: 'missing', reason: 'late', says: '' }], 'missing'],
  [
    'contradicted over all',
    [pending, { state: 'contradicted', reason: 'not-logged', says: '' }],
    'contradicted',
  ],
])('the record is %s', (_name, proofs, state) => {
  const calls = proofs.map((proof, index) => call({ proof, eventID: `${index}${other.slice(1)}` }));
  expect(cardOf({ ...story, links: [observed(at(9), { calls })] }, 'rule').proof.state).toBe(state);
});

test('a proven record: its files, hashes and key, and how to check them', () => {
  const key = { fingerprint: 'f'.repeat(32), from: 'ListPublicKeys', where: 'eu-central-1' };
  const shown = text(findingOf({ ...proven, key }), 'rule', 60);
  for (const part of [
    `log s3://${proven.log?.bucket}/${proven.log?.key}, Records[2]\n`,
    `its SHA-256 ${proven.log?.sha256}\n`,
    `digest s3://${proven.digest?.bucket}/${proven.digest?.key}\n`,
    `its SHA-256 ${proven.digest?.sha256}\n`,
    `public key ${key.fingerprint}, from ListPublicKeys eu-central-1\n`,
    `    aws s3 cp s3://${proven.log?.bucket}/${proven.log?.key} log.json.gz\n`,
    'sha256sum',
    'openssl dgst -sha256 -verify',
    `trailseal evidence ${findingOf(proven).id}`,
  ]) {
    expect(shown).toContain(part);
  }
});

test('two proven records: the commands that check one are run once for each', () => {
  const calls = [opening.eventID, other].map((eventID) => call({ eventID, proof: proven }));
  const saying = 'run them once for each of the calls';
  expect(text({ ...story, links: [observed(at(9), { calls })] })).toContain(saying);
  expect(text(findingOf(proven))).not.toContain(saying);
});

test('what others have chosen makes no command', () => {
  const log = { bucket: 'b', key: 'AWSLogs/$(id)', sha256: '0' };
  const hostile = call({ eventID: '$(id)', awsRegion: '; id', proof: { ...proven, log } });
  const shown = text({ ...story, links: [observed(at(9), { calls: [hostile] })] });
  expect(shown).not.toMatch(/^ *aws cloudtrail lookup-events.*EventId/m);
  expect(shown).not.toContain('aws s3 cp');
});

test('contradicted: what to do now', () => {
  const proof: EventProof = {
    state: 'contradicted',
    reason: 'other-content',
    says: 'other',
    differs: ['userIdentity'],
  };
  const shown = text(findingOf(proof));
  expect(shown).toContain('Is the record true: contradicted\n  NO.');
  expect(shown).toContain('other than in the event: userIdentity');
  expect(shown).toContain('1. Treat the log of this account as tampered with');
});

test.each<[string, Parameters<typeof cardOf>[1], [string, string]]>([
  ['a verification', 'verification', ['not-applicable', 'not-applicable']],
  ['the word of another service', 'partner', ['not-applicable', 'not-applicable']],
  ['a rule of which nothing is known', 'rule', ['missing', 'missing']],
])('%s', (_name, kind, states) => {
  const { actor, proof } = cardOf(story, kind);
  expect([actor.state, proof.state]).toEqual(states);
});
