import {
  type ConfigurationItem,
  type Json,
  observedItem,
} from '../../shared/contracts/aws/configuration-item';
import type { Compliance } from '../../shared/contracts/trailseal/finding';
import type { Target } from '../../shared/contracts/trailseal/remediation';
import { type Captured, capture } from '../../shared/remediations/plan';
import type { Observed } from '../../shared/remediations/remediation';
import type { Errands } from './errand';
import type { Needs } from './needs';

/** Reads the state that a remediation works on, and keeps what it names. */
export async function look(
  needs: Pick<Needs, 'performer'>,
  { remediation, target, occasion, settings }: Errands,
): Promise<Captured> {
  const reads = remediation.reads(target, occasion, settings);
  const performer = needs.performer({
    accountId: target.accountId,
    findingId: occasion.findingId,
    calls: reads.map(({ call }) => call),
  });
  const read = await performer.read(reads);
  if ('unreadable' in read) return { refusal: { code: 'unreadable', says: read.unreadable } };
  return capture(remediation, read.answers);
}

export type Judged = Compliance | 'not-judged';

/** What the very rule of the control says of a state that was just read. */
export function judge(needs: Pick<Needs, 'judge'>, errands: Errands, captured: Json): Judged {
  const { remediation, target, occasion } = errands;
  const observed = remediation.observed(captured, target);
  // Of what is not there the remediation itself says whether there is something to do.
  if (observed === undefined || observed === null) return 'not-judged';
  const tags = remediation.tags(captured);
  return needs.judge(
    occasion.control,
    itemOf(target, observed, occasion.at, typeof tags === 'object' ? tags : {}),
  );
}

/** As AWS Config would report it. */
const itemOf = (
  { accountId, region, id, arn }: Target,
  { resourceType, configuration, supplementaryConfiguration, relationships = [] }: Observed,
  at: string,
  tags: Readonly<Record<string, string>>,
): ConfigurationItem =>
  observedItem(at, {
    awsAccountId: accountId,
    awsRegion: region,
    resourceType,
    resourceId: id,
    ARN: arn,
    relationships: relationships.map(
      (one) => ({ name: 'Is related to', ...one }) as unknown as ConfigurationItem['relationships'][number],
    ),
    tags,
    configuration,
    ...(supplementaryConfiguration === undefined ? {} : { supplementaryConfiguration }),
  });
