import type { ConfigurationItem } from '../contracts/aws/configuration-item';
import type { Exemption, ExemptionScope } from '../contracts/trailseal/compliance-policy';
import type { AppliedExemption } from '../contracts/trailseal/finding';
import { findingRegion } from './finding';

type Resource = Pick<
  ConfigurationItem,
  'awsAccountId' | 'awsRegion' | 'resourceType' | 'resourceId' | 'resourceName' | 'ARN'
>;

/** `*` stands for any text; everything else for itself. */
const matchesGlob = (glob: string, text: string): boolean => {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
};

function covers({ accounts, regions, resources }: ExemptionScope, resource: Resource): boolean {
  const filedUnder = findingRegion(resource.resourceType, resource.awsRegion);
  const names = [resource.resourceId, resource.resourceName, resource.ARN].filter(
    (name) => name !== undefined,
  );
  return (
    (accounts?.includes(resource.awsAccountId) ?? true) &&
    (regions?.some((region) => region === resource.awsRegion || region === filedUnder) ?? true) &&
    (resources?.some((glob) => names.some((name) => matchesGlob(glob, name))) ?? true)
  );
}

/**
 * The exemption of a control that covers a resource and still holds; of several the one that holds longest.
 *
 * @param now ISO 8601 in UTC
 */
export function exemptionFor(
  exemptions: readonly Exemption[],
  control: string,
  resource: Resource,
  now: string,
): AppliedExemption | undefined {
  const [longest] = exemptions
    .filter(
      (exemption) =>
        exemption.control === control && exemption.expiresAt > now && covers(exemption.scope, resource),
    )
    .sort((a, b) => b.expiresAt.localeCompare(a.expiresAt));
  return longest && { owner: longest.owner, reason: longest.reason, expiresAt: longest.expiresAt };
}
