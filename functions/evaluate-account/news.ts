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

/**
 * What a fix of ours left, as it was read and judged again: between two looks which both say that the control does not
 * hold, it held. Without it, what was broken anew would pass for what was never mended, and nobody would hear of it.
 * @param judgement the later look
 */
export function mendedBetween(finding: Finding | undefined, judgement: Judgement): Judgement | undefined {
  const { judgement: known, remediation } = finding ?? {};
  if (known?.compliance !== 'NON_COMPLIANT' || judgement.compliance !== 'NON_COMPLIANT') return undefined;
  if (remediation?.kind !== 'Applied' || remediation.does !== 'fix') return undefined;
  const { at, remediation: by } = remediation;
  if (known.observedAt >= at || judgement.observedAt <= at) return undefined;
  return {
    observedAt: at,
    configurationStateId: String(Date.parse(at)),
    policyVersion: judgement.policyVersion,
    compliance: 'COMPLIANT',
    annotation: `read again after the fix ${by}`,
    because: [],
    change: { state: 'none', properties: [], otherPaths: [] },
  };
}
