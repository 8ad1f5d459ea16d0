import detection from '../../../../../shared/controls/detections/iam/activity-console-signin-no-mfa';
import { ACCOUNT, call, root, signIn, testDetection, user } from '../detecting';

const mfa = (MFAUsed: string) => ({
  additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed },
});
const signedIn = signIn(user('bob'), 'Success');

testDetection(detection, {
  fires: [
    [
      'an IAM user',
      signedIn,
      { severity: 'high', resourceId: 'bob', says: 'ConsoleLogin: user bob signed in without MFA' },
    ],
    [
      'the root user',
      signIn(root, 'Success', mfa('NO')),
      { severity: 'high', resourceId: ACCOUNT, says: 'the root user signed in' },
    ],
    [
      'a record that says nothing of MFA',
      signIn(user('bob'), 'Success', { additionalEventData: {} }),
      { severity: 'high', resourceId: 'bob' },
    ],
  ],
  misses: [
    ['field', 'with MFA', { ...signedIn, ...mfa('Yes') }],
    ['field', 'with MFA, as for root', { ...signedIn, ...mfa('YES') }],
    [
      'field',
      'a role, whose MFA is elsewhere',
      { ...signedIn, userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/r/s' } },
    ],
    [
      'field',
      'by SAML',
      {
        ...signedIn,
        additionalEventData: { MFAUsed: 'No', SamlProviderArn: 'arn:aws:iam::1:saml-provider/p' },
      },
    ],
    ['failed', 'the password was wrong', signIn(user('bob'), 'Failure')],
    [
      'neighbour',
      'the second factor is asked for',
      { ...signedIn, eventName: 'CheckMfa', responseElements: { CheckMfa: 'Success' } },
    ],
    ['neighbour', 'a role taken on', call('signin', 'SwitchRole', null, { eventType: 'AwsConsoleSignIn' })],
  ],
  deliveredMisses: ['the password was wrong'],
});
