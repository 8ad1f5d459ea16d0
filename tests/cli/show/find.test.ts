import { findFinding } from '../../../cli/show/find';
import type { FindingSummary } from '../../../shared/contracts/trailseal/finding';
import { idOf, readerOf, summary } from '../findings/fake-findings';

const other = summary({ id: idOf('FIRSTB'), state: 'exempt', resourceId: 'sg-2' });
const foreign = summary({ id: idOf('FOREIGN'), accountId: '111122223333' });
const reader = readerOf([summary({ id: idOf('FIRSTA') }), other, foreign]);
const table = { reader, accounts: async () => ['123456789012'] };

const found = async (said: string, scan = false) =>
  ((await findFinding(said, table, scan)).state['finding'] as FindingSummary).id;

test.each([idOf('FIRSTA'), 'FIRSTAA', 'firstaa'])('%s is found', async (said) => {
  await expect(found(said)).resolves.toBe(idOf('FIRSTA'));
});

test('by its whole id in any account, by a beginning in those listed, or by a scan', async () => {
  await expect(found(foreign.id)).resolves.toBe(foreign.id);
  await expect(found('FOREIGN')).rejects.toMatchObject({
    message: "No finding's id begins with FOREIGN in account 123456789012",
    next: [expect.anything(), expect.stringContaining('--scan')],
  });
  await expect(found('FOREIGN', true)).resolves.toBe(foreign.id);
});

test('several: each is named', async () => {
  const ambiguous = readerOf([
    summary({ id: idOf('FIRSTA') }),
    summary({ id: idOf('FIRSTAB'), resourceId: 'sg-3' }),
  ]);
  await expect(findFinding('FIRSTA', { ...table, reader: ambiguous }, false)).rejects.toMatchObject({
    message: "2 findings' ids begin with FIRSTA",
    next: [
      'Give more of the one that is meant:',
      `${idOf('FIRSTA')} open sg-no-world-admin-ipv4 sg-1`,
      `${idOf('FIRSTAB')} open sg-no-world-admin-ipv4 sg-3`,
    ],
  });
});

test.each([
  ['FIRST', 'ID: expected the 26 letters and digits'],
  ['sg-123456', 'ID: expected the 26 letters and digits'],
  [idOf('FIRSTA').concat('A'), 'ID: expected the 26 letters and digits'],
  [idOf('NOBODY'), `There is no finding ${idOf('NOBODY')} in this table`],
])('%s is not found', async (said, message) => {
  await expect(found(said)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    next: expect.arrayContaining(['All findings: trailseal findings --all']),
  });
});
