import type { Reason } from '../../contracts/trailseal/finding';
import { asReported } from './as-reported';

/** The path of a reason that is about a chain as a whole. */
const NO_FILE = 'chain';

/** Long enough for a hash, or for the beginning and the hash of a signature. */
const VALUE_LENGTH = 200;

/** What is wrong with a file; found and expected below each other and whole, so that a person can compare them. */
export const fileReasonLines = ({ says, path, value, expected }: Reason): string[] => [
  `- ${asReported(says, 300)}`,
  ...(path === NO_FILE ? [] : [`  file     ${fileAsReported(path)}`]),
  ...(value === null ? [] : [`  found    ${asReported(textOf(value), VALUE_LENGTH)}`]),
  `  expected ${asReported(expected, VALUE_LENGTH)}`,
];

const textOf = (value: Reason['value']): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** A key of CloudTrail's, which nobody could take for a link, comes as it is: people paste it into their tools. */
export const fileAsReported = (path: string): string =>
  PLAIN_ADDRESS.test(path) ? path : asReported(path, 300);

/** Without dots but those of the ending: nothing in it can be a host name. */
const PLAIN_ADDRESS = /^s3:\/\/[a-z0-9-]{3,63}\/[\w/-]{1,300}\.json\.gz$/;
