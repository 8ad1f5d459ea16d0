import { spawnSync } from 'node:child_process';

const needed = ['bash', 'gunzip', 'jq', 'sha256sum', 'openssl', 'sed', 'grep'];
const lacking = needed.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (lacking.length > 0) {
  console.warn(`without ${lacking.join(', ')} the commands of an evidence folder's README are not run here`);
}

/** A test that runs what the README of an evidence folder says: it takes the tools that an auditor needs. */
export const testWithTools: jest.It = lacking.length === 0 ? test : test.skip;
