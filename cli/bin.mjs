#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Sources are TypeScript: `npm ci` bundles them, unless it was told to run no scripts.
const program = new URL('./dist/main.mjs', import.meta.url);

if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('error: the trailseal command is not built yet\nBuild it: npm run prepare\n');
  process.exitCode = 2;
}
