import type { Alert } from './alert';
import { asAscii, asReported } from './as-reported';
import { emailOf, smsOf, subjectOf } from './texts';

/** What one alert is to SNS. Attribute values are for filter policies. */
export interface Notification {
  readonly subject: string;
  /** One text per kind of subscriber; `default` for all that have none of their own. */
  readonly message: { readonly default: string } & Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `AWS::EC2::SecurityGroup` belongs to `ec2`. */
const serviceOf = (resourceType: string) => (resourceType.split('::')[1] ?? '').toLowerCase();

/** SNS takes no empty attribute, and not every character in one. */
const attribute = (value: string): string => asAscii(asReported(value, 256)) || 'unknown';

/**
 * An alert as SNS takes it: text for people, JSON for every other subscriber, and the attributes that filter policies
 * select by.
 */
export const notificationOf = (alert: Alert): Notification => ({
  subject: subjectOf(alert),
  message: { default: JSON.stringify(alert), email: emailOf(alert), sms: smsOf(alert) },
  attributes: {
    severity: alert.severity,
    control: attribute(alert.control.id),
    account: attribute(alert.resource.accountId),
    region: attribute(alert.resource.region),
    service: attribute(serviceOf(alert.resource.resourceType)),
    status: alert.status,
    messageType: alert.messageType,
    alertId: alert.alertId,
  },
});
