import type { FindingsReader } from '../../../shared/aws/findings-reader';
import type { FindingSummary } from '../../../shared/contracts/trailseal/finding';
import { NOW } from '../test-shell';

/** So long before the tests' now. */
export const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString();

/** Ids have 26 letters of base32. */
export const idOf = (start: string): string => start.padEnd(26, 'A');

export const summary = (changes: Partial<FindingSummary> = {}): FindingSummary => ({
  id: idOf('FIRST'),
  control: 'sg-no-world-admin-ipv4',
  severity: 'high',
  accountId: '123456789012',
  region: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  state: 'open',
  exposure: { from: ago(3600) },
  ...changes,
});

/** A table with these findings, whose index knows them by account and state. */
export const readerOf = (stored: readonly unknown[]): FindingsReader => {
  const known = stored as readonly FindingSummary[];
  return {
    region: async () => 'eu-central-1',
    accountId: async () => '123456789012',
    idsOf: async (account, state) =>
      known.filter((one) => one.accountId === account && one.state === state).map(({ id }) => id),
    summaries: async (ids) => known.filter(({ id }) => ids.includes(id)),
    rowsOf: async (id) => {
      const finding = known.find((one) => one.id === id);
      return finding && { state: { finding, seq: 1, outbox: [] }, claims: [], runs: [] };
    },
    idsStartingWith: async (prefix) => known.map(({ id }) => id).filter((id) => id.startsWith(prefix)),
  };
};
