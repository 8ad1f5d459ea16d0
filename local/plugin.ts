import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { User } from './access';
import { type LocalAws, startLocalAws } from './aws';
import type { InvokeResult } from './functions';
import { isObject } from './json';
import { type Notice, noticeText } from './notices';
import { addApprovers } from './scenario/approvers';
import { playScenario } from './scenario/scenario';
import type { Template } from './template';

/** What this plugin uses of the Serverless Framework. */
interface Serverless {
  readonly serviceDir: string;
  readonly classes: { readonly Error: new (message: string) => Error };
  readonly pluginManager: { spawn(command: string): Promise<void> };
  readonly service: {
    readonly custom?: Record<string, unknown>;
    readonly functions: Record<string, OfflineFunction>;
    readonly provider: {
      readonly region: string;
      readonly stage: string;
      environment?: Record<string, unknown>;
      readonly compiledCloudFormationTemplate: Template;
    };
  };
}

interface OfflineFunction {
  readonly name: string;
  readonly events?: readonly object[];
  environment?: Record<string, unknown>;
  package?: { artifact?: string };
}

interface PluginContext {
  readonly log: { notice(text: string): void; error(text: string): void };
}

const HOST = '127.0.0.1';
const ACCOUNT = '123456789012';
const READY_WITHIN = 60_000;
/** serverless-offline gives its own servers five seconds to close. */
const LAST_GRACE = 6000;

/** Packages the app, builds its AWS side from the compiled template, and gives each function its environment. */
export default class LocalAwsPlugin {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #log: PluginContext['log'];
  #started = false;

