import detection from '../../../../../shared/controls/detections/ec2/activity-flow-log-deleted';
import { call, denied, testDetection } from '../detecting';

const deleted = call(
  'ec2',
  'DeleteFlowLogs',
  { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1' } } },
  { responseElements: { DeleteFlowLogsResponse: { unsuccessful: '' } } },
);
const refusal = {
  DeleteFlowLogsResponse: {
    unsuccessful: { item: { error: { code: 'InvalidFlowLogId.NotFound' }, resourceId: 'fl-1' } },
  },
};

testDetection(detection, {
  fires: [
    [
      'one, as newer records have it',
      deleted,
      { severity: 'high', resourceId: 'fl-1', says: 'DeleteFlowLogs: flow log fl-1' },
    ],
    [
      'several',
      call('ec2', 'DeleteFlowLogs', {
        DeleteFlowLogsRequest: {
          FlowLogId: [
            { tag: 1, content: 'fl-1' },
            { tag: 2, content: 'fl-2' },
          ],
        },
      }),
      { severity: 'high', resourceId: 'fl-1', says: '(and fl-2)' },
    ],
    [
      'as older records have it',
      call('ec2', 'DeleteFlowLogs', { flowLogId: ['fl-3'] }, { responseElements: { unsuccessful: [] } }),
      { severity: 'high', resourceId: 'fl-3' },
    ],
    [
      'those that were not refused',
      {
        ...call('ec2', 'DeleteFlowLogs', {
          DeleteFlowLogsRequest: { FlowLogId: [{ content: 'fl-1' }, { content: 'fl-2' }] },
        }),
        responseElements: refusal,
      },
      { severity: 'high', resourceId: 'fl-2' },
    ],
    [
      'nothing but the name of the call',
      call('ec2', 'DeleteFlowLogs'),
      { severity: 'high', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'the only one was refused', { ...deleted, responseElements: refusal }],
    ['failed', 'refused', denied(deleted)],
    ['neighbour', 'one created', call('ec2', 'CreateFlowLogs', {})],
  ],
});
