import type { Rate } from '../../shared/controls/detections/detection';
import { type CountedEvent, episodes } from '../../shared/controls/detections/episodes';

/**
 * The events that are in an episode because of one of them, in the order of time. All that ever are in one come out of
 * this, whatever the order of arrival: the last to arrive of an episode brings the others with it.
 *
 * @param near all within two windows before and after the event
 */
export function newInEpisodes(
  near: readonly CountedEvent[],
  event: CountedEvent,
  rate: Rate,
): CountedEvent[] {
  const others = near.filter(({ eventID }) => eventID !== event.eventID);
  const before = new Set(membersOf(others, rate).map(({ eventID }) => eventID));
  return membersOf([...others, event], rate).filter(({ eventID }) => !before.has(eventID));
}

function membersOf(events: readonly CountedEvent[], rate: Rate): CountedEvent[] {
  const found = episodes(events, rate);
  return events
    .filter(({ eventTime }) => found.some(({ since, until }) => since <= eventTime && eventTime <= until))
    .sort((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0));
}