  constructor(serverless: Serverless, options: Readonly<Record<string, unknown>>, { log }: PluginContext) {
    this.#serverless = serverless;
    this.#options = options;
    this.#log = log;
    // `serverless offline` runs the first, `serverless offline start` the second.
    this.hooks = {
      'before:offline:start': () => this.#start(),
      'before:offline:start:init': () => this.#start(),
    };
  }

  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    forgetCredentials();
    const { service, pluginManager } = this.#serverless;
    const ports = this.#ports();
    for (const [port, remedy] of ports.taken) await this.#demandFree(port, remedy);
    await pluginManager.spawn('package');
    this.#keepArtifacts();
    const { region, stage, compiledCloudFormationTemplate } = service.provider;
    const aws = await startLocalAws({
      template: compiledCloudFormationTemplate,
      accountId: ACCOUNT,
      region,
      stage,
      port: ports.aws,
      paused: true,
      invoke: (name, payload) => invoke(ports.lambda, name, payload),
      log: {
        info: (message) => this.#say({ kind: 'info', message }),
        error: (message) => this.#say({ kind: 'error', message }),
      },
    });
    aws.onDelivery((delivery) => this.#say({ kind: 'delivery', delivery }));
    service.provider.environment = {};
    for (const fn of Object.values(service.functions)) fn.environment = aws.environment(fn.name);
    const stopped = this.#stopWithProcess(aws);
    // serverless-offline offers no hook between its start and its end: watch for its endpoint instead.
    this.#whenReady(aws, ports.lambda, stopped).catch((error: unknown) => {
      if (!stopped.aborted) this.#say({ kind: 'error', message: String(error) });
    });
  }

  async #whenReady(aws: LocalAws, lambdaPort: number, stopped: AbortSignal): Promise<void> {
    await untilListening(lambdaPort, stopped);
    const approvers = addApprovers(aws);
    this.#describe(aws, lambdaPort, approvers);
    aws.startPolling();
    const { stage } = this.#serverless.service.provider;
    this.#say({ kind: 'ready', url: aws.url, lambdaUrl: `http://${HOST}:${lambdaPort}`, stage });
    if (process.env['TRAILSEAL_SCENARIO'] !== '1') return;
    await playScenario(aws, approvers, (message) => this.#say({ kind: 'info', message }), stopped);
    this.#say({ kind: 'played' });
  }

  /** Tells the command line where everything is. */
  #describe(aws: LocalAws, lambdaPort: number, people: Readonly<Record<string, User>>): void {
    const { region, stage } = this.#serverless.service.provider;
    const named = (type: string) => aws.stack.ofType(type).map(({ name }) => name);
    const description = {
      url: aws.url,
      lambdaUrl: `http://${HOST}:${lambdaPort}`,
      accountId: ACCOUNT,
      region,
      stage,
      table: named('AWS::DynamoDB::Table')[0],
      buses: named('AWS::Events::EventBus'),
      topics: aws.stack.ofType('AWS::SNS::Topic').map(({ arn }) => arn),
      queues: Object.fromEntries(
        aws.stack.ofType('AWS::SQS::Queue').map(({ name }) => [name, `${aws.url}/${ACCOUNT}/${name}`]),
      ),
      functions: named('AWS::Lambda::Function'),
      accessKeyId: 'operator',
      ...(process.env['TRAILSEAL_SAMPLE_TRAIL'] ? { sample: process.env['TRAILSEAL_SAMPLE_TRAIL'] } : {}),
      people: Object.fromEntries(
        Object.entries(people).map(([name, { accessKeyId, secretAccessKey }]) => [
          name,
          { accessKeyId, secretAccessKey },
        ]),
      ),
      pid: process.pid,
    };
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(description, null, 2)}\n`);
  }

  /** serverless-offline opens an artifact at a function's first call; by then another packaging may have removed it. */
  #keepArtifacts(): void {
    const { serviceDir, service } = this.#serverless;
    mkdirSync(this.#artifacts, { recursive: true });
    for (const fn of Object.values(service.functions)) {
      if (!fn.package?.artifact)
        throw new this.#serverless.classes.Error(`${fn.name} was packaged without an artifact`);
      const kept = path.join(this.#artifacts, `${fn.name}.zip`);
      copyFileSync(path.resolve(serviceDir, fn.package.artifact), kept);
      fn.package = { ...fn.package, artifact: path.relative(serviceDir, kept) };
    }
  }

  get #artifacts(): string {
    return path.join(this.#serverless.serviceDir, '.trailseal', `artifacts-${process.pid}`);
  }

  get #file(): string {
    return path.join(this.#serverless.serviceDir, '.trailseal', 'local.json');
  }

  #stopWithProcess(aws: LocalAws): AbortSignal {
    const stopping = new AbortController();
    const stop = () => {
      if (stopping.signal.aborted) return;
      stopping.abort();
      aws.stop().catch((error: unknown) => this.#log.error(String(error)));
      // A signal that comes before serverless-offline listens for it must end the process all the same.
      setTimeout(() => process.exit(0), LAST_GRACE).unref();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    // Our parent is gone: to stay behind with the ports taken would be the worst we could do.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    // serverless-offline ends by process.exit: only what is synchronous still happens.
    process.once('exit', () => {
      rmSync(this.#file, { force: true });
      rmSync(this.#artifacts, { force: true, recursive: true });
    });
    return stopping.signal;
  }

  #ports(): { aws: number; lambda: number; taken: [port: number, remedy: string][] } {
    const { custom = {}, functions } = this.#serverless.service;
    const [local, offline] = [custom['local'], custom['serverless-offline']];
    const from = (settings: unknown, key: string) => (isObject(settings) ? settings[key] : undefined);
    const aws = Number(process.env['TRAILSEAL_PORT'] ?? from(local, 'port') ?? 4566);
    const lambda = Number(this.#options['lambdaPort'] ?? from(offline, 'lambdaPort') ?? 3002);
    const http = Number(this.#options['httpPort'] ?? from(offline, 'httpPort') ?? 3000);
    const servesHttp = Object.values(functions).some((fn) =>
      fn.events?.some((event) => 'httpApi' in event || 'http' in event),
    );
    return {
      aws,
      lambda,
      taken: [
        [aws, `TRAILSEAL_PORT=${aws + 1} npm start`],
        [lambda, `npm start -- --lambdaPort ${lambda + 1}`],
        ...(servesHttp ? [[http, `npm start -- --httpPort ${http + 1}`] as [number, string]] : []),
      ],
    };
  }

  async #demandFree(port: number, remedy: string): Promise<void> {
    const server = createServer();
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, HOST, resolve);
      });
    } catch {
      const message = `Port ${port} on ${HOST} is in use. End the program that has it, or take another: ${remedy}`;
      this.#say({ kind: 'failed', message });
      throw new this.#serverless.classes.Error(message);
    }
    await new Promise((resolve) => server.close(resolve));
  }

  /** To `npm start` if that is our parent, else to this terminal. */
  #say(notice: Notice): void {
    if (process.send) process.send(notice);
    else if (notice.kind === 'error') this.#log.error(notice.message);
    else if (notice.kind !== 'failed') this.#log.notice(noticeText(notice, { colours: false }));
  }
}

/** Nothing that runs here may reach a real account by the developer's own credentials. */
function forgetCredentials(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
}

/** RequestResponse: only so is a handler's failure seen. Retries are local AWS's work. */
async function invoke(lambdaPort: number, name: string, payload: unknown): Promise<InvokeResult> {
  const response = await fetch(`http://${HOST}:${lambdaPort}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'RequestResponse' },
    body: JSON.stringify(payload),
  });
  const text = await response.text();
  const functionError =
    response.headers.get('x-amz-function-error') ?? (response.ok ? undefined : 'Unhandled');
  return { payload: parse(text), ...(functionError ? { functionError } : {}) };
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

async function untilListening(port: number, stopped: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  while (!(await isListening(port))) {
    if (stopped.aborted) throw new Error('stopped');
    if (Date.now() > deadline) throw new Error(`serverless-offline did not listen on port ${port} in time`);
    await sleep(50);
  }
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, HOST);
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
