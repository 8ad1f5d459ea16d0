import * as z from 'zod';
import { found } from './mistake';

/** How far back the first verification of a chain goes where the file doesn't say. */
export const LOOKBACK_DAYS = 30;
/** CloudTrail's files are often kept for years; a first verification of more is the command line's business. */
const LONGEST_LOOKBACK_DAYS = 366;

const region = '[a-z]{2,4}(-[a-z]+)+-\\d{1,2}';
const bucketName = /^(?!\d{1,3}(\.\d{1,3}){3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const owner = /^(self|\d{12})$/;
const keyArn = new RegExp(`^arn:aws[a-z-]*:kms:${region}:\\d{12}:key/[\\w-]+$`);
const topicArn = new RegExp(`^arn:aws[a-z-]*:sns:${region}:\\d{12}:[\\w-]{1,256}$`);

/** A list in which nothing stands twice. @param nameOf what tells one entry from another */
const listOf = <T extends z.ZodType>(entry: T, nameOf: (entry: z.infer<T>) => string, path: string[] = []) =>
  z.array(entry).check(({ value, issues }) => {
    const names = value.map(nameOf);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      issues.push({
        code: 'custom',
        input: value,
        path: [index, ...path],
        message: `${JSON.stringify(name)} is here twice: expected it once`,
      });
    }
  });

const days = ({ input }: { readonly input?: unknown }): string =>
  `expected a number of days from 1 to ${LONGEST_LOOKBACK_DAYS}, found ${found(input)}`;

const itself = (text: string) => text;

/** The section of compliance.yml on the trails whose files are verified. */
export const trails = () =>
  z.strictObject({
    buckets: listOf(bucket(), ({ name }) => name, ['name'])
      .nullish()
      .describe('The buckets to which CloudTrail delivers. Left out: no file is verified.'),
    topics: listOf(
      z.string().regex(topicArn, {
        error: 'expected the ARN of an SNS topic such as "arn:aws:sns:eu-central-1:111122223333:trail-files"',
      }),
      itself,
    )
      .nullish()
      .describe(
        "SNS topics that announce files in these buckets: CloudTrail's own, which names log files only, or one that the bucket notifies, which can name digests too.",
      ),
    lookbackDays: z
      .int({ error: days })
      .min(1, { error: days })
      .max(LONGEST_LOOKBACK_DAYS, { error: days })
      .default(LOOKBACK_DAYS)
      .describe('How many days back the first verification of a trail goes.'),
  });

const bucket = () =>
  z.strictObject({
    name: z
      .string()
      .regex(bucketName, {
        error:
          'expected the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, without s3://',
      })
      .describe('The name of the bucket.'),
    owner: z
      .string()
      .regex(owner, { error: 'expected "self" or an account id of 12 digits' })
      .default('self')
      .describe(
        'The account that owns the bucket, as 12 digits in quotes: nothing is read from a bucket of another one. "self" is the account that the stack is deployed to.',
      ),
    keys: listOf(
      z.string().regex(keyArn, {
        error:
          'expected the ARN of a KMS key such as "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", not of an alias',
      }),
      itself,
    )
      .nullish()
      .describe(
        'ARNs of the KMS keys that the log files are encrypted with: the right to decrypt by them is given.',
      ),
  });
