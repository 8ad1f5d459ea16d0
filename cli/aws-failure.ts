import { Failure } from './failure';

interface Explanation {
  readonly message: string;
  readonly next: readonly string[];
}

const OR_LAPTOP = 'Or start local AWS in another terminal: npm start';

const explanations: readonly (readonly [fits: RegExp, next: readonly string[]])[] = [
  [
    /CredentialsProviderError|Could not load credentials/,
    ['Give AWS credentials: --profile NAME, AWS_PROFILE, or `aws sso login`.', OR_LAPTOP],
  ],
  [
    /ExpiredToken|TokenProviderError|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKeyId/,
    ['Renew the AWS credentials, for example by `aws sso login`, or name others by --profile NAME.'],
  ],
  [
    /Region is missing/,
    ['Name the Region that Trailseal runs in: --region REGION or AWS_REGION.', OR_LAPTOP],
  ],
  [
    /AccessDenied|AuthorizationError|not authorized/,
    ['The credentials lack this right. Name others by --profile NAME.'],
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|TimeoutError/,
    ['AWS could not be reached. Check the network, --region, and AWS_ENDPOINT_URL if it is set.'],
  ],
];

/** What went wrong, and what to do next where that is known. */
export function explained(error: unknown): Explanation {
  if (error instanceof Failure) return { message: error.message, next: error.next };
  const message = errorText(error);
  const [, next = []] = explanations.find(([fits]) => fits.test(message)) ?? [];
  return { message, next };
}

/** Name and message, where the name says more than `Error`. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Connection errors to a name with several addresses come without a message of their own.
  const message = error.message || code;
  return [name, message].filter((part) => part !== '' && part !== 'Error').join(': ');
}
