import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../../local/inbox';
import { publicDatabase } from './events';
import { type Figure, percentile } from './figure';

const PORTS = { aws: 15_566, lambda: 15_002, http: 15_000 };
const DOOR = `http://127.0.0.1:${PORTS.aws}/_trailseal`;
const EVENTS = 300;
const PER_SECOND = 10;
/** Cold starts are a figure of their own. */
const WARM_UP = 20;

/** From event in to alert out under serverless-offline, at a steady rate. */
export async function benchLaptop(root: string): Promise<Figure[]> {
  const app = spawn(
    process.execPath,
    [
      'node_modules/serverless/bin/serverless.js',
      'offline',
      '--noSponsor',
      '--lambdaPort',
      String(PORTS.lambda),
      '--httpPort',
      String(PORTS.http),
    ],
    {
      cwd: root,
      env: { ...process.env, TRAILSEAL_PORT: String(PORTS.aws) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      app.once('exit', (code) => reject(new Error(`serverless offline ended with ${code}`)));
      for (const stream of [app.stdout, app.stderr]) {
        // Read to the end, or the app would wait for us.
        stream.on('data', (chunk) => {
          if (String(chunk).includes('is up at')) resolve();
        });
      }
    });
    const sent = new Map<string, number>();
    for (let index = 0; index < WARM_UP + EVENTS; index += 1) {
      const resourceId = `db-${String(index).padStart(8, '0')}`;
      sent.set(resourceId, Date.now());
      const event = publicDatabase({ resourceId, at: Date.now() });
      await fetch(`${DOOR}/events`, { method: 'POST', body: JSON.stringify(event) });
      await sleep(1000 / PER_SECOND);
    }
    const deadline = Date.now() + 30_000;
    let inbox: Delivery[] = [];
    while (inbox.length < WARM_UP + EVENTS && Date.now() < deadline) {
      await sleep(200);
      inbox = (await (await fetch(`${DOOR}/inbox`)).json()) as Delivery[];
    }
    if (inbox.length < WARM_UP + EVENTS)
      throw new Error(`${inbox.length} of ${WARM_UP + EVENTS} alerts came`);
    const latencies = [...sent].slice(WARM_UP).map(([resourceId, at]) => {
      const delivery = inbox.find(({ subject }) => subject?.includes(resourceId));
      if (!delivery) throw new Error(`no alert about ${resourceId}`);
      return Date.parse(delivery.time) - at;
    });
    return [50, 99].map((share) => ({
      what: `event in to alert out under serverless-offline at ${PER_SECOND}/s, p${share} of ${EVENTS}`,
      value: percentile(latencies, share),
      unit: 'ms',
    }));
  } finally {
    app.removeAllListeners('exit');
    const ended = new Promise((resolve) => app.once('exit', resolve));
    app.kill('SIGTERM');
    await ended;
  }
}
