import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import yazl from 'yazl';
import { metadata } from '../shared/controls/metadata';
import { loadCompliancePolicy } from './policy-loader';

/** What this plugin uses of the Serverless Framework. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: {
    readonly functions: Record<string, { handler: string; package?: { artifact: string } }>;
  };
}
interface PluginContext {
  readonly log: { notice(text: string): void };
}

const BUILD_FOLDER = '.build';

/** compliance.yml is checked while it is bundled: a mistake stops the packaging. */
export const compliancePolicy: Plugin = {
  name: 'compliance-policy',
  setup({ onLoad }) {
    onLoad({ filter: /\.yml$/ }, ({ path: file }) => ({
      contents: JSON.stringify(loadCompliancePolicy(file)),
      loader: 'json',
    }));
  },
};

/** What there is to say of the controls is worked out while it is bundled: their logic stays behind. */
const controlMetadata: Plugin = {
  name: 'control-metadata',
  setup({ onLoad }) {
    onLoad({ filter: /shared[\\/]controls[\\/]metadata\.ts$/ }, () => ({
      contents: `export const metadata = ${JSON.stringify(metadata)};`,
      loader: 'js',
    }));
  },
};

/**
 * A module of ours that is imported where it is needed becomes a file of its own beside the bundle, which a cold start
 * doesn't read.
 * @param found gets the files' names, and the sources that they are made of
 */
const lazyModules = (found: Map<string, string>): Plugin => ({
  name: 'lazy-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path: imported, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = `${path.basename(imported)}.lazy.js`;
      found.set(file, path.resolve(resolveDir, `${imported}.ts`));
      return { path: `./${file}`, external: true };
    });
  },
});

/** `functions/x/handler.handler` is exported by `functions/x/handler.ts`. */
const sourceOf = (handler: string) => handler.slice(0, handler.lastIndexOf('.'));

/**
 * How functions are bundled.
 * @param folder the project's root
 * @param lazy gets what is to be bundled beside
 */
export const bundleOptions = (folder: string, lazy = new Map<string, string>()) =>
  ({
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // ESM sources shake down to a third less than what packages offer to CommonJS.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'warning',
    alias: { '@aws-sdk/credential-provider-node': path.join(folder, 'shared/aws/lambda-credentials.ts') },
    plugins: [compliancePolicy, controlMetadata, lazyModules(lazy)],
  }) satisfies BuildOptions;

/** @returns the files of a function by their paths: code and source maps, without the sources: those are in the repository */
export async function bundleFunction(
  folder: string,
  handler: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const source = sourceOf(handler);
  const lazy = new Map<string, string>();
  const files = new Map(await bundleFile(folder, path.join(folder, `${source}.ts`), `${source}.js`, lazy));
  // A lazy module may have lazy modules of its own: they come at the end, while this goes on.
  for (const [name, from] of lazy) {
    const own = await bundleFile(folder, from, path.join(path.dirname(source), name), lazy);
    for (const [file, content] of own) files.set(file, content);
  }
  return files;
}

async function bundleFile(
  folder: string,
  from: string,
  to: string,
  lazy: Map<string, string>,
): Promise<[string, Uint8Array][]> {
  const { outputFiles } = await build({
    ...bundleOptions(folder, lazy),
    entryPoints: [from],
    outfile: to,
    write: false,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  const ending = (end: string) => outputFiles.find(({ path: out }) => out.endsWith(end));
  const [map, code] = [ending('.map'), ending('.js')];
  if (!map || !code) throw new Error(`${from}: esbuild gave no code`);
  return [
    [to, code.contents],
    [`${to}.map`, map.contents],
  ];
}

/** A zip that is the same bytes for the same files: fixed times and modes. */
function zip(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const [name, content] of files) {
    archive.addBuffer(Buffer.from(content), name, {
      mtime: new Date(Date.UTC(1980, 0, 2)),
      mode: 0o100644,
      forceDosTimestamp: true,
    });
  }
  archive.end();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    archive.outputStream
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('error', reject)
      .on('end', () => resolve(Buffer.concat(chunks)));
  });
}

export default class Bundle {
  readonly hooks: Record<string, () => Promise<void>>;

  constructor(
    private readonly serverless: Serverless,
    _options: unknown,
    { log }: PluginContext,
  ) {
    this.hooks = { 'before:package:createDeploymentArtifacts': () => this.bundleAll(log) };
  }

  private async bundleAll(log: PluginContext['log']): Promise<void> {
    const { serviceDir, service } = this.serverless;
    const folder = path.join(serviceDir, BUILD_FOLDER);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await Promise.all(
      Object.entries(service.functions).map(async ([name, definition]) => {
        const files = await bundleFunction(serviceDir, definition.handler);
        const code = files.get(`${sourceOf(definition.handler)}.js`)?.length ?? 0;
        const archive = await zip(files);
        const artifact = path.join(BUILD_FOLDER, `${name}.zip`);
        await writeFile(path.join(serviceDir, artifact), archive);
        definition.package = { artifact };
        log.notice(
          `${name}: ${Math.round(code / 1024)} KB bundled, ${Math.round(archive.length / 1024)} KB zipped`,
        );
      }),
    );
  }
}
