// EventBridge rules follow the services whose findings compliance.yml takes.
require('tsx/cjs');
const compliancePolicy = require('./policy.cjs');

module.exports = () => {
  const { partners } = require('../shared/controls/index.ts');
  const { partnerRules } = require('../shared/controls/partners/partner.ts');
  const rules = partnerRules(partners, compliancePolicy()).flatMap(({ name, pattern }) => {
    const rule = { Description: `Findings of ${pattern.source[0]}`, EventPattern: pattern };
    return [
      [`Findings${name}`, rule],
      [`ForwardedFindings${name}`, { ...rule, EventBusName: { Ref: 'IntakeBus' } }],
    ];
  });
  return { rules: Object.fromEntries(rules) };
};
