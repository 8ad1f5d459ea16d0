import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { modeFor } from '../../shared/controls/scope';
import { exemptionFor } from '../../shared/findings/exemption';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import type { Directions } from './needs';

/**
 * What compliance.yml, as it travels in the bundle, says of remediations. It was checked when it was packaged; whatever
 * it has become since, what is not as it should be is `invalid`, and then nothing is changed.
 */
export function directionsOf(
  bundled: CompliancePolicy | undefined,
  remediations: readonly AnyRemediation[],
): Directions {
  const known = new Map(remediations.map((remediation) => [remediation.id, remediation]));
  const state = stateOf(bundled);
  const policy = state === 'valid' ? bundled : undefined;
  return {
    policy: state,
    mode: (finding) => (policy ? modeFor(policy.controls[finding.control], resourceOf(finding)) : 'unknown'),
    remediation(control) {
      const given = policy?.controls[control]?.remediation;
      const remediation = given && known.get(given.id);
      if (!given || !remediation) return undefined;
      const settings = remediation.settings.safeParse(given.settings);
      if (!settings.success) return undefined;
      return { remediation, settings: settings.data, cap: given.cap ?? remediation.cap };
    },
    parameters: (control) => policy?.controls[control]?.parameters ?? {},
    exemption: (finding, now) =>
      policy
        ? (exemptionFor(policy.exemptions, finding.control, resourceOf(finding), now) ?? 'none')
        : 'unknown',
    protectedTags: policy?.remediations.protectedTags ?? [],
    actorMayApprove: policy?.remediations.actorMayApprove ?? false,
  };
}

function stateOf(policy: CompliancePolicy | undefined): 'valid' | 'missing' | 'invalid' {
  if (policy === undefined || policy === null) return 'missing';
  const { hash, controls, exemptions, remediations } = policy as Partial<CompliancePolicy>;
  const isWhole =
    typeof hash === 'string' &&
    typeof controls === 'object' &&
    Array.isArray(exemptions) &&
    exemptions.every(({ control, scope, expiresAt }) => control && scope && expiresAt) &&
    Array.isArray(remediations?.protectedTags);
  return isWhole ? 'valid' : 'invalid';
}

/** A finding's resource, as exemptions and scopes name it. */
const resourceOf = ({ accountId, region, resourceType, resourceId, resourceName, arn }: Finding) => ({
  awsAccountId: accountId,
  awsRegion: region,
  resourceType,
  resourceId,
  ...(resourceName === undefined ? {} : { resourceName }),
  ...(arn === undefined ? {} : { ARN: arn }),
});
