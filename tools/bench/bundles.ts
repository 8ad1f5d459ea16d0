import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../bundle';
import { deployedFunctions } from '../deployed-functions';
import { type Figure, median } from './figure';

const LOADS = 31;

/**
 * Size and load time of each function's bundle, beside a bundle of exactly the names that its own sources import from
 * libraries: what is left of the ratio is our own code.
 */
export async function benchBundles(root: string): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailseal-bench-'));
  try {
    const figures: Figure[] = [];
    for (const name of deployedFunctions(root)) {
      const own = await bundled(root, folder, name, `functions/${name}/handler.ts`);
      const libraries = path.join(folder, `${name}-libraries.ts`);
      writeFileSync(libraries, importsOf(root, own.sources));
      const reference = await bundled(root, folder, `${name}-libraries`, libraries);
      const [load, referenceLoad] = loadTimes(own.file, reference.file);
      figures.push(
        {
          what: `${name}: bundle`,
          value: own.kilobytes,
          unit: 'KB',
          reference: { what: 'its libraries alone', value: reference.kilobytes },
          aim: name === 'send-alert' ? 'at most 1.35 x, and 450 KB' : 'at most 1.35 x',
        },
        {
          what: `${name}: load`,
          value: load,
          unit: 'ms',
          reference: { what: 'its libraries alone, clients built', value: referenceLoad },
          aim: 'at most 1.4 x',
        },
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundled(root: string, folder: string, name: string, entry: string) {
  const file = path.join(folder, `${name}.js`);
  const { metafile } = await build({
    ...bundleOptions(root),
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    sourcemap: false,
    metafile: true,
    nodePaths: [path.join(root, 'node_modules')],
  });
  return {
    file,
    kilobytes: readFileSync(file).length / 1024,
    sources: Object.keys(metafile.inputs).filter((input) => !input.includes('node_modules')),
  };
}

const IMPORT = /^import (?!type)(?:(\w+)(?:, )?)?(?:\* as (\w+)|\{([^}]*)\})? from '([^'./][^']*)';/gm;

const SDK_CLIENT = /^(?!DynamoDBDocument)\w+Client$/;

/** A module that imports, and keeps, what these sources import from packages. */
function importsOf(root: string, sources: readonly string[]): string {
  const names = new Map<string, Set<string>>();
  for (const source of sources.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path.join(root, source), 'utf8');
    for (const [, byDefault, namespace, list, from = ''] of text.matchAll(IMPORT)) {
      if (from.startsWith('node:')) continue;
      const known = names.get(from) ?? names.set(from, new Set()).get(from);
      if (byDefault) known?.add('default');
      for (const name of (list ?? '').split(',').map((part) => part.trim())) {
        if (name !== '' && !name.startsWith('type ')) known?.add(name.split(' as ')[0] ?? name);
      }
      // Of a namespace only the members that are used stay in a bundle.
      if (namespace) {
        for (const [, member = ''] of text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)\\(`, 'g')))
          known?.add(member);
      }
    }
  }
  const lines = [...names].flatMap(([from, members], index) =>
    [...members].map((member, position) => ({
      from,
      member,
      local: `m${index}_${position}`,
    })),
  );
  return [
    ...lines.map(({ from, member, local }) => `import { ${member} as ${local} } from '${from}';`),
    `export const kept = [${lines.map(({ local }) => local).join(', ')}];`,
    // Building its clients is a library's work, too, and belongs into the time before the first event.
    ...lines.filter(({ member }) => SDK_CLIENT.test(member)).map(({ local }) => `new ${local}({});`),
  ].join('\n');
}

/** Milliseconds in which a fresh process loads each file; in turns, so that both meet the same machine. */
function loadTimes(own: string, reference: string): [number, number] {
  const times: [number[], number[]] = [[], []];
  // The first loads read the files from the disk.
  for (const file of [own, reference]) loadTime(file);
  for (let turn = 0; turn < LOADS; turn += 1) {
    times[0].push(loadTime(own));
    times[1].push(loadTime(reference));
  }
  return [median(times[0]), median(times[1])];
}

const loadTime = (file: string): number =>
  Number(
    execFileSync(
      process.execPath,
      [
        '-e',
        'const t = process.hrtime.bigint(); require(process.argv[1]); console.log(Number(process.hrtime.bigint() - t) / 1e6)',
        file,
      ],
      {
        env: { ...process.env, ...lambdaEnvironment },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ),
  );

/** What the handlers ask their environment for when they are loaded. */
const lambdaEnvironment = {
  AWS_REGION: 'eu-central-1',
  ACCOUNT_ID: '123456789012',
  POLICY_SINCE: '2026-01-01T00:00:00.000Z',
  KEY_ARN: 'arn:aws:kms:eu-central-1:123456789012:key/own',
  TABLE_NAME: 'findings',
  EVIDENCE_BUCKET: 'evidence',
  BUS_NAME: 'bus',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/own',
  JOBS_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/verify-trail',
  REMEDIATE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/remediate-finding',
  REMEDIATION_ROLE: 'trailseal-dev-remediation',
  EXTERNAL_ID: 'an-external-id',
  APPROVALS_URL: 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
  DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alerts',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
