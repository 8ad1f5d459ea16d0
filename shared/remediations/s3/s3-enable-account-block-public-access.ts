import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, defineRemediation, locate, nothingToDo, read } from '../remediation';
import {
  blockMeaning,
  blocksEverything,
  everythingBlocked,
  NO_BLOCK,
  observedBlock,
  PublicAccessBlock,
} from '../resources/public-access-block';

const PUT = 's3:PutAccountPublicAccessBlock';

const change = (target: Target, action: string, says: string, more: JsonObject = {}): AwsCall => ({
  service: 's3control',
  action,
  region: target.region,
  input: { AccountId: target.accountId, ...more },
  allows: [allow(PUT, '*')],
  says,
  again: 'harmless',
});

export default defineRemediation({
  id: 's3-enable-account-block-public-access',
  version: 1,
  title: 'Block public access to every bucket of an account',
  fixes: ['s3-account-public-access-block'],
  restoresEvidence: false,
  cap: 1,
  settleSeconds: 30,
  autoWhen: {
    never: 'It closes every bucket of the account at once, those that are meant to be public too.',
  },
  permissions: { capture: ['s3:GetAccountPublicAccessBlock'], apply: [PUT], undo: [PUT] },
  settings: z.object({}),
  captured: z.object({ block: PublicAccessBlock }),
  exposesAgain: 'Buckets of the account can be made public again, and those that are count again.',
  target: locate({
    resourceTypes: ['AWS::S3::AccountPublicAccessBlock', 'AWS::::Account'],
    id: /^\d{12}$/,
    // However the finding names it, there is one for each account.
    idOf: ({ accountId }) => accountId,
    globalRegion: 'us-east-1',
    arnOf: ({ partition, accountId }) => `arn:${partition}:s3::${accountId}:*`,
  }),
  reads: (target) => [
    read(
      'block',
      {
        service: 's3control',
        action: 'GetPublicAccessBlock',
        region: target.region,
        input: { AccountId: target.accountId },
        allows: [allow('s3:GetAccountPublicAccessBlock', '*')],
      },
      NO_BLOCK,
    ),
  ],
  tags: () => 'none',
  meaning: ({ block }) => blockMeaning(block),
  // Without a setting there is no resource.
  observed: ({ block }) => {
    const configuration = observedBlock(block);
    return configuration && { resourceType: 'AWS::S3::AccountPublicAccessBlock', configuration };
  },
  plan({ captured, target }) {
    if (blocksEverything(captured.block)) return nothingToDo('the account blocks all public access');
    return {
      outcome: 'change',
      calls: [
        change(
          target,
          'PutPublicAccessBlock',
          `Block all public access to the buckets of account ${target.accountId}`,
          { PublicAccessBlockConfiguration: everythingBlocked },
        ),
      ],
      after: { block: { PublicAccessBlockConfiguration: everythingBlocked } },
      notes: ['Every bucket of the account that is public now, websites too, is closed.'],
    };
  },
  undo: ({ captured: { block }, target }) => ({
    reversible: true,
    calls: [
      block
        ? change(
            target,
            'PutPublicAccessBlock',
            `Set the public access block of account ${target.accountId} as it was`,
            { PublicAccessBlockConfiguration: { ...block.PublicAccessBlockConfiguration } as JsonObject },
          )
        : change(
            target,
            'DeletePublicAccessBlock',
            `Take the public access block of account ${target.accountId} away`,
          ),
    ],
  }),
});
