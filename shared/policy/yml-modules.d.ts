/** compliance.yml as the bundler and the tests import it: compiled, and valid. */
declare module '*.yml' {
  const policy: import('../contracts/trailseal/compliance-policy').CompliancePolicy;
  export default policy;
}
