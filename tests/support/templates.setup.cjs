const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

// Where the tests of one run keep the templates that they have packaged: compiled-template.ts.
module.exports = () => {
  process.env.TRAILSEAL_TEST_TEMPLATES = mkdtempSync(path.join(tmpdir(), 'trailseal-templates-'));
};
module.exports.remove = () => rmSync(process.env.TRAILSEAL_TEST_TEMPLATES, { recursive: true, force: true });
