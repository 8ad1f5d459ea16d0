import type { Approval } from '../../../shared/contracts/trailseal/remediation';
import { shortenedTo } from '../../../shared/proof/bounded-value';
import { type ApprovalWanted, approvalFault } from '../../../shared/remediations/approval';

const at = (hour: number) => `2026-11-29T${String(hour).padStart(2, '0')}:00:00.000Z`;
const ROLE = 'arn:aws:sts::123456789012:assumed-role/security';
const CENTER = 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef';
const ANN = `${ROLE}/ann`;
const good: Approval = { approver: ANN, planHash: 'ab', nonce: 'n', at: at(10), expiresAt: at(14) };
const wanted: ApprovalWanted = {
  planHash: 'ab',
  asks: { nonce: 'n', expiresAt: at(15) },
  notBy: ['arn:aws:iam::123456789012:user/mallory'],
};

test.each<[string, Partial<Approval>, Partial<ApprovalWanted>, string, RegExp | undefined]>([
  ['a good one', {}, {}, at(12), undefined],
  ['of another plan', { planHash: 'abc' }, {}, at(12), /another plan/],
  ['with another nonce', { nonce: '' }, {}, at(12), /not given to what was asked/],
  ['that nobody asked for', {}, { asks: undefined }, at(12), /not given to what was asked/],
  ['at the end of its time', {}, {}, at(14), /expired/],
  ['after the end of the time for it', { expiresAt: at(20) }, {}, at(15), /expired/],
  ['that says no time', { expiresAt: '' }, {}, at(12), /expired/],
  ['by who made the change', {}, { notBy: [ANN] }, at(12), /may not approve/],
  [
    'by another session of the role in which it was made, whose name anybody in the role may choose',
    {},
    { notBy: [`${ROLE}/mallory`] },
    at(12),
    /same person/,
  ],
  [
    'by a session of another role',
    {},
    { notBy: [`${ROLE}-2/ann`, ROLE.replace('sts', 'iam')] },
    at(12),
    undefined,
  ],
  [
    'by another person of Identity Center, which names the sessions',
    { approver: `${CENTER}/ann@example.com` },
    { notBy: [`${CENTER}/mallory@example.com`] },
    at(12),
    undefined,
  ],
  [
    'by the same person of Identity Center',
    { approver: `${CENTER}/ann@example.com` },
    { notBy: [`${CENTER}/ann@example.com`] },
    at(12),
    /may not approve/,
  ],
  [
    'in a federated session, whose name its user has chosen',
    { approver: 'arn:aws:sts::123456789012:federated-user/ann' },
    {},
    at(12),
    /same person/,
  ],
  [
    'in a federated session, where nobody made the change',
    { approver: 'arn:aws:sts::123456789012:federated-user/ann' },
    { notBy: [] },
    at(12),
    undefined,
  ],
  [
    'by who made the change, and is named in short because of a long path',
    { approver: `arn:aws:iam::123456789012:user/${'x'.repeat(512)}/mallory` },
    { notBy: [shortenedTo(512, `arn:aws:iam::123456789012:user/${'x'.repeat(512)}/mallory`)] },
    at(12),
    /may not approve/,
  ],
  ['by nobody', { approver: '' }, {}, at(12), /does not say who/],
  ['by a text that only holds an ARN', { approver: `x ${ANN}` }, {}, at(12), /does not say who/],
  ['by more than one line', { approver: `${ANN}\nx` }, {}, at(12), /does not say who/],
])('an approval %s', (_name, approval, asked, now, fault) => {
  const said = approvalFault({ ...good, ...approval }, { ...wanted, ...asked }, now);
  if (fault === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(fault);
});
