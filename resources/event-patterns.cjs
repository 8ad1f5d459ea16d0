// Event patterns follow the rules that there are and that compliance.yml leaves on.
require('tsx/cjs');
const compliancePolicy = require('./policy.cjs');

module.exports = () => {
  const { rules } = require('../shared/controls/index.ts');
  const { eventPatterns } = require('./event-patterns.ts');
  const { controls } = compliancePolicy();
  return eventPatterns(rules.filter(({ id }) => controls[id]?.mode !== 'off'));
};
