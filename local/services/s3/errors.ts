import { AwsError } from '../../aws-error';

/** S3's error codes with their status and usual message. */
const KNOWN: Readonly<Record<string, readonly [statusCode: number, message: string]>> = {
  AccessDenied: [403, 'Access Denied'],
  BadDigest: [
    400,
    'The Content-MD5 or checksum value that you specified did not match what the server received.',
  ],
  BucketAlreadyOwnedByYou: [
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
  ],
  EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed object size.'],
  IncompleteBody: [400, 'The request body terminated unexpectedly'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidBucketState: [409, 'The request is not valid with the current state of the bucket.'],
  InvalidBucketName: [400, 'The specified bucket is not valid.'],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidRequest: [400, 'Invalid Request'],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  MalformedPolicy: [400, 'This policy contains invalid Json'],
  NoSuchBucketPolicy: [404, 'The bucket policy does not exist'],
  NoSuchPublicAccessBlockConfiguration: [404, 'The public access block configuration was not found'],
  NoSuchTagSet: [404, 'The TagSet does not exist'],
  ServerSideEncryptionConfigurationNotFoundError: [
    404,
    'The server side encryption configuration was not found',
  ],
  ExpiredToken: [400, 'The provided token has expired.'],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  MalformedXML: [
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchLifecycleConfiguration: [404, 'The lifecycle configuration does not exist'],
  NoSuchVersion: [404, 'The specified version does not exist.'],
  NotImplemented: [501, 'A header or query you provided implies functionality that is not implemented'],
  PermanentRedirect: [
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
  ],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  RequestTimeout: [
    400,
    'Your socket connection to the server was not read from or written to within the timeout period.',
  ],
  ServiceUnavailable: [503, 'Service is unable to handle request.'],
  SlowDown: [503, 'Please reduce your request rate.'],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
};

interface Extra {
  headers?: Record<string, string>;
  /** Elements of the error document beside Code and Message. */
  details?: Record<string, string>;
}

/** An error as S3 words it; the message is the code's usual one unless given. */
export class S3Error extends AwsError {
  readonly headers: Record<string, string>;
  readonly details: Record<string, string>;

  constructor(code: string, message?: string, { headers = {}, details = {} }: Extra = {}) {
    super(code, message ?? KNOWN[code]?.[1] ?? code, statusOf(code));
    this.headers = headers;
    this.details = details;
  }
}

/** The status that S3 gives with a code, whoever raised it; undefined for a code that isn't S3's. */
export const knownStatusOf = (code: string): number | undefined => KNOWN[code]?.[0];

const statusOf = (code: string): number => knownStatusOf(code) ?? 500;
