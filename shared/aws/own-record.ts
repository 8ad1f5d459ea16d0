import { ownCallsOf } from '../findings/own-calls';
import { callsOfRuns } from '../remediations/run';
import { type LinkedRecord, linkedRecord } from './linked-record';
import { ownEvents } from './own-events';
import { remediationsTable } from './remediations-table';

/**
 * The same for those who learn of our own calls, or of what has become of a run: they bring into a finding the records
 * of these, too. Whoever learns nothing of it keeps what a finding has.
 */
export function ownRecord(...given: Parameters<typeof linkedRecord>): LinkedRecord {
  const [{ table }, isWatched] = given;
  const linked = linkedRecord(...given);
  const { now } = linked.record;
  const runs = remediationsTable(table, now);
  const ownCalls = ownCallsOf({
    events: ownEvents(table),
    runCalls: (findingId, latest) => callsOfRuns(runs, findingId, latest),
    witnesses: linked.witnesses,
    isWatched,
    now,
  });
  return { ...linked, record: { ...linked.record, ownCalls } };
}
