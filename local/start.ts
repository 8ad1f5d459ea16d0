import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from './json';
import { type Notice, noticeText, wantsColours } from './notices';

const LOG = path.join('.trailseal', 'functions.log');
const SERVERLESS = path.join('node_modules', 'serverless', 'bin', 'serverless.js');

/** Runs `serverless offline` as a child: its output goes to a file, what matters to this terminal. */
export function start(): void {
  mkdirSync(path.dirname(LOG), { recursive: true });
  const log = openSync(LOG, 'w');
  const options = ['offline', '--noSponsor', '--host', '127.0.0.1', ...process.argv.slice(2)];
  // No shell in between: a signal reaches the process that holds the ports.
  const child = spawn(process.execPath, [SERVERLESS, ...options], {
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, TRAILSEAL_SCENARIO: '1', TRAILSEAL_SAMPLE_TRAIL: regionOf(process.argv) },
  });
  closeSync(log);

  const say = (text: string) => process.stdout.write(`${text}\n`);
  const colours = wantsColours(process.stdout, process.env);
  let explained = false;
  say(`Packaging and starting; the functions' own output goes to ${LOG}`);
  child.on('message', (message) => {
    if (!isNotice(message)) return;
    if (message.kind === 'failed') explained = true;
    say(noticeText(message, { colours }));
    if (message.kind === 'played') say(whatNext);
    if (message.kind === 'ready') whatNext = nextSteps(message.url, message.lambdaUrl, message.stage);
  });

  let whatNext = '';
  let stopping = false;
  const stop = () => {
    // A Ctrl-C in a terminal reaches the child as well; a second signal from us does no harm.
    stopping = true;
    child.kill('SIGTERM');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  process.on('exit', () => child.kill('SIGKILL'));
  child.on('exit', (code) => {
    if (stopping) process.exit(0);
    if (!explained)
      process.stderr.write(
        `${readFileSync(LOG, 'utf8').trim()}\n\nserverless offline ended (code ${code}), see above\n`,
      );
    process.exit(code || 1);
  });
}

/** As serverless.yml takes it. */
function regionOf(argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === '--region' || word === '-r');
  const joined = argv.find((word) => word.startsWith('--region='))?.slice('--region='.length);
  return joined ?? (at < 0 ? undefined : argv[at + 1]) ?? 'eu-central-1';
}

function nextSteps(url: string, lambdaUrl: string, stage: string): string {
  const sample = 'local/samples/config-item-change.json';
  return `
Try next, in another terminal:
  send an event as AWS would   npx trailseal send ${sample}
  see what is open             npx trailseal findings
  see a proof card             npx trailseal show ID
  take the proof away          npx trailseal evidence ID
  see what would mend it       npx trailseal remediate ID
  let it, as somebody else     npx trailseal approve ID --as alice
  find the forged file         npx trailseal verify s3://trailseal-sample-trail
  invoke a function directly   curl -sS ${lambdaUrl}/2015-03-31/functions/trailseal-${stage}-evaluate-configuration/invocations --data @local/samples/sqs-config-item-change.json
  see dead letters             npx trailseal redrive
  see what was delivered       curl -sS ${url}/_trailseal/inbox`;
}

const KINDS = ['info', 'error', 'failed', 'ready', 'played', 'delivery'];

const isNotice = (message: unknown): message is Notice =>
  isObject(message) && typeof message['kind'] === 'string' && KINDS.includes(message['kind']);
