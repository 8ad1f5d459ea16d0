import { readPolicy } from '../../iam';
import { isObject, type JsonObject, list } from '../../json';
import type { Bucket } from './buckets';
import { S3Error } from './errors';
import { onBucket, type S3Answer, type S3Operation } from './operation';
import { readPayload, type S3Request } from './request';
import { readXml, textOf, xmlDocument } from './xml';

/** The four switches against the public, of a bucket or of an account. */
export interface BlockSettings {
  BlockPublicAcls?: boolean;
  IgnorePublicAcls?: boolean;
  BlockPublicPolicy?: boolean;
  RestrictPublicBuckets?: boolean;
}

/** To whom an ACL grants what: a group by its URI, or an account by its canonical id. */
export interface Grant {
  Grantee: { URI?: string; ID?: string };
  Permission: string;
}

type Names =
  | 'GetPublicAccessBlock'
  | 'PutPublicAccessBlock'
  | 'DeletePublicAccessBlock'
  | 'GetBucketPolicy'
  | 'GetBucketPolicyStatus'
  | 'PutBucketPolicy'
  | 'DeleteBucketPolicy'
  | 'GetBucketAcl'
  | 'GetBucketTagging';

const SWITCHES = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;
/** Source: Amazon S3 User Guide, "Bucket policies". */
const MOST_POLICY_BYTES = 20_480;
const OK: S3Answer = { statusCode: 200 };
const GONE: S3Answer = { statusCode: 204 };
const XML = { 'content-type': 'application/xml' };

/**
 * Who gets into a bucket.
 * @param ofAccount the public access block of the whole account, which counts besides the bucket's own
 */
export function accessSettings(ofAccount: () => BlockSettings | undefined): Record<Names, S3Operation> {
  return {
    GetPublicAccessBlock: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketPublicAccessBlock')],
      run: (_, { block }) => {
        if (!block) throw new S3Error('NoSuchPublicAccessBlockConfiguration');
        return xml('PublicAccessBlockConfiguration', { ...block });
      },
    },
    PutPublicAccessBlock: {
      needs: (_, bucket) => [onBucket(bucket, 'PutBucketPublicAccessBlock')],
      run: (request, bucket) => {
        bucket.block = readBlock(textIn(request));
        return OK;
      },
      activity: (request) => ({
        eventName: 'PutBucketPublicAccessBlock',
        parameters: { publicAccessBlock: '', PublicAccessBlockConfiguration: readBlock(textIn(request)) },
      }),
    },
    DeletePublicAccessBlock: {
      needs: (_, bucket) => [onBucket(bucket, 'PutBucketPublicAccessBlock')],
      run: (_, bucket) => {
        bucket.block = undefined;
        return GONE;
      },
      activity: () => ({ eventName: 'DeleteBucketPublicAccessBlock', parameters: { publicAccessBlock: '' } }),
    },
    GetBucketPolicy: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketPolicy')],
      run: (_, bucket) => ({
        statusCode: 200,
        headers: { 'content-type': 'application/json' },
        body: policyOf(bucket),
      }),
    },
    GetBucketPolicyStatus: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketPolicyStatus')],
      run: (_, bucket) => xml('PolicyStatus', { IsPublic: isPublic(JSON.parse(policyOf(bucket))) }),
    },
    PutBucketPolicy: {
      needs: (_, bucket) => [onBucket(bucket, 'PutBucketPolicy')],
      run: (request, bucket) => {
        putPolicy(bucket, textIn(request), ofAccount());
        return GONE;
      },
      activity: (request) => ({
        eventName: 'PutBucketPolicy',
        parameters: { policy: '', bucketPolicy: parsed(textIn(request)) ?? null },
      }),
    },
    DeleteBucketPolicy: {
      needs: (_, bucket) => [onBucket(bucket, 'DeleteBucketPolicy')],
      run: (_, bucket) => {
        bucket.policyText = undefined;
        bucket.policy = [];
        return GONE;
      },
      activity: () => ({ eventName: 'DeleteBucketPolicy', parameters: { policy: '' } }),
    },
    GetBucketAcl: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketAcl')],
      run: (_, bucket) => ({ statusCode: 200, headers: XML, body: aclXml(bucket) }),
    },
    GetBucketTagging: {
      needs: (_, bucket) => [onBucket(bucket, 'GetBucketTagging')],
      run: (_, { tags }) => {
        const pairs = Object.entries(tags);
        if (pairs.length === 0) throw new S3Error('NoSuchTagSet');
        return xml('Tagging', { TagSet: { Tag: pairs.map(([Key, Value]) => ({ Key, Value })) } });
      },
    },
  };
}

