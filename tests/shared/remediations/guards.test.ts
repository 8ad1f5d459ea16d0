import type { Mode } from '../../../shared/contracts/trailseal/compliance-policy';
import type { RefusalCode } from '../../../shared/contracts/trailseal/remediation';
import { type Guarded, permitted, refusalsOf, stalePlan } from '../../../shared/remediations/guards';

const OURS = 'arn:aws:iam::123456789012:role/trailseal-dev-remediation';
const OTHER = 'arn:aws:iam::123456789012:role/admin';

/** Nothing speaks against it. */
const free: Guarded = {
  policy: 'valid',
  exemption: 'none',
  tags: { team: 'web' },
  protectedTags: [{ key: 'keep' }, { key: 'env', value: 'prod' }],
  made: 0,
  cap: 5,
  calls: [{ issuer: OTHER, requestID: 'r-1' }],
  ourRole: OURS,
  ourRequests: new Set(['r-9']),
  judged: 'NON_COMPLIANT',
  mode: 'approve',
  approved: true,
};
const exemption = { owner: 'web@example.com', reason: 'migration', expiresAt: '2027-01-01T00:00:00.000Z' };

const rows: [name: string, facts: Partial<Guarded>, code: RefusalCode | 'none', says?: RegExp][] = [
  ['nothing against it', {}, 'none'],
  ['no compliance.yml', { policy: 'missing' }, 'policy-invalid', /is missing/],
  ['an invalid one', { policy: 'invalid' }, 'policy-invalid', /is invalid/],
  ['one that nobody looked at', { policy: 'unknown' }, 'policy-invalid', /not known to be valid/],
  ['an exemption', { exemption }, 'exempt', /until 2027-01-01, by web@example\.com/],
  ['exemptions that are not known', { exemption: 'unknown' }, 'exempt', /could not be found out/],
  ['a stack', { tags: { 'aws:cloudformation:stack-name': 'net-prod' } }, 'managed-by-iac', /stack net-prod/],
  [
    'a stack that another tag names',
    { tags: { 'aws:cloudformation:stack-id': 'arn:aws:cloudformation:x:1:stack/net/2' } },
    'managed-by-iac',
    /stack arn:aws:cloudformation:x:1:stack\/net\/2/,
  ],
  [
    'CloudFormation made the change',
    { actor: { invokedBy: 'cloudformation.amazonaws.com' } },
    'managed-by-iac',
    /a stack of CloudFormation/,
  ],
  ['the word of AWS for it', { actor: { iac: 'CloudFormation' } }, 'managed-by-iac'],
  ['a tag that only looks like it', { tags: { 'cloudformation:stack-name': 'net' } }, 'none'],
  ['a Terraform tag, which anybody sets', { tags: { terraform: 'true' } }, 'none'],
  ['tags that were not read', { tags: 'not-read' }, 'tags-unknown'],
  ['tags that are not known', { tags: 'unknown' }, 'tags-unknown'],
  ['what can have no tags', { tags: 'none' }, 'none'],
  ['a protected tag', { tags: { keep: '' } }, 'protected', /Its tag keep/],
  ['a protected value', { tags: { env: 'prod' } }, 'protected'],
  ['another value', { tags: { env: 'test' } }, 'none'],
  ['what every object has', { tags: {}, protectedTags: [{ key: 'constructor' }] }, 'none'],
  ['one below the cap', { made: 4 }, 'none'],
  ['the cap', { made: 5 }, 'cap-reached', /^5 were made .* 5 may be/],
  ['a count that is not known', { made: 'unknown' }, 'cap-reached'],
  ['no number', { made: Number.NaN }, 'cap-reached'],
  ['our own call', { calls: [{ issuer: OURS, requestID: 'r-9' }] }, 'own-change', /by a remediation of ours/],
  ['one of several', { calls: [{ issuer: OTHER }, { issuer: OURS, requestID: 'r-9' }] }, 'own-change'],
  ['our role, another call', { calls: [{ issuer: OURS, requestID: 'r-2' }] }, 'own-change', /did not record/],
  ['our role, no requestID', { calls: [{ issuer: OURS }] }, 'own-change', /did not record/],
  [
    'our role, and no list',
    { calls: [{ issuer: OURS, requestID: 'r-9' }], ourRequests: 'unknown' },
    'own-change',
    /did not record/,
  ],
  ['our requestID from another role', { calls: [{ issuer: OTHER, requestID: 'r-9' }] }, 'none'],
  ['nobody known', { calls: [] }, 'none'],
  ['mended by now', { judged: 'COMPLIANT' }, 'no-longer-so', /no longer breaks/],
  ['out of scope by now', { judged: 'NOT_APPLICABLE' }, 'no-longer-so', /no longer breaks/],
  ['not enough to tell', { judged: 'INSUFFICIENT_DATA' }, 'no-longer-so', /can not tell/],
  ['not judged, though it could be', { judged: 'unknown' }, 'no-longer-so'],
  ['a detection, which has nothing to judge', { judged: 'not-judged' }, 'none'],
  ['mode off', { mode: 'off' }, 'mode', /says off/],
  ['mode notify', { mode: 'notify' }, 'mode', /says notify/],
  ['mode dry-run', { mode: 'dry-run' }, 'dry-run'],
  ['mode approve without approval', { approved: false }, 'not-approved'],
  ['mode auto', { mode: 'auto', approved: false }, 'none'],
  ['a mode of later', { mode: 'always' as Mode }, 'mode'],
];

