import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Load, REGION } from './trail';

export interface S3Server {
  /** For a process that shall talk to it, and to nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** S3 and CloudTrail with a trail's files, in a process of their own: what they take is not what is measured. */
export async function startS3(latencyMs: number, load: Load): Promise<S3Server> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 's3-process.ts'), String(latencyMs), JSON.stringify(load)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => {
      throw new Error('the process with S3 ended before it was ready');
    }),
  ])) as [string];
  const { url, accessKeyId } = JSON.parse(line) as { url: string; accessKeyId: string };
  return {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
    },
    async stop() {
      child.kill();
      await exited;
    },
  };
}
