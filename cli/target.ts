import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { AwsPlace } from '../shared/aws/operator-place';
import { parseAs, parseJson } from '../shared/contracts/parse';
import { PermanentFailure } from '../shared/contracts/permanent-failure';
import { Failure } from './failure';
import type { Shell } from './shell';
import type { TargetOptions } from './target-options';

/** Which AWS a command talks to. */
export interface Target {
  /** `laptop at http://127.0.0.1:4566`; an account has no name before AWS has told its id. */
  readonly laptop?: string;
  readonly stage: string;
  readonly place: AwsPlace;
  /** On the laptop: people whom it knows besides the operator, by their names. */
  readonly people?: Readonly<Record<string, AccessKey>>;
  /** On the laptop: its Region, where it runs with samples that compliance.yml does not have. */
  readonly sample?: string;
}

/** What somebody signs with. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What `npm start` writes for the command line, as far as it is read here. */
const Description = z.object({
  url: z.string(),
  region: z.string(),
  stage: z.string(),
  accessKeyId: z.string(),
  sample: z.optional(z.string()),
  people: z.optional(
    z.record(z.string(), z.object({ accessKeyId: z.string(), secretAccessKey: z.string() })),
  ),
});

const DESCRIPTION = path.join('.trailseal', 'local.json');
const DEFAULT_STAGE = 'dev';
const ANSWERS_WITHIN_MS = 1000;

/**
 * Local AWS while it runs, unless the caller names another; else the AWS of the standard chain.
 * @param service that the command talks to, as the variables for endpoints spell it
 */
export async function chooseTarget(
  options: TargetOptions,
  shell: Shell,
  service: 'SQS' | 'DYNAMODB' = 'SQS',
): Promise<Target> {
  const { stage = DEFAULT_STAGE, region, profile } = options;
  const endpoint = shell.env[`AWS_ENDPOINT_URL_${service}`] || shell.env['AWS_ENDPOINT_URL'];
  const namesAws = [options.aws, options.stage, region, profile, endpoint].some(
    (said) => said !== undefined && said !== '',
  );
  const laptop = namesAws ? undefined : await runningLaptop(shell);
  return (
    laptop ?? {
      stage,
      place: {
        ...(region === undefined ? {} : { region }),
        ...(profile === undefined ? {} : { profile }),
        ...(endpoint ? { endpoint } : {}),
      },
    }
  );
}

async function runningLaptop(shell: Shell): Promise<Target | undefined> {
  const file = nearest(shell.folder);
  if (file === undefined) return undefined;
  const { url, region, stage, accessKeyId, people, sample } = readDescription(file);
  if (!(await answers(url))) {
    shell.err.write(`Local AWS does not run: nothing answers at ${url}, which ${DESCRIPTION} names\n`);
    return undefined;
  }
  return {
    laptop: `laptop at ${url}`,
    stage,
    place: { endpoint: url, region, accessKeyId },
    ...(people === undefined ? {} : { people }),
    ...(sample === undefined ? {} : { sample }),
  };
}

/** The one of the project that we are in, wherever in it. */
function nearest(folder: string): string | undefined {
  const file = path.join(folder, DESCRIPTION);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}

function readDescription(file: string) {
  try {
    const description = parseAs(Description, DESCRIPTION, parseJson(DESCRIPTION, readFileSync(file, 'utf8')));
    // Whoever may write the file must not be able to send us elsewhere.
    if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(description.url)) {
      throw new Failure(`${DESCRIPTION}: url: expected an address of this machine`);
    }
    return description;
  } catch (error) {
    if (!(error instanceof Failure || error instanceof PermanentFailure)) throw error;
    throw new Failure(error.message, [`Delete ${file}, or name an AWS account: --aws`]);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_trailseal/health`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}
