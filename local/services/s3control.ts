import * as client from '@aws-sdk/client-s3-control';
import { AwsError } from '../aws-error';
import { operation, type Service } from '../service';
import type { BlockSettings } from './s3/access-settings';

/** The public access block of one account, which counts in every bucket of it. */
export interface AccountBlock {
  block: BlockSettings | undefined;
}

interface AccountInput {
  AccountId: string;
}

const NO_BLOCK = 'NoSuchPublicAccessBlockConfiguration';
const PATH = { publicAccessBlock: '' };

/** The part of the S3 Control API that closes an account's buckets. */
export function s3controlService(account: AccountBlock, accountId: string): Service {
  const need = (action: string) => (_: unknown, region: string) => [
    { action: `s3:${action}`, resource: '*', keys: { 'aws:RequestedRegion': region } },
  ];
  const own = ({ AccountId }: AccountInput): void => {
    if (AccountId !== accountId)
      throw new AwsError('AccessDeniedException', `${AccountId} is another account`, 403);
  };
  const host = ({ AccountId }: AccountInput) => ({ Host: `${AccountId}.s3-control.amazonaws.com` });
  return {
    name: 's3control',
    protocol: 'rest-xml',
    schemas: client,
    xmlNamespace: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
    recordedAs: 's3',
    deniedCode: 'AccessDenied',
    deniedStatus: 403,
    invalidCode: 'InvalidRequest',
    operations: {
      GetPublicAccessBlock: operation<AccountInput>({
        needs: need('GetAccountPublicAccessBlock'),
        run: (input) => {
          own(input);
          const { block } = account;
          if (!block) {
            throw new AwsError(NO_BLOCK, 'The public access block configuration was not found', 404);
          }
          return { PublicAccessBlockConfiguration: block };
        },
      }),
      PutPublicAccessBlock: operation<AccountInput & { PublicAccessBlockConfiguration: BlockSettings }>({
        needs: need('PutAccountPublicAccessBlock'),
        run: (input) => {
          own(input);
          const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
            input.PublicAccessBlockConfiguration;
          account.block = {
            BlockPublicAcls: BlockPublicAcls ?? false,
            IgnorePublicAcls: IgnorePublicAcls ?? false,
            BlockPublicPolicy: BlockPublicPolicy ?? false,
            RestrictPublicBuckets: RestrictPublicBuckets ?? false,
          };
        },
        recordedAs: 'PutAccountPublicAccessBlock',
        activity: (input) => ({
          requestParameters: {
            ...PATH,
            ...host(input),
            PublicAccessBlockConfiguration: input.PublicAccessBlockConfiguration,
          },
          responseElements: null,
        }),
      }),
      DeletePublicAccessBlock: operation<AccountInput>({
        needs: need('PutAccountPublicAccessBlock'),
        run: (input) => {
          own(input);
          account.block = undefined;
        },
        recordedAs: 'DeleteAccountPublicAccessBlock',
        activity: (input) => ({ requestParameters: { ...PATH, ...host(input) }, responseElements: null }),
      }),
    },
  };
}
