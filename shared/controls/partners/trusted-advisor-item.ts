import type { AwsEvent } from '../../contracts/aws/event';
import {
  parseTrustedAdvisorItem,
  type TrustedAdvisorItem,
} from '../../contracts/aws/partners/trusted-advisor-item';
import type { Reason, Severity } from '../control';
import type { Mapped, MappedResource } from './partner';

export const trustedAdvisorEvents = {
  source: 'aws.trustedadvisor',
  detailTypes: ['Trusted Advisor Check Item Refresh Notification'],
} as const;

/** What the mapping of one check has to say about an item of it. */
export interface ItemReading {
  readonly resource: MappedResource;
  /** What tells the item from others of the same check, and stays the same when it changes colour. */
  readonly item: string;
  readonly severity: Severity;
  readonly says: string;
  readonly because: readonly [Reason, ...Reason[]];
}

const isRaised = ({ status }: TrustedAdvisorItem): boolean => status === 'ERROR' || status === 'WARN';

/** What all mappings of Trusted Advisor's items have in common. */
export function mapItem(
  event: AwsEvent,
  read: (item: TrustedAdvisorItem) => ItemReading | Mapped | undefined,
): Mapped | undefined {
  const item = parseTrustedAdvisorItem(event);
  const reading = read(item);
  if (reading === undefined || 'state' in reading) return reading;
  return {
    state: isRaised(item) ? 'open' : item.status === 'OK' ? 'closed' : 'undetermined',
    resource: reading.resource,
    severity: reading.severity,
    says: isRaised(item)
      ? reading.says
      : item.status === 'OK'
        ? `Trusted Advisor is content with "${item.check}"`
        : `Trusted Advisor cannot tell about "${item.check}"`,
    because: isRaised(item) ? reading.because : [],
    observedAt: item.refreshedAt,
    partnerId: `${item.check}|${event.account}|${reading.item}`,
  };
}

/** No Region or zone is longer: what is, isn't looked through. */
const REGION_LENGTH = 40;

/** The account and the Region of an item: Trusted Advisor sends from us-east-1 whatever the item's own Region is. */
export function placeOf({ columns }: TrustedAdvisorItem, event: AwsEvent) {
  const told = columns.get('Region') ?? columns.get('Region/AZ') ?? columns.get('Region Name') ?? '';
  const [region] = /[a-z]{2}(?:-[a-z]+)+-\d/.exec(told.slice(0, REGION_LENGTH)) ?? [event.region];
  return { accountId: event.account, region };
}
