import { parseCloudTrailRecord } from '../../../shared/contracts/aws/cloudtrail-record';
import { ownCallIn } from '../../../shared/remediations/own-event';
import { sessionTags } from '../../../shared/remediations/own-requests';
import type { Run } from '../../../shared/remediations/run';

const ROLE = 'arn:aws:iam::123456789012:role/trailseal-dev-remediation';
const OTHER = 'arn:aws:iam::123456789012:role/admin';
const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';
const RUN = 'RUNAAAAAAAAAAAAAAAAAAAAAAA';
const APPROVAL = 'APPROVALAAAAAAAAAAAAAAAAAA';

const record = (more: object) =>
  parseCloudTrailRecord({
    eventVersion: '1.11',
    eventTime: '2026-11-29T12:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RevokeSecurityGroupIngress',
    awsRegion: 'eu-central-1',
    eventID: '11111111-2222-3333-4444-555555555555',
    ...more,
  });

const inSession = (arn: string, sourceIdentity?: string) => ({
  userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn }, sourceIdentity } },
});

const session = (requestParameters: object, more: object = {}) => ({
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  readOnly: true,
  ...inSession('arn:aws:iam::123456789012:role/trailseal-dev-remediate-finding'),
  requestParameters: {
    roleArn: ROLE,
    sourceIdentity: `trailseal.${FINDING}.${APPROVAL}`,
    ...requestParameters,
  },
  ...more,
});
const tags = [{ key: 'trailseal:run', value: RUN }];

test.each<[string, object, unknown]>([
  ['a call in a session of ours', inSession(ROLE, `trailseal.${FINDING}`), { findingId: FINDING }],
  ['with an approval', inSession(ROLE, `trailseal.${FINDING}.${APPROVAL}`), { findingId: FINDING }],
  ['the session of a run', session({ tags }), { findingId: FINDING, run: RUN }],
  ['a session that only reads', session({}), undefined],
  ['a session with tags of others', session({ tags: [{ key: 'team', value: RUN }] }), undefined],
  [
    'a session with a run that is none',
    session({ tags: [{ key: 'trailseal:run', value: 'x'.repeat(26) }] }),
    undefined,
  ],
  ['tags of another shape', session({ tags: 'trailseal:run' }), undefined],
  ['tags that are null', session({ tags: [null, ...tags] }), { findingId: FINDING, run: RUN }],
  ['a session of another role', session({ tags, roleArn: OTHER }), undefined],
  ['a session that was refused', session({ tags }, { errorCode: 'AccessDenied' }), undefined],
  ['the like of another service', session({ tags }, { eventSource: 'ec2.amazonaws.com' }), undefined],
  ['a call in a session of another role', inSession(OTHER, `trailseal.${FINDING}`), undefined],
  ['a call without source identity', inSession(ROLE), undefined],
  ['a source identity of another form', inSession(ROLE, `trailseal.${FINDING}.${APPROVAL}.x`), undefined],
  ['a source identity in lower case', inSession(ROLE, `trailseal.${FINDING.toLowerCase()}`), undefined],
  [
    'a call that failed',
    { ...inSession(ROLE, `trailseal.${FINDING}`), errorCode: 'UnauthorizedOperation' },
    undefined,
  ],
])('%s', (_name, more, expected) => {
  expect(ownCallIn(record(more), ROLE)).toEqual(expected);
});

test('a session of an approved run says who approved which plan', () => {
  const run = {
    id: RUN,
    planHash: 'a'.repeat(64),
    approval: { approver: 'arn:aws:sts::123456789012:assumed-role/security/ann', nonce: 'n' },
  } as unknown as Run;
  expect(sessionTags(run)).toEqual({
    'trailseal:run': RUN,
    'trailseal:plan': 'a'.repeat(64),
    'trailseal:approver': 'arn:aws:sts::123456789012:assumed-role/security/ann',
  });
  expect(JSON.stringify(sessionTags(run))).not.toContain('nonce');
});
