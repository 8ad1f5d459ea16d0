import type { ControlSettings } from '../../../../shared/contracts/trailseal/compliance-policy';
import accessAnalyzer from '../../../../shared/controls/partners/access-analyzer/access-analyzer-finding';
import alarm from '../../../../shared/controls/partners/cloudwatch/cloudwatch-alarm-state';
import config from '../../../../shared/controls/partners/config/config-conformance-open';
import cloudtrailDisabled from '../../../../shared/controls/partners/guardduty/guardduty-cloudtrail-disabled';
import credentials from '../../../../shared/controls/partners/guardduty/guardduty-credential-compromise';
import instance from '../../../../shared/controls/partners/guardduty/guardduty-ec2-compromise';
import high from '../../../../shared/controls/partners/guardduty/guardduty-high-finding';
import s3 from '../../../../shared/controls/partners/guardduty/guardduty-s3-exposure';
import critical from '../../../../shared/controls/partners/inspector2/inspector-critical-finding';
import reachability from '../../../../shared/controls/partners/inspector2/inspector-network-reachability';
import type { AnyPartner } from '../../../../shared/controls/partners/partner';
import securityHub from '../../../../shared/controls/partners/securityhub/securityhub-critical-finding';
import keys from '../../../../shared/controls/partners/trustedadvisor/trusted-advisor-exposed-keys';
import ports from '../../../../shared/controls/partners/trustedadvisor/trusted-advisor-sg-ports';
import status from '../../../../shared/controls/partners/trustedadvisor/trusted-advisor-status';

export const partners = [
  accessAnalyzer,
  alarm,
  cloudtrailDisabled,
  config,
  credentials,
  critical,
  high,
  instance,
  keys,
  ports,
  reachability,
  s3,
  securityHub,
  status,
] as readonly unknown[] as readonly AnyPartner[];

/** All of them on, as compliance.yml has them when it says nothing. */
export const settings: Readonly<Record<string, ControlSettings>> = Object.fromEntries(
  partners.map(({ id, parameters }): [string, ControlSettings] => [
    id,
    { mode: 'notify', parameters: parameters.parse({}) as ControlSettings['parameters'] },
  ]),
);
