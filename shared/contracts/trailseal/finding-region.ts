/** Resources of these services exist once for all Regions; AWS Config reports them from one or from each. */
const globalTypes = /^AWS::(IAM|CloudFront|Route53|Organizations|GlobalAccelerator|WAF)::/;

/** The region that a finding about this type is filed under. */
export const findingRegion = (resourceType: string, region: string): string =>
  globalTypes.test(resourceType) ? 'global' : region;
