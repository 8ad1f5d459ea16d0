import type { Call, ObservationLinks } from '../contracts/trailseal/finding';

// What links may weigh, so that a finding with its outbox fits into one DynamoDB item, and an event of it into one entry
// of EventBridge, whatever callers chose to say of themselves.
const CALLS_BYTES = 12 * 1024;
const LINKS_BYTES = 120 * 1024;

/**
 * As many links as a finding can hold: of one observation the first calls, of all the latest observations. One call
 * always stays.
 * @param links oldest first
 */
export function boundedLinks(links: readonly ObservationLinks[]): ObservationLinks[] {
  const kept: ObservationLinks[] = [];
  let bytes = 0;
  for (const one of links.map(withFewerCalls).reverse()) {
    bytes += bytesOf(one);
    if (bytes > LINKS_BYTES && kept.length > 0) break;
    kept.push(one);
  }
  return kept.reverse();
}

function withFewerCalls(links: ObservationLinks): ObservationLinks {
  let bytes = 0;
  const kept = links.calls.filter((call, index) => {
    bytes += bytesOfCall(call);
    return index === 0 || bytes <= CALLS_BYTES;
  });
  const omitted = (links.omitted ?? 0) + links.calls.length - kept.length;
  return omitted === (links.omitted ?? 0) ? links : { ...links, calls: kept, omitted };
}

/** Without its proof, which grows later: which calls are kept must not change with it. */
const bytesOfCall = ({ proof: _, ...call }: Call): number => bytesOf(call);

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));
