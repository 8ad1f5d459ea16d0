// EventBridge rules follow the detections that there are and that compliance.yml leaves on.
require('tsx/cjs');
const compliancePolicy = require('./policy.cjs');

/** Each rule twice: for what happens here, and for what members and other Regions forward. */
const onBothBuses = ({ name, state, pattern, detections }) => {
  const rule = {
    Description: `Activity for ${detections.length === 1 ? detections[0] : `${detections.length} detections`}`,
    State: state,
    EventPattern: pattern,
  };
  const id = name.startsWith('Activity') ? name : `Activity${name}`;
  return [
    [id, rule],
    [`Forwarded${id}`, { ...rule, EventBusName: { Ref: 'IntakeBus' } }],
  ];
};

const INDEXED = 'Calls that worked, of the services whose resources are judged';
const OWN = 'Calls of our own remediations, and the sessions in which they are made';
const WITH_READ_ONLY = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

module.exports = async ({ resolveVariable }) => {
  const { detections } = require('../shared/controls/index.ts');
  const { activityRules } = require('../shared/controls/detections/patterns.ts');
  const policy = compliancePolicy();
  const { indexedActivity } = require('./indexed-activity.ts');
  const { ownActivity } = require('./own-activity.ts');
  const { usesOf } = require('./remediation-role.ts');
  const { remediations } = require('../shared/remediations/index.ts');
  const role = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}-remediation`;
  const own = { Description: OWN, State: WITH_READ_ONLY, EventPattern: ownActivity(role) };
  return {
    rules: Object.fromEntries(activityRules(detections, policy).flatMap(onBothBuses)),
    indexed: {
      IndexedActivity: { Description: INDEXED, EventPattern: indexedActivity },
      ForwardedIndexedActivity: {
        Description: INDEXED,
        EventBusName: { Ref: 'IntakeBus' },
        EventPattern: indexedActivity,
      },
      // Where nothing may be changed, there is no such role.
      ...(usesOf(policy, remediations).some(({ changes }) => changes)
        ? { OwnActivity: own, ForwardedOwnActivity: { ...own, EventBusName: { Ref: 'IntakeBus' } } }
        : {}),
    },
  };
};
