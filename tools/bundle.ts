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

/** `functions/x/handler.handler` is exported by `functions/x/handler.ts`. */
const sourceOf = (handler: string) => handler.slice(0, handler.lastIndexOf('.'));

/** How functions are bundled. @param folder the project's root */
export const bundleOptions = (folder: string) =>
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
    plugins: [compliancePolicy, controlMetadata],
  }) satisfies BuildOptions;

/** @returns the code and its source map, without the sources in it: they are in the repository */
export async function bundleFunction(
  folder: string,
  handler: string,
): Promise<{ code: Uint8Array; map: Uint8Array }> {
  const entry = path.join(folder, `${sourceOf(handler)}.ts`);
  const { outputFiles } = await build({
    ...bundleOptions(folder),
    entryPoints: [entry],
    outfile: `${sourceOf(handler)}.js`,
    write: false,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  const [map, code] = [
    outputFiles.find(({ path: out }) => out.endsWith('.map')),
    outputFiles.find(({ path: out }) => out.endsWith('.js')),
  ];
  if (!map || !code) throw new Error(`${entry}: esbuild gave no code`);
  return { code: code.contents, map: map.contents };
}

/** A zip that is the same bytes for the same files: fixed times and modes. */
function zip(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) {
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
        const { code, map } = await bundleFunction(serviceDir, definition.handler);
        const file = `${sourceOf(definition.handler)}.js`;
        const archive = await zip({ [file]: code, [`${file}.map`]: map });
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