test.each(rows)('%s', (_name, facts, code, says = /\.$/) => {
  const [refusal, ...others] = refusalsOf({ ...free, ...facts });
  expect(refusal?.code ?? 'none').toBe(code);
  if (refusal) expect(refusal.says).toMatch(says);
  // What isn't known of the tags is refused by both guards that read them.
  expect(others.filter((other) => other.code !== refusal?.code)).toEqual([]);
});

test('what a tag says is one line, and no more than a name', () => {
  const [refusal] = refusalsOf({
    ...free,
    tags: { 'aws:cloudformation:stack-name': `a\n\u202eb${'c'.repeat(1000)}` },
  });
  expect(refusal?.says).toMatch(/stack a bc+, which/);
  expect(refusal?.says.length).toBeLessThan(400);
});

test('every reason is told, those that no approval helps against first', () => {
  const codes = refusalsOf({ ...free, policy: 'missing', made: 9, mode: 'dry-run' }).map(({ code }) => code);
  expect(codes).toEqual(['policy-invalid', 'cap-reached', 'dry-run']);
});

const auto = { mode: 'auto', chain: 'whole', restoresEvidence: false, autoHolds: true } as const;

test.each<[name: string, facts: Partial<Parameters<typeof permitted>[0]>, mode: Mode, lowered: RegExp]>([
  ['auto', {}, 'auto', /^$/],
  ['a broken chain', { chain: 'broken' }, 'approve', /a chain of digests is broken/],
  ['a chain that nobody looked at', { chain: 'unknown' }, 'approve', /is not known/],
  ['a broken chain, and evidence to restore', { chain: 'broken', restoresEvidence: true }, 'auto', /^$/],
  ['a precondition that does not hold', { autoHolds: 'it is in use' }, 'approve', /it is in use\.$/],
  ['the same where evidence is restored', { autoHolds: 'no', restoresEvidence: true }, 'approve', /: no\.$/],
  ['both', { autoHolds: 'no', chain: 'broken' }, 'approve', /: no\.,.*is broken\.$/],
  ['approve with a broken chain', { mode: 'approve', chain: 'broken' }, 'approve', /^$/],
  ['notify', { mode: 'notify' }, 'notify', /^$/],
  ['a mode that is not known', { mode: 'unknown' }, 'off', /^$/],
])('how far it may go: %s', (_name, facts, mode, lowered) => {
  const said = permitted({ ...auto, ...facts });
  expect(said.mode).toBe(mode);
  expect(said.lowered.join()).toMatch(lowered);
});

test.each([
  ['a', 'a', undefined],
  ['a', 'b', 'stale-plan'],
  ['unknown', 'a', 'stale-plan'],
])('approved %s, planned %s', (approvedHash, planHash, code) => {
  expect(stalePlan({ approvedHash, planHash })?.code).toBe(code);
});
