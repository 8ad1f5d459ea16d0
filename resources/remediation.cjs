// The role of remediations, and what else there is only because of them, follow what compliance.yml switches on.
require('tsx/cjs');
const compliancePolicy = require('./policy.cjs');

module.exports = async ({ resolveVariable }) => {
  const { remediations } = require('../shared/remediations/index.ts');
  const { remediationStack } = require('./remediation.ts');
  const prefix = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const policy = compliancePolicy();
  const { findings, rights, resources, outputs, changes } = remediationStack(
    policy,
    remediations,
    `${prefix}-remediation`,
  );
  const more = changes
    ? await Promise.all(
        ['approvals', 'remediation-alarms'].map((name) => resolveVariable(`file(resources/${name}.yml)`)),
      )
    : [];
  const together = (part) => Object.assign({}, ...more.map((one) => one[part]));
  return {
    findings,
    rights,
    approvalsUrl: changes ? { 'Fn::GetAtt': ['ApprovalsApi', 'ApiEndpoint'] } : '',
    resources: {
      Resources: { ...resources, ...together('Resources') },
      Outputs: { ...outputs, ...together('Outputs') },
    },
  };
};
