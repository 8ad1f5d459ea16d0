import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Credentials } from './calls/callable';
import { type AwsPlace, clientSettings } from './operator-place';

/** Whom AWS takes an operator for. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
}

/** Who an operator is, and what he signs with: by the standard chain, or as the place says. */
export interface Operator {
  readonly credentials: Credentials;
  /** Needs no right. */
  identity(): Promise<Caller>;
}

export function operator(place: AwsPlace): Operator {
  const client = new STSClient(clientSettings(place));
  return {
    credentials: () => client.config.credentials(),
    async identity() {
      const { Account: accountId, Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
      if (!accountId || !arn) throw new Error('STS does not say whose credentials these are');
      return { accountId, arn };
    },
  };
}
