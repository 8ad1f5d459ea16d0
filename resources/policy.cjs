require('tsx/cjs');

let policy;

/** compliance.yml, checked once however many parts of the stack follow it. */
module.exports = () => {
  policy ??= require('../tools/policy-loader.ts').loadCompliancePolicy('compliance.yml');
  return policy;
};
