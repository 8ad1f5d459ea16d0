import type { Finding, Judgement } from '../../shared/contracts/trailseal/finding';

/**
 * Whether a judgement says anything that its finding does not say already. AWS Config tells only of changes; whoever
 * looks every hour has to do the same, or a finding's history would be nothing but the last two days.
 */
export function isNews(finding: Finding | undefined, judgement: Judgement): boolean {
  if (finding === undefined) return true;
  const { judgement: known, unsettled } = finding;
  if (judgement.compliance === 'INSUFFICIENT_DATA') {
    return unsettled?.annotation !== judgement.annotation || unsettled.observedAt > judgement.observedAt;
  }
  return (
    unsettled !== undefined ||
    known === undefined ||
    known.origin !== undefined ||
    // One that is older shows that it has been so for longer.
    known.observedAt > judgement.observedAt ||
    known.policyVersion !== judgement.policyVersion ||
    known.exemption?.expiresAt !== judgement.exemption?.expiresAt ||
    said(known) !== said(judgement)
  );
}

/** By what the reasons say, as an update of a finding is told. */
const said = ({ compliance, because }: Judgement): string =>
  [compliance, ...because.map(({ says }) => says).sort()].join('\n');
