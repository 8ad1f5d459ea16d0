// Since when the packaged policy is in force: it orders the judgements of one item under several policies.
module.exports.since = new Date().toISOString();
