import type { Frameworks } from '../control';

/** The first thing to do about most calls: an intruder may read the account's own mail and chat. */
export const askTheCaller =
  "Ask the caller whether the change was planned, by a way that an intruder can't read; the alert names principal, address and session.";

/** And the last, where nobody planned it. */
export const lockOutTheCaller =
  "If nobody owns it, deactivate the caller's access keys, revoke the sessions of the role, and undo the change.";

/** What the frameworks say of watching calls that no benchmark lists. */
export const watchingFrameworks: Frameworks = {
  cis: {},
  securityHub: [],
  awsConfig: [],
  nist80053r5: ['AU-6', 'IR-5', 'SI-4'],
  pciDss4: [],
  soc2: [],
};

/** Security Hub maps its controls for changes of the network, CloudWatch.11 to 14, to the same items. */
export const networkFrameworks: Omit<Frameworks, 'cis' | 'securityHub'> = {
  awsConfig: [],
  nist80053r5: [
    'AU-12(3)',
    'AU-14(a)',
    'AU-14(b)',
    'AU-6(1)',
    'AU-6(5)',
    'CA-2(2)',
    'CA-7(b)',
    'PM-14(a)(1)',
    'PM-14(b)',
    'SC-36(1)(a)',
    'SI-2(a)',
    'SI-4(12)',
    'SI-5(1)',
    'SI-5(b)',
  ],
  pciDss4: [],
  soc2: ['CC5.2', 'CC7.2', 'CC7.3', 'CC7.4'],
};
