import type { AccountReader } from '../../shared/aws/account-snapshot';
import type { AnyRule } from '../../shared/controls/control';
import { isOffEverywhere } from '../../shared/controls/scope';
import { covers, type Home } from '../../shared/policy/coverage';
import { inParallel } from '../../shared/proof/trail/in-parallel';
import {
  type Look,
  type LookNeeds,
  lookAtAccessKeys,
  lookAtRecorder,
  lookAtTrails,
  lookAtVpcs,
} from './look';
import { type Settled, type SettleNeeds, settle } from './settle';

export interface Needs extends SettleNeeds {
  /** Those of snapshots. */
  readonly rules: readonly AnyRule[];
  readonly home: Home;
  readonly reader: AccountReader;
  readonly now: () => string;
}

/** What one run came to: for whoever invokes the function by hand. */
export interface Outcome {
  readonly account: string;
  readonly regions: readonly string[];
  readonly judged: number;
  /** Kinds of the transitions that it brought about. */
  readonly transitions: readonly string[];
  /** Reads that AWS refused, or did not answer: what they are about keeps its state. */
  readonly unread: readonly string[];
  /** Covered, and not read: no role lets the stack read other accounts yet. */
  readonly accountsNotRead: readonly string[];
}

const REGIONS_AT_ONCE = 4;

/**
 * Takes a snapshot of what AWS Config does not record, in the own account and each covered Region, and has the rules
 * of snapshots judge it. What could not be read is told, and keeps the state that it has.
 *
 * @returns a function that takes one snapshot, and records what is news
 * @throws AggregateError at the end, when a rule failed, or something that was judged could not be recorded
 */
export const evaluateAccount = (needs: Needs) => async (): Promise<Outcome> => {
  const { policy, home, reader, now, telemetry } = needs;
  const { accountId } = home;
  const accountsNotRead = policy.coverage.accounts.filter((one) => one !== 'self' && one !== accountId);
  if (accountsNotRead.length > 0)
    telemetry.warn('accounts are covered and not read: only events tell of them', { accountsNotRead });
  if (!covers(policy.coverage.accounts, accountId, accountId))
    return { account: accountId, regions: [], judged: 0, transitions: [], unread: [], accountsNotRead };

  const unread: string[] = [];
  const failed: LookNeeds['failed'] = (read, region, error) => {
    const code = error instanceof Error ? error.name : String(error);
    const says = `${read} in ${region}: AWS answers ${code}`;
    unread.push(says);
    telemetry.countBy('SnapshotReadsFailed', 'read', read);
    telemetry.error('AWS could not be read: what it is about keeps its state', { read, region, error });
    return says;
  };
  const regions = await coveredRegions(needs, failed);
  const known = await needs.unresolved(accountId);
  const settled: Settled[] = [];
  // One control after the other, and what may take minutes last: it keeps nothing else from being recorded.
  for (const { rule, take } of looksOf({ reader, accountId, now, failed }, regions, needs)) {
    for (const look of await take()) settled.push(await settle(needs, rule, look, known));
  }
  const failures = settled.flatMap((one) => one.failures);
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} judgements failed, or were not recorded`);
  return {
    account: accountId,
    regions,
    judged: settled.reduce((sum, { judged }) => sum + judged, 0),
    transitions: settled.flatMap(({ transitions }) => transitions),
    unread,
    accountsNotRead,
  };
};

/** By name; those that are enabled where all are covered. */
async function coveredRegions(
  { policy, home, reader }: Needs,
  failed: LookNeeds['failed'],
): Promise<readonly string[]> {
  const { regions } = policy.coverage;
  const named = regions.map((one) => (one === 'self' ? home.region : one)).filter((one) => one !== 'all');
  if (!regions.includes('all')) return [...new Set(named)];
  try {
    return [...new Set([...(await reader.regions()), ...named])];
  } catch (error) {
    failed('DescribeRegions', home.region, error);
    return [...new Set([home.region, ...named])];
  }
}

interface Taken {
  readonly rule: AnyRule;
  take(): Promise<readonly Look[]>;
}

/** For nothing that is off AWS is asked. */
function looksOf(looking: LookNeeds, regions: readonly string[], { policy, rules }: Needs): Taken[] {
  const inRegions = (look: (needs: LookNeeds, region: string) => Promise<Look>) => () =>
    inParallel(regions, REGIONS_AT_ONCE, (region) => look(looking, region));
  const takes: Readonly<Record<string, Taken['take']>> = {
    'cloudtrail-logging-active': async () => [await lookAtTrails(looking, regions)],
    'config-recorder-enabled': inRegions(lookAtRecorder),
    'vpc-flow-logs-enabled': inRegions(lookAtVpcs),
    'iam-access-key-rotation': async () => [await lookAtAccessKeys(looking)],
  };
  return Object.entries(takes).flatMap(([id, take]) => {
    const rule = rules.find((one) => one.id === id);
    return rule === undefined || isOffEverywhere(policy.controls[id]) ? [] : [{ rule, take }];
  });
}
