import type { Exemption } from '../contracts/trailseal/compliance-policy';
import type { AppliedExemption } from '../contracts/trailseal/finding';
import { inScope, type ScopedResource } from '../controls/scope';

/**
 * The exemption of a control that covers a resource and still holds; of several the one that holds longest.
 *
 * @param now ISO 8601 in UTC
 */
export function exemptionFor(
  exemptions: readonly Exemption[],
  control: string,
  resource: ScopedResource,
  now: string,
): AppliedExemption | undefined {
  const [longest] = exemptions
    .filter(
      (exemption) =>
        exemption.control === control && exemption.expiresAt > now && inScope(exemption.scope, resource),
    )
    .sort((a, b) => b.expiresAt.localeCompare(a.expiresAt));
  return longest && { owner: longest.owner, reason: longest.reason, expiresAt: longest.expiresAt };
}
