import * as z from 'zod/mini';
import { matchesAny } from '../../glob';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed, isByService } from '../outcome';
import { firstText, lastSegment, textsAt, valueAt } from '../reading';
import { principalOf } from '../resource';

const lowered = (globs: readonly string[]): string[] => globs.map((glob) => glob.toLowerCase());

const GROUP = ['requestParameters.logGroupName', 'requestParameters.logGroupIdentifier'];
const RETENTION = 'requestParameters.retentionInDays';

/** `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*` as its name. */
const groupName = (text: string): string =>
  text.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');

/** `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` as its name. */
const alarmName = (text: string): string => text.replace(/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:/, '');

export default defineDetection({
  id: 'activity-log-group-tamper',
  version: 1,
  title: 'Deleting log groups, metric filters or alarms is detected',
  severity: 'high',
  rationale:
    'Metric filters and alarms watch the logs; whoever deletes a log group, a filter or an alarm switches off the eyes before the deed.',
  whatToDo: [
    askTheCaller,
    'Put back what was deleted from your code: log group, filter, subscription or alarm.',
    'Look at what the same principal did since: what was switched off tells what was to be hidden.',
    'Deny these calls on the names that matter to all but the deployment role.',
  ],
  exemptible: false,
  frameworks: watchingFrameworks,
  resourceTypes: [
    'AWS::Logs::LogGroup',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::Logs::Destination',
  ],
  attack: ['T1562.008', 'T1070'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'logs.amazonaws.com': [
        'DeleteLogGroup',
        'DeleteLogStream',
        'DeleteMetricFilter',
        'PutRetentionPolicy',
        'DeleteSubscriptionFilter',
        'DeleteDestination',
      ],
      'monitoring.amazonaws.com': ['DeleteAlarms', 'DisableAlarmActions', 'DeleteDashboards'],
    },
  },
  parameters: z.object({
    protectedLogGroups: z._default(
      z
        .array(z.string())
        .check(z.describe('Names of log groups, and of destinations; "*" stands for any text.')),
      ['*trail*', '*audit*', '*flow*log*', '*security*', '*waf*', '/aws/eks/*', '/aws/rds/*'],
    ),
    protectedAlarms: z._default(
      z.array(z.string()).check(z.describe('Names of alarms and dashboards; "*" stands for any text.')),
      [
        '*CIS*',
        '*trail*',
        '*audit*',
        '*security*',
        '*unauthorized*',
        '*root*',
        '*console*',
        '*iam*',
        '*kms*',
      ],
    ),
    minDays: z._default(
      z.int().check(z.minimum(1), z.describe('A retention of fewer days than this is a finding.')),
      90,
    ),
  }),
  quietHours: 24,
  detect(record, { protectedLogGroups, protectedAlarms, minDays }) {
    const { eventName, eventSource } = record;
    if (hasFailed(record) || isByService(record)) return undefined;
    const expected = 'no change of what watches';
    if (record.requestParameters === undefined) {
      return detectedCall(record, {
        resource: principalOf(record),
        severity: 'high',
        noun: 'called by',
        detail: 'its parameters were not recorded',
        expected,
      });
    }
    if (eventSource === 'monitoring.amazonaws.com') {
      const isDashboard = eventName === 'DeleteDashboards';
      const names = textsAt(record, `requestParameters.${isDashboard ? 'dashboardNames' : 'alarmNames'}`).map(
        alarmName,
      );
      const hit = names.filter((name) => matchesAny(lowered(protectedAlarms), name.toLowerCase()));
      const [first] = hit;
      if (first === undefined) return undefined;
      return detectedCall(record, {
        resource: {
          resourceType: isDashboard ? 'AWS::CloudWatch::Dashboard' : 'AWS::CloudWatch::Alarm',
          resourceId: first,
        },
        severity: 'high',
        noun: isDashboard ? 'dashboard' : 'alarm',
        detail: hit.length > 1 ? `and ${hit.length - 1} more` : undefined,
        expected,
      });
    }
    const isDestination = eventName === 'DeleteDestination';
    const text = firstText(record, isDestination ? ['requestParameters.destinationName'] : GROUP);
    const name = text === undefined ? undefined : isDestination ? lastSegment(text) : groupName(text);
    if (name === undefined || !matchesAny(lowered(protectedLogGroups), name.toLowerCase())) return undefined;
    const isRetention = eventName === 'PutRetentionPolicy';
    const days = Number(valueAt(record, RETENTION));
    if (isRetention && !(days < minDays)) return undefined;
    return detectedCall(record, {
      resource: {
        resourceType: isDestination ? 'AWS::Logs::Destination' : 'AWS::Logs::LogGroup',
        resourceId: name,
      },
      severity: 'high',
      noun: isDestination ? 'destination' : 'log group',
      detail: isRetention ? `kept for ${days} days` : undefined,
      expected,
      because: isRetention
        ? [reasonAt(record, RETENTION, `at least ${minDays}`, 'logs are deleted too early')]
        : [],
    });
  },
});
