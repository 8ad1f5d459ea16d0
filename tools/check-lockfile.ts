import { readFileSync } from 'node:fs';
import { lockfileProblems } from './lockfile-checks';

/** `npm run check:lockfile`: 0 clean, 1 problems. */
const problems = lockfileProblems(JSON.parse(readFileSync('package-lock.json', 'utf8')));
for (const problem of problems) console.error(problem);
console.log(`package-lock.json: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
process.exitCode = problems.length === 0 ? 0 : 1;
