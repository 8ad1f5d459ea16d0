// What the stack listens to and may read follows the buckets and topics of compliance.yml.
require('tsx/cjs');

module.exports = () => {
  const { loadCompliancePolicy } = require('../tools/policy-loader.ts');
  const { trailResources } = require('./trails.ts');
  return trailResources(loadCompliancePolicy('compliance.yml').trails);
};
