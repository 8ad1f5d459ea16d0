// What the stack listens to and may read follows the buckets and topics of compliance.yml.
require('tsx/cjs');
const compliancePolicy = require('./policy.cjs');

module.exports = () => {
  const { trailResources } = require('./trails.ts');
  return trailResources(compliancePolicy().trails);
};
