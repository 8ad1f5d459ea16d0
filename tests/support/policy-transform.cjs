// Lets tests import compliance.yml as the bundles do: compiled, by the same loader.
const { createHash } = require('node:crypto');
const { require: requireTypeScript } = require('tsx/cjs/api');

const { loadCompliancePolicy } = requireTypeScript('../../tools/policy-loader.ts', __filename);

const compiled = (file) => {
  const policy = JSON.stringify(loadCompliancePolicy(file));
  return `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = ${policy};\n`;
};

module.exports = {
  process: (_source, file) => ({ code: compiled(file) }),
  // What comes out also depends on the rules and on the date, so the file's own text is no key.
  getCacheKey: (_source, file) => createHash('sha256').update(compiled(file)).digest('hex'),
};
