// Serverless plugins are JavaScript; this one is written in TypeScript.
require('tsx/cjs');
module.exports = require('./plugin.ts').default;
