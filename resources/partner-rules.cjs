// EventBridge rules follow the services whose findings compliance.yml takes.
require('tsx/cjs');

module.exports = () => {
  const { partners } = require('../shared/controls/index.ts');
  const { partnerRules } = require('../shared/controls/partners/partner.ts');
  const { loadCompliancePolicy } = require('../tools/policy-loader.ts');
  const rules = partnerRules(partners, loadCompliancePolicy('compliance.yml')).flatMap(
    ({ name, pattern }) => {
      const rule = { Description: `Findings of ${pattern.source[0]}`, EventPattern: pattern };
      return [
        [`Findings${name}`, rule],
        [`ForwardedFindings${name}`, { ...rule, EventBusName: { Ref: 'IntakeBus' } }],
      ];
    },
  );
  return { rules: Object.fromEntries(rules) };
};
