import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The functions that the stack has. A folder without function.yml is one in the making. */
export const deployedFunctions = (root: string): string[] =>
  readdirSync(join(root, 'functions'))
    .filter((name) => existsSync(join(root, 'functions', name, 'function.yml')))
    .sort();
