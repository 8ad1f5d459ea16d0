import type { Errands } from '../../functions/remediate-finding/errand';
import { look } from '../../functions/remediate-finding/look';
import { operator } from '../../shared/aws/operator-credentials';
import type { AwsPlace } from '../../shared/aws/operator-place';
import { performCalls } from '../../shared/aws/perform-calls';
import type { Json } from '../../shared/contracts/aws/configuration-item';
import { errorText } from '../aws-failure';

/** What is there now, or why that is not known. */
export type Live = { readonly captured: Json } | { readonly unreadable: string };

/** Reads what a remediation works on, with the operator's own credentials: never with those of the stack. */
export async function lookNow(errands: Errands, place: AwsPlace): Promise<Live> {
  const { credentials, identity } = operator(place);
  const { accountId } = await identity();
  // A user or a setting of the same name in another account is another one.
  if (accountId !== errands.target.accountId)
    return {
      unreadable: `Your credentials are of account ${accountId}, and the resource is in ${errands.target.accountId}. Name a profile of that account: --resource-profile NAME`,
    };
  const performer = performCalls({
    credentials,
    ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
  });
  try {
    const seen = await look({ performer: () => performer }, errands);
    return 'captured' in seen ? seen : { unreadable: seen.refusal.says };
  } catch (error) {
    return { unreadable: errorText(error) };
  }
}
