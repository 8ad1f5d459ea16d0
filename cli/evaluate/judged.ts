import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import {
  type AppliedExemption,
  type Compliance,
  type Severity,
  severities,
} from '../../shared/contracts/trailseal/finding';
import { judgeItem, judgeUnread } from '../../shared/controls/judge';
import { exemptionFor } from '../../shared/findings/exemption';
import type { ItemRecord } from '../input/configuration-items';
import type { Yardstick } from './policy';

/** What one rule says of one item. Texts in it come from the item: print them by `printable`. */
export interface Judged {
  readonly control: string;
  readonly severity: Severity;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly accountId: string;
  readonly region: string;
  readonly configurationItemCaptureTime: string;
  readonly compliance: Compliance;
  readonly annotation: string;
  /** Of what would else be found. */
  readonly exemption?: AppliedExemption;
  /** The rule itself failed, which is a bug of it. */
  readonly isCrash: boolean;
}

export type ItemSaid = Extract<ItemRecord, { kind: 'item' | 'oversized' }>;

/** What the rules for its type say of an item; nothing where there are none. */
export function judge(said: ItemSaid, { rules, policy }: Yardstick): Judged[] {
  const item = said.kind === 'item' ? said.item : said.summary;
  const judgements =
    said.kind === 'item' ? judgeItem(rules, item, policy) : judgeUnread(rules, item, policy, said.why);
  return judgements.map(({ rule, compliance, annotation, crash }) => {
    const exemption =
      compliance === 'NON_COMPLIANT'
        ? exemptionFor(policy.exemptions, rule.id, item, policy.since)
        : undefined;
    return {
      control: rule.id,
      severity: rule.severity,
      ...identity(item),
      compliance,
      annotation,
      ...(exemption ? { exemption } : {}),
      isCrash: crash !== undefined,
    };
  });
}

const identity = ({
  resourceType,
  resourceId,
  awsAccountId: accountId,
  awsRegion: region,
  configurationItemCaptureTime,
}: ConfigurationItem) => ({ resourceType, resourceId, accountId, region, configurationItemCaptureTime });

/** A judgement as other programs get it, one a line. Stable: what reads it may rely on every key. */
export const judgementRecord = (judged: Judged) => ({
  control: judged.control,
  resourceType: judged.resourceType,
  resourceId: judged.resourceId,
  accountId: judged.accountId,
  region: judged.region,
  configurationItemCaptureTime: judged.configurationItemCaptureTime,
  compliance: judged.compliance,
  annotation: annotationText(judged),
});

/** What is wrong, and why it need not be mended. */
export const annotationText = ({ annotation, exemption }: Judged): string =>
  exemption === undefined
    ? annotation
    : `${annotation} (exempt until ${exemption.expiresAt}, ${exemption.owner}: ${exemption.reason})`;

/** What a person reads in the place of a compliance. */
export const standing = ({ compliance, exemption }: Judged): Standing =>
  exemption === undefined ? compliance : 'exempt';

export type Standing = Compliance | 'exempt';

/** Worst first: what to mend, what is let be, what can't be told. */
export const STANDINGS = [
  'NON_COMPLIANT',
  'exempt',
  'INSUFFICIENT_DATA',
  'NOT_APPLICABLE',
  'COMPLIANT',
] as const satisfies readonly Standing[];

const ranks = new Map<Standing | Severity, number>(
  [...STANDINGS.entries(), ...severities.entries()].map(([rank, name]) => [name, rank]),
);
const rank = (name: Standing | Severity): number => ranks.get(name) ?? 0;

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of the table: the same for the same judgements, in whichever order they were read. */
export const worstFirst = (a: Judged, b: Judged): number =>
  rank(standing(a)) - rank(standing(b)) ||
  rank(a.severity) - rank(b.severity) ||
  text(a.control, b.control) ||
  text(a.accountId, b.accountId) ||
  text(a.region, b.region) ||
  text(a.resourceId, b.resourceId) ||
  text(a.configurationItemCaptureTime, b.configurationItemCaptureTime);
