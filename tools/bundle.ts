import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
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

/** The files of a function by their paths. */
export type FunctionFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Bundles all functions at once: what they have in common is read and parsed once.
 * @returns by handler: code and source maps, without the sources: those are in the repository
 */
export async function bundleFunctions(
  folder: string,
  handlers: readonly string[],
): Promise<ReadonlyMap<string, FunctionFiles>> {
  const lazy = new Map<string, string>();
  const { outputFiles, metafile } = await build({
    ...bundleOptions(folder, lazy),
    entryPoints: handlers.map((handler) => ({ in: `${sourceOf(handler)}.ts`, out: sourceOf(handler) })),
    absWorkingDir: folder,
    outdir: folder,
    write: false,
    metafile: true,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  const contentsOf = filesIn(folder, outputFiles);
  const modules = await bundleLazy(folder, lazy);
  return new Map(
    handlers.map((handler): [string, FunctionFiles] => {
      const code = `${sourceOf(handler)}.js`;
      const files = new Map([code, `${code}.map`].map((file) => [file, contentsOf(file)]));
      for (const [name, { contents }] of allLazy(metafile.outputs[code]?.imports ?? [], modules))
        files.set(path.join(path.dirname(code), name), contents);
      return [handler, files];
    }),
  );
}

const filesIn = (folder: string, found: readonly OutputFile[]) => {
  const byPath = new Map(found.map(({ path: out, contents }) => [path.relative(folder, out), contents]));
  return (file: string): Uint8Array => {
    const contents = byPath.get(file);
    if (!contents) throw new Error(`${file}: esbuild gave no code`);
    return contents;
  };
};

interface LazyModule {
  readonly contents: Uint8Array;
  readonly imports: readonly Imported[];
}
type Imported = Metafile['outputs'][string]['imports'][number];

/** Without maps, as next to nothing of them is ours. */
async function bundleLazy(
  folder: string,
  lazy: Map<string, string>,
): Promise<ReadonlyMap<string, LazyModule>> {
  const modules = new Map<string, LazyModule>();
  // A lazy module may have lazy modules of its own.
  for (let next = [...lazy]; next.length > 0; next = [...lazy].filter(([name]) => !modules.has(name))) {
    const { outputFiles, metafile } = await build({
      ...bundleOptions(folder, lazy),
      entryPoints: next.map(([name, from]) => ({ in: from, out: path.parse(name).name })),
      absWorkingDir: folder,
      outdir: folder,
      write: false,
      metafile: true,
    });
    const contentsOf = filesIn(folder, outputFiles);
    for (const [name] of next)
      modules.set(name, { contents: contentsOf(name), imports: metafile.outputs[name]?.imports ?? [] });
  }
  return modules;
}

/** The lazy modules that something imports by their names, and those that they import. */
function allLazy(
  imports: readonly Imported[],
  modules: ReadonlyMap<string, LazyModule>,
  found = new Map<string, LazyModule>(),
): ReadonlyMap<string, LazyModule> {
  for (const { path: imported, kind } of imports) {
    const name = path.basename(imported);
    const module = kind === 'dynamic-import' ? modules.get(name) : undefined;
    if (!module || found.has(name)) continue;
    found.set(name, module);
    allLazy(module.imports, modules, found);
  }
  return found;
}

/** A zip that is the same bytes for the same files: fixed times and modes. */
function zip(files: FunctionFiles): Promise<Buffer> {
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
    const bundles = await bundleFunctions(
      serviceDir,
      Object.values(service.functions).map(({ handler }) => handler),
    );
    await Promise.all(
      Object.entries(service.functions).map(async ([name, definition]) => {
        const files = bundles.get(definition.handler);
        const code = files?.get(`${sourceOf(definition.handler)}.js`);
        if (!files || !code) throw new Error(`${name} was not bundled`);
        const archive = await zip(files);
        const artifact = path.join(BUILD_FOLDER, `${name}.zip`);
        await writeFile(path.join(serviceDir, artifact), archive);
        definition.package = { artifact };
        log.notice(
          `${name}: ${Math.round(code.length / 1024)} KB bundled, ${Math.round(archive.length / 1024)} KB zipped`,
        );
      }),
    );
  }
}
