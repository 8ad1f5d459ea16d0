import { outdated, render, write } from './generated-files';

/**
 * `npm run generate` writes every generated file; with `--check` it writes none and lists those that differ.
 * Exit codes: 0 up to date, 1 something differs, 2 could not tell.
 */
async function main(check: boolean): Promise<number> {
  const files = await render();
  if (!check) {
    const changed = write(files);
    console.log(
      changed.length === 0 ? 'everything was up to date' : changed.map((path) => `wrote ${path}`).join('\n'),
    );
    return 0;
  }
  const stale = outdated(files);
  for (const path of stale) console.error(`${path} is out of date: run npm run generate`);
  return stale.length === 0 ? 0 : 1;
}

main(process.argv.includes('--check')).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
