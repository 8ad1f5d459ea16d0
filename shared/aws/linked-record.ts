import type { ActivityIndex } from '../findings/activity-index';
import { linkFinding } from '../findings/links';
import type { RecordNeeds } from '../findings/record';
import type { Witnesses } from '../findings/witnesses';
import { activityIndex } from './activity-index';
import { type ActivityTable, activityTable } from './activity-table';
import { findingsBus } from './findings-bus';
import { findingsTable } from './findings-table';
import { witnessesTable } from './witnesses-table';

/** What it takes to record findings together with who did it, and whether the record of that is true. */
export interface LinkedRecord {
  readonly record: RecordNeeds;
  readonly index: ActivityIndex;
  readonly witnesses: Witnesses;
  readonly activity: ActivityTable;
}

/** @param isWatched whether compliance.yml names any trail to look for records in */
export function linkedRecord(
  names: { readonly table: string; readonly bus: string },
  isWatched: boolean,
): LinkedRecord {
  const now = () => new Date().toISOString();
  const index = activityIndex(names.table);
  const witnesses = witnessesTable(names.table);
  const activity = activityTable(names.table);
  const { rootSession } = activity;
  return {
    index,
    witnesses,
    activity,
    record: {
      table: findingsTable(names.table),
      bus: findingsBus(names.bus),
      link: linkFinding({ index, witnesses, isWatched, rootSession, now }),
      now,
    },
  };
}
