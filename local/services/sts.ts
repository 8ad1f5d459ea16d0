import { sessionArn } from '../access';
import { operation, type Service } from '../service';
import type { Stack } from '../template';

const TEXT = 0;

/** Written out: no part of the app talks to STS, so its client is not among our dependencies. */
const schemas = {
  GetCallerIdentity$: [
    9,
    'com.amazonaws.sts',
    'GetCallerIdentity',
    0,
    [3, 'com.amazonaws.sts', 'GetCallerIdentityRequest', 0, [], []],
    [
      3,
      'com.amazonaws.sts',
      'GetCallerIdentityResponse',
      0,
      ['UserId', 'Account', 'Arn'],
      [TEXT, TEXT, TEXT],
    ],
  ],
};

/** Who am I: the one question of STS that needs no right. */
export function stsService({ options: { accountId } }: Stack): Service {
  return {
    name: 'sts',
    protocol: 'query',
    apiVersion: '2011-06-15',
    schemas,
    operations: {
      GetCallerIdentity: operation<object>({
        needs: () => [],
        run: (_, caller) =>
          caller.kind === 'role'
            ? { Account: accountId, UserId: `AROALOCAL:${caller.name}`, Arn: sessionArn(caller) }
            : {
                Account: accountId,
                UserId: 'AIDALOCAL',
                Arn: `arn:aws:iam::${accountId}:user/${caller.name}`,
              },
      }),
    },
  };
}
