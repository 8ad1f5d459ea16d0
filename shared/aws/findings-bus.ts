import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { FindingEventDetail } from '../contracts/trailseal/finding';
import type { RecordNeeds } from '../findings/record';

// Limits of PutEvents. Source: EventBridge API reference, PutEvents. The size is the one from before 2026: a quarter of
// what it takes now, so that nothing depends on what exactly is counted.
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/** EventBridge took some entries and not others: transient, all are published again. */
export class PublishFailed extends Error {
  override readonly name = 'PublishFailed';
}

const entryOf = (busName: string, detail: FindingEventDetail): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: 'trailseal',
  DetailType: `Finding ${detail.transition.kind}`,
  Resources: detail.finding.arn === undefined ? [] : [detail.finding.arn],
  Detail: JSON.stringify(detail),
});

/** Batches of entries that PutEvents takes at once. */
function batches(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const found: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Detail ?? '');
    const batch = found.at(-1);
    if (batch === undefined || batch.length === ENTRIES_PER_CALL || bytes + size > BYTES_PER_CALL) {
      found.push([entry]);
      bytes = size;
    } else {
      batch.push(entry);
      bytes += size;
    }
  }
  return found;
}

/** Trailseal's own event bus: what happens to findings, for our functions and for anybody's rules. */
export const findingsBus = (busName: string, client = new EventBridgeClient({})): RecordNeeds['bus'] => ({
  async publish(events) {
    for (const Entries of batches(events.map((detail) => entryOf(busName, detail)))) {
      const { FailedEntryCount = 0, Entries: results = [] } = await client.send(
        new PutEventsCommand({ Entries }),
      );
      if (FailedEntryCount > 0) {
        const first = results.find(({ ErrorCode }) => ErrorCode !== undefined);
        throw new PublishFailed(
          `${FailedEntryCount} of ${Entries.length} events were not taken by ${busName}: ${first?.ErrorCode}: ${first?.ErrorMessage}`,
        );
      }
    }
  },
});
