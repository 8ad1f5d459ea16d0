module.exports = require('./templates.setup.cjs').remove;
