import type { Alert } from './alert';
import { emailOf, smsOf, subjectOf } from './texts';

/** What one alert is to SNS. Attribute values are for filter policies. */
export interface Notification {
  readonly subject: string;
  /** One text per kind of subscriber; `default` for all that have none of their own. */
  readonly message: { readonly default: string } & Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `AWS::EC2::SecurityGroup` belongs to `ec2`. */
const serviceOf = (resourceType: string) => (resourceType.split('::')[1] ?? 'unknown').toLowerCase();

/**
 * An alert as SNS takes it: text for people, JSON for every other subscriber, and the attributes that filter policies
 * select by.
 */
export const notificationOf = (alert: Alert): Notification => ({
  subject: subjectOf(alert),
  message: { default: JSON.stringify(alert), email: emailOf(alert), sms: smsOf(alert) },
  attributes: {
    severity: alert.severity,
    control: alert.control.id,
    account: alert.resource.accountId,
    region: alert.resource.region,
    service: serviceOf(alert.resource.resourceType),
    status: alert.status,
    messageType: alert.messageType,
    alertId: alert.alertId,
  },
});