const xml = (root: string, content: Parameters<typeof xmlDocument>[1]): S3Answer => ({
  statusCode: 200,
  headers: XML,
  body: xmlDocument(root, content),
});

const textIn = ({ headers, body }: S3Request): string => readPayload(headers, body).body.toString();

function readBlock(text: string): Required<BlockSettings> {
  const root = readXml(text, 'PublicAccessBlockConfiguration');
  const on = (name: (typeof SWITCHES)[number]) => textOf(root, name)?.toLowerCase() === 'true';
  return {
    BlockPublicAcls: on('BlockPublicAcls'),
    IgnorePublicAcls: on('IgnorePublicAcls'),
    BlockPublicPolicy: on('BlockPublicPolicy'),
    RestrictPublicBuckets: on('RestrictPublicBuckets'),
  };
}

function policyOf({ name, policyText }: Bucket): string {
  if (policyText !== undefined) return policyText;
  throw new S3Error('NoSuchBucketPolicy', undefined, { details: { BucketName: name } });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Gives a bucket its policy.
 * @throws what S3 answers to a policy that it does not take; NotImplemented for one that can't be enforced here
 */
export function putPolicy(bucket: Bucket, text: string, ofAccount?: BlockSettings): void {
  const malformed = (why: string) => new S3Error('MalformedPolicy', why);
  const document = parsed(text);
  if (!document) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  if (Buffer.byteLength(text) > MOST_POLICY_BYTES) throw malformed('Policy exceeds the maximum allowed size');
  const statements = list(document['Statement']);
  if (statements.length === 0 || !statements.every(isObject))
    throw malformed('Missing required field Statement');
  for (const { Resource, NotResource, Principal, NotPrincipal } of statements as JsonObject[]) {
    if (Principal === undefined && NotPrincipal === undefined)
      throw malformed('Missing required field Principal');
    const named = [...list(Resource), ...list(NotResource)];
    const own = [bucket.arn, `${bucket.arn}/`];
    const isOwn = (one: unknown) => String(one) === own[0] || String(one).startsWith(String(own[1]));
    if (named.length === 0 || !named.every((one) => isOwn(one) || one === '*'))
      throw malformed('Policy has invalid resource');
  }
  if ((bucket.block?.BlockPublicPolicy || ofAccount?.BlockPublicPolicy) && isPublic(document))
    throw new S3Error('AccessDenied', 'Public policies are prevented by the BlockPublicPolicy setting.');
  try {
    bucket.policy = readPolicy(document, bucket.name);
  } catch (error) {
    throw new S3Error('NotImplemented', error instanceof Error ? error.message : String(error));
  }
  bucket.policyText = text;
}

/** Conditions on these with fixed values keep the public out. */
const NARROWING = /^aws:(Source(Ip|Arn|Vpc|Vpce|Account|Owner|OrgID)|Principal(OrgID|Arn|Account)|userid)$/i;

/** Whether it allows something to everybody, as far as S3's rules need to be known here. */
function isPublic(policy: JsonObject): boolean {
  return list(policy['Statement'])
    .filter(isObject)
    .some(({ Effect, Principal, Condition }) => {
      const everybody = Principal === '*' || (isObject(Principal) && list(Principal['AWS']).includes('*'));
      const keys = Object.values(isObject(Condition) ? Condition : {}).flatMap((one) =>
        Object.keys(isObject(one) ? one : {}),
      );
      return Effect === 'Allow' && everybody && !keys.some((key) => NARROWING.test(key));
    });
}

function aclXml({ owner, grants }: Bucket): string {
  const ID = `${owner}0`.repeat(5).slice(0, 64);
  const all: readonly Grant[] = [{ Grantee: { ID }, Permission: 'FULL_CONTROL' }, ...grants];
  const inner = all
    .map(({ Grantee, Permission }) => {
      const type = Grantee.URI === undefined ? 'CanonicalUser' : 'Group';
      const who = Grantee.URI === undefined ? `<ID>${Grantee.ID}</ID>` : `<URI>${Grantee.URI}</URI>`;
      const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
      return `<Grant><Grantee ${xsi} xsi:type="${type}">${who}</Grantee><Permission>${Permission}</Permission></Grant>`;
    })
    .join('');
  const document = xmlDocument('AccessControlPolicy', { Owner: { ID } });
  return document.replace('</AccessControlPolicy>', `<AccessControlList>${inner}</AccessControlList>$&`);
}
