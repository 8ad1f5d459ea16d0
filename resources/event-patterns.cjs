// Event patterns follow the rules that there are and that compliance.yml leaves on.
require('tsx/cjs');

module.exports = () => {
  const { rules } = require('../shared/controls/index.ts');
  const { loadCompliancePolicy } = require('../tools/policy-loader.ts');
  const { eventPatterns } = require('./event-patterns.ts');
  const { controls } = loadCompliancePolicy('compliance.yml');
  return eventPatterns(rules.filter(({ id }) => controls[id]?.mode !== 'off'));
};
