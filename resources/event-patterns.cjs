// Event patterns follow the rules that there are and that compliance.yml leaves on.
require('tsx/cjs');
module.exports = () => require('./event-patterns.ts').eventPatterns();
