import { isDeepStrictEqual } from 'node:util';
import { compileEventPattern } from '../../../../local/event-pattern';
import { type Severity, severities } from '../../../../shared/contracts/trailseal/finding';
import {
  type AnyDetection,
  API_CALL,
  CONSOLE_SIGN_IN,
  type Detected,
  type Detection,
} from '../../../../shared/controls/detections/detection';
import { detector, type Hit } from '../../../../shared/controls/detections/detector';
import { activityRules } from '../../../../shared/controls/detections/patterns';
import { badInput } from './bad-input';

export const ACCOUNT = '123456789012';
export type Raw = Readonly<Record<string, unknown>>;

const role = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:alice',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Ops/alice`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::${ACCOUNT}:role/Ops`,
      accountId: ACCOUNT,
      userName: 'Ops',
    },
  },
};
export const user = (userName: string) => ({
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
  accountId: ACCOUNT,
  userName,
});
export const root = {
  type: 'Root',
  principalId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accountId: ACCOUNT,
};

/** A record as a log file has it, of a call by the role Ops that worked. @param service `ec2` */
export const call = (
  service: string,
  eventName: string,
  requestParameters: unknown = null,
  more: Raw = {},
): Raw => ({
  eventVersion: '1.11',
  userIdentity: role,
  eventTime: '2026-01-31T10:00:00Z',
  eventSource: `${service}.amazonaws.com`,
  eventName,
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'aws-cli/2.15',
  requestParameters,
  responseElements: null,
  eventID: 'a7b1c5d2-0000-4000-8000-000000000001',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: ACCOUNT,
  eventCategory: 'Management',
  ...more,
});

/** The same, refused. */
export const denied = (record: Raw): Raw => ({
  ...record,
  errorCode: 'AccessDenied',
  responseElements: null,
});

export const signIn = (userIdentity: Raw, outcome: 'Success' | 'Failure', more: Raw = {}): Raw =>
  call('signin', 'ConsoleLogin', null, {
    userIdentity,
    eventType: 'AwsConsoleSignIn',
    awsRegion: 'us-east-1',
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed: 'No' },
    ...(outcome === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
    ...more,
  });

/** The record as EventBridge delivers it. */
export const delivered = (record: Raw): object => {
  const source = `aws.${String(record['eventSource']).split('.')[0]}`;
  const isSignIn = record['eventType'] === 'AwsConsoleSignIn';
  return {
    version: '0',
    id: '00000000-0000-4000-8000-000000000000',
    'detail-type': isSignIn ? CONSOLE_SIGN_IN[0] : API_CALL,
    source,
    account: ACCOUNT,
    time: '2026-01-31T10:00:00Z',
    region: record['awsRegion'],
    resources: [],
    detail: record,
  };
};

export const policyWith = (id: string, parameters: unknown) => ({
  controls: { [id]: { mode: 'notify' as const, parameters: parameters as Raw } },
  trails: { buckets: [], topics: [], lookbackDays: 30 },
});

/** Whether an EventBridge rule of these detections delivers the record. */
export const isDelivered = (detection: AnyDetection, parameters: unknown, record: Raw): boolean =>
  activityRules([detection], policyWith(detection.id, parameters)).some(({ pattern }) =>
    compileEventPattern(pattern)(delivered(record)),
  );

interface Fires {
  readonly severity: Severity;
  readonly resourceId: string;
  readonly resourceType?: string;
  readonly says?: string | RegExp;
  /** Paths of its reasons but for the first, which is the call. */
  readonly because?: readonly string[];
  readonly attempted?: true;
}

/** `field`: like one that fires but for one field; `failed`: the call that failed; `neighbour`: another call. */
type Miss = readonly [kind: 'field' | 'failed' | 'neighbour', name: string, record: Raw];

interface Table<Parameters> {
  readonly fires: readonly (readonly [
    name: string,
    record: Raw,
    expected: Fires,
    parameters?: Partial<Parameters>,
  ])[];
  readonly misses: readonly Miss[];
  /** Misses, by name, that EventBridge delivers although they could be told apart there only at a price. */
  readonly deliveredMisses?: readonly string[];
  readonly parameters?: Partial<Parameters>;
}

