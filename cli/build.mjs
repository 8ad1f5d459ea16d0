/**
 * Bundles the command line to cli/dist, or to the folder named: what every command needs in main.mjs, what only one
 * needs in chunks that it loads itself. A bundle starts in half the time that node takes to find the packages.
 */
import { readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = path.dirname(fileURLToPath(import.meta.url));
const output = path.resolve(process.argv[2] ?? path.join(cli, 'dist'));

/** `import commands from 'trailseal:commands'` gives what the files of cli/commands export, by name. */
const commandList = {
  name: 'commands',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^trailseal:commands$/ }, () => ({ path: 'commands', namespace: 'commands' }));
    onLoad({ filter: /.*/, namespace: 'commands' }, () => {
      const files = readdirSync(path.join(cli, 'commands')).sort();
      const imports = files.map((file, index) => `import command${index} from './commands/${file}';`);
      const list = `export default [${files.map((_, index) => `command${index}`).join(', ')}];`;
      return { contents: [...imports, list].join('\n'), resolveDir: cli };
    });
  },
};

async function build({ build: bundle }) {
  // Built beside and then moved, so that a command never starts from half of a bundle.
  const unfinished = `${output}.${process.pid}`;
  await bundle({
    entryPoints: [path.join(cli, 'main.ts')],
    outdir: unfinished,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    // commander is CommonJS and asks for node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [commandList],
  });
  await rm(output, { recursive: true, force: true });
  await rename(unfinished, output);
}

try {
  await build(await import('esbuild'));
} catch (error) {
  // `npm ci --omit=dev` must not fail for want of a command that a deployment doesn't use.
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('esbuild is not installed: the trailseal command is not built\n');
}
