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
  const files = new Map<string, Uint8Array>();
  const { outputFiles } = await build({
    ...bundleOptions(folder, lazy),
    entryPoints: [path.join(folder, `${source}.ts`)],
    outfile: `${source}.js`,
    write: false,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  for (const { path: out, contents } of outputFiles) files.set(`${source}${endOf(out)}`, contents);
  if (!files.has(`${source}.js`)) throw new Error(`${source}: esbuild gave no code`);
  const bundled = new Set<string>();
  // A lazy module may have lazy modules of its own.
  while (bundled.size < lazy.size) {
    const next = [...lazy].filter(([name]) => !bundled.has(name));
    for (const [name] of next) bundled.add(name);
    for (const [name, contents] of await bundleLazy(folder, next, lazy))
      files.set(path.join(path.dirname(source), name), contents);
  }
  return files;
}

const endOf = (out: string): string => (out.endsWith('.map') ? '.js.map' : '.js');

/** All at once, as they are made of the same packages; without maps, as next to nothing of them is ours. */
async function bundleLazy(
  folder: string,
  modules: readonly (readonly [name: string, from: string])[],
  lazy: Map<string, string>,
): Promise<[string, Uint8Array][]> {
  const { outputFiles } = await build({
    ...bundleOptions(folder, lazy),
    entryPoints: modules.map(([name, from]) => ({ in: from, out: name.replace(/\.js$/, '') })),
    outdir: folder,
    write: false,
  });
  return outputFiles.map(({ path: out, contents }) => [path.basename(out), contents]);
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