/** Plays a detection's table through dispatch and EventBridge pattern, as records of a log file and as events. */
export function testDetection<Parameters>(detection: Detection<Parameters>, table: Table<Parameters>): void {
  const any = detection as unknown as AnyDetection;
  const parametersOf = (changed: Partial<Parameters> = {}) =>
    detection.parameters.parse({ ...table.parameters, ...changed });

  test('its table has what tells it from others', () => {
    expect(table.fires.length).toBeGreaterThanOrEqual(2);
    expect(new Set(table.misses.map(([kind]) => kind))).toEqual(new Set(['field', 'failed', 'neighbour']));
    const fires = table.fires.map(([, record]) => record);
    const near = (kind: Miss[0], isNear: (record: Raw, fire: Raw) => boolean) =>
      table.misses.some(([is, , record]) => is === kind && fires.some((fire) => isNear(record, fire)));
    expect({
      field: near('field', (record, fire) => differences(record, fire).length === 1),
      failed: near('failed', (record, fire) =>
        differences(record, fire).every((path) => /^(error(Code|Message)|responseElements\b.*)$/.test(path)),
      ),
      // Of what listens to calls of any name, there is none of another name.
      neighbour:
        detection.listensTo.calls === undefined ||
        near(
          'neighbour',
          ({ eventSource, eventName }, fire) =>
            eventSource === fire['eventSource'] && fires.every((one) => one['eventName'] !== eventName),
        ),
    }).toEqual({ field: true, failed: true, neighbour: true });
  });

  const firing = table.fires.map(([name, record, expected, changed]) => ({
    name,
    record,
    expected,
    changed,
  }));
  test.each(firing)('fires: $name', ({ record, expected, changed }) => {
    const parameters = parametersOf(changed);
    const hits = detector([any], policyWith(detection.id, parameters)).inRaw(record);
    expect(hits.map(({ detection: { id }, crash }) => ({ id, crash }))).toEqual([
      { id: detection.id, crash: undefined },
    ]);
    const [{ detected }] = hits as [Hit];
    const { resource, severity, says, because, attempted } = detected as Detected;
    expect({ severity, resourceId: resource.resourceId }).toEqual({
      severity: expected.severity,
      resourceId: expected.resourceId,
    });
    if (expected.resourceType !== undefined) expect(resource.resourceType).toBe(expected.resourceType);
    if (expected.says !== undefined) expect(says).toMatch(expected.says);
    if (expected.because !== undefined)
      expect(because.slice(1).map(({ path }) => path)).toEqual(expected.because);
    expect(attempted).toBe(expected.attempted);
    expect(isDelivered(any, parameters, record)).toBe(true);
  });

  test.each(table.misses)('stays quiet (%s): %s', (kind, name, record) => {
    const parameters = parametersOf();
    expect(detector([any], policyWith(detection.id, parameters)).inRaw(record)).toEqual([]);
    if (kind !== 'field' && !table.deliveredMisses?.includes(name))
      expect(isDelivered(any, parameters, record)).toBe(false);
  });

  test.each(badInput)('as it should not be, no record makes it fail or cry out: %s', (_, bad) => {
    const gravest = Math.min(...table.fires.map(([, , { severity }]) => severities.indexOf(severity)));
    for (const [name, record, , changed] of table.fires) {
      const { inRaw } = detector([any], policyWith(detection.id, parametersOf(changed)));
      for (const { detected, crash } of inRaw(bad(record))) {
        expect({ name, crash }).toEqual({ name, crash: undefined });
        expectFit(detected as Detected, gravest);
      }
    }
    const { inRaw } = detector([any], policyWith(detection.id, parametersOf()));
    const others = table.misses.filter(
      ([kind, , { errorCode }]) => kind === 'neighbour' || (kind === 'failed' && errorCode !== undefined),
    );
    expect(others.filter(([, , record]) => inRaw(bad(record)).length > 0)).toEqual([]);
  });

  test('a dry run that was refused, and one that was not, changed nothing', () => {
    for (const [, record] of table.fires) {
      for (const errorCode of ['Client.DryRunOperation', 'DryRunOperation']) {
        const hits = detector([any], policyWith(detection.id, parametersOf())).inRaw({
          ...record,
          errorCode,
        });
        expect(hits.filter(({ detected }) => !detected?.attempted)).toEqual([]);
      }
    }
  });
}

/** Fit to be kept and shown: no graver than what is sound, about something, and of bounded texts. */
function expectFit({ severity, says, because, resource, counts = [] }: Detected, gravest: number): void {
  expect(severities.indexOf(severity)).toBeGreaterThanOrEqual(gravest);
  for (const { resourceId } of [resource, ...counts.map((counted) => counted.resource)])
    expect(resourceId.length).toBeGreaterThan(0);
  expect(says).not.toMatch(/undefined|\[object|null/);
  expect(JSON.stringify({ says, because, resource, counts }).length).toBeLessThan(32 * 1024);
}

/** Paths at which two records differ, each no deeper than where it begins. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (!isObject(a) || !isObject(b)) return isDeepStrictEqual(a, b) ? [] : [path];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(a[key], b[key], path === '' ? key : `${path}.${key}`),
  );
}

const isObject = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What detections say of a record, in short. */
export const shortOf = ({ detection: { id }, detected }: Hit): string => `${id} ${detected?.severity}`;
